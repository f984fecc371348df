"""Property 3: a QR says all that is needed and nothing in clear.

It is sealed, a provider elsewhere can check it, it carries what care needs offline, and it dies
with its code. For all scopes, durations and ways to end, between two real stores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.acts.network import own_id as own_network_id
from medilink.acts.network import ring_of
from medilink.acts.news import make_news, take_news
from medilink.acts.offer import MadeOffer, make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import open_visiting
from medilink.acts.share import revoke_code
from medilink.bundles import Tag, from_text
from medilink.desk import Desk
from medilink.errors import IssuerUnknown, NoRight, OfferExpired, OfferNotForUs, OfferWithdrawn
from medilink.records import Record, Section
from medilink.scopes import Scope, sieve_for
from security.envelope import read_envelope
from security.node_keys import Unsealable
from tests.clinics import TestClinic, new_clinic, own_id
from tests.networks import joined
from tests.properties.sharing import busy_clinic, hours, scopes, somebody


@dataclass(repr=False)
class Towns:
    """A busy clinic, its nurse, and a clinic in another town with its doctor."""

    kisumu: TestClinic
    nurse: Desk
    siaya: TestClinic
    doctor: Desk

    def __repr__(self) -> str:
        return "two towns"


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Towns]:
    folder: Path = tmp_path_factory.mktemp("qr")
    with busy_clinic(folder / "kisumu") as (kisumu, (nurse, *_)):
        siaya = new_clinic(folder / "siaya", "Siaya Clinic", "5HT", kisumu.clock)
        joined(kisumu, siaya)
        yield Towns(kisumu, nurse, siaya, siaya.provider("Amina Otieno"))
        siaya.store.close()


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scope=scopes, long=hours, end=st.sampled_from(["time", "withdrawn"]))
def test_property_03_a_qr_says_all_that_is_needed_and_nothing_in_clear(
    towns: Towns, scope: Scope, long: int, end: str
) -> None:
    kisumu, siaya, doctor = towns.kisumu, towns.siaya, towns.doctor
    kisumu.clock.forward(days=8)
    take_news(siaya.admin, make_news(kisumu.admin))
    patient = somebody(kisumu, towns.nurse)
    made = make_offer(patient, scope, hours=long, single_use=False)
    whole = open_record(patient, own_id(patient)).record
    nothing_in_clear(made.text, whole)
    opened = open_offer(doctor, made.text, made.code)
    says_what_care_needs(open_visiting(doctor, opened.key).record, whole, scope)
    dies(end, towns, patient, made, long)


def nothing_in_clear(text: str, whole: Record) -> None:
    raw = from_text(Tag.SEALED, text)
    words = [whole.patient.details.given, whole.patient.details.family, whole.patient.medilink_id]
    words += [one.name for one in whole.conditions] + [one.name for one in whole.medications]
    for word in words:
        if len(word) > 3:
            assert word.encode() not in raw
            assert word.upper() not in text


def says_what_care_needs(seen: Record, whole: Record, scope: Scope) -> None:
    """Who it is, and every alert, allergy, illness and medicine that stands and was shared."""
    allowed = sieve_for([scope], whole).through(whole, scope.sections)
    assert seen.patient.details == whole.patient.details
    assert seen.patient.uid == whole.patient.uid
    assert seen.patient.medilink_id == whole.patient.medilink_id
    assert seen.sections == scope.sections & frozenset(Section)
    for place, field in (
        ("alerts", "text"),
        ("allergies", "substance"),
        ("conditions", "name"),
        ("medications", "name"),
    ):
        wanted = {getattr(one, field) for one in getattr(allowed, place) if one.status == "active"}
        assert {getattr(one, field) for one in getattr(seen, place)} == wanted
    assert len(seen.encounters) <= len(allowed.encounters)


def dies(end: str, towns: Towns, patient: Desk, made: MadeOffer, long: int) -> None:
    """With its code: by time, or withdrawn as soon as it is heard of."""
    kisumu, siaya, doctor = towns.kisumu, towns.siaya, towns.doctor
    clock = kisumu.clock
    if end == "time":
        clock.forward(hours=long)
        why: type[Exception] = OfferExpired
    else:
        assert revoke_code(patient, made.grant.id)
        clock.forward(seconds=1)
        take_news(siaya.admin, make_news(kisumu.admin))
        why = OfferWithdrawn
    for one in (doctor, siaya.provider()):
        with pytest.raises(why):
            open_offer(one, made.text, made.code)
    with pytest.raises(NoRight):
        open_visiting(doctor, own_network_id(kisumu.admin) + made.grant.share_id)


def test_property_03_without_a_key_of_the_network_nothing_opens(
    towns: Towns, tmp_path: Path
) -> None:
    """Somebody who has the code, the digits, and a clinic of their own named like ours."""
    kisumu, nurse = towns.kisumu, towns.nurse
    made = make_offer(somebody(kisumu, nurse), Scope(frozenset(Section)))
    stranger = new_clinic(tmp_path / "stranger", "Kisumu Clinic", "7KQ", kisumu.clock)
    with pytest.raises(Unsealable):
        ring_of(stranger.admin).open(read_envelope(from_text(Tag.SEALED, made.text)))
    with pytest.raises((IssuerUnknown, OfferNotForUs)):
        open_offer(stranger.provider(), made.text, made.code)
