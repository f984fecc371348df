"""Property 1: codes are made right and open the record.

Six digits, unique among the active ones, ending exactly when the duration says; they open what was
chosen, for a provider, until they expire, are used up or are revoked. For all scopes, durations and
clocks, through the real store.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.acts.read_record import may_open, open_record
from medilink.acts.receive import open_share
from medilink.acts.share import MadeCode, make_share_code, my_codes, revoke_code
from medilink.desk import Desk
from medilink.errors import CodeExpired, CodeRevoked, CodeUsed, NoRight
from medilink.records import Section, section_of
from medilink.scopes import Scope
from medilink.sensitive import sensitive_parts
from medilink.sharing import HOUR_MS
from tests.clinics import TestClinic, own_id
from tests.properties.sharing import busy_clinic, hours, scopes, somebody

wishes = st.lists(st.tuples(scopes, hours, st.booleans()), min_size=1, max_size=4)
ENDS = ("time", "withdrawn", "used up")


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClinic, list[Desk]]]:
    with busy_clinic(tmp_path_factory.mktemp("codes") / "clinic") as made:
        yield made


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wished=wishes, face=st.sampled_from(["code", "qr"]), end=st.sampled_from(ENDS))
def test_property_01_codes_are_made_right_and_open_the_record(
    at_work: tuple[TestClinic, list[Desk]],
    wished: list[tuple[Scope, int, bool]],
    face: str,
    end: str,
) -> None:
    clinic, (nurse, first, second, _) = at_work
    clinic.clock.forward(days=8)  # nothing of an earlier example is active any more
    patient = somebody(clinic, nurse)
    made = [
        (make_share_code(patient, scope, hours=long, single_use=once), scope, long)
        for scope, long, once in wished
    ]
    codes = [one.code for one, _, _ in made]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) == len(codes)
    assert {grant.id for grant in my_codes(patient)} == {one.grant.id for one, _, _ in made}
    one, scope, long = made[0]
    assert one.grant.expires_at - patient.now == long * HOUR_MS
    assert not may_open(first, own_id(patient))
    open_share(first, getattr(one, face))
    sees_exactly(first, patient, scope)
    ended_by(end, one, clinic, patient, first, second)


def sees_exactly(doctor: Desk, patient: Desk, scope: Scope) -> None:
    """What the scope covers, all of it and nothing else."""
    whole = open_record(patient, own_id(patient)).record
    about = sensitive_parts(whole)
    wanted = {
        entry.uid
        for entry in whole.entries()
        if section_of(entry) in scope.sections
        and about.get(entry.uid, frozenset()) <= scope.sensitive
    }
    seen = open_record(doctor, own_id(patient)).record
    assert {entry.uid for entry in seen.entries()} == wanted
    assert seen.sections == scope.sections & frozenset(Section)


def ended_by(
    end: str, one: MadeCode, clinic: TestClinic, patient: Desk, first: Desk, second: Desk
) -> None:
    """From its end on the code opens nothing, typed or scanned, and says why."""
    if end == "time":
        left = one.grant.expires_at - patient.now
        clinic.clock.forward(milliseconds=left - 1)
        assert may_open(first, own_id(patient))
        open_share(first, one.qr)
        clinic.clock.forward(milliseconds=1)
    elif end == "withdrawn":
        assert revoke_code(patient, one.grant.id)
    if end == "used up":
        if one.grant.single_use:
            with pytest.raises(CodeUsed):
                open_share(second, one.qr)
        else:
            open_share(second, one.qr)
        assert may_open(second, own_id(patient)) is not one.grant.single_use
        assert may_open(first, own_id(patient))
        return
    why = CodeExpired if end == "time" else CodeRevoked
    for doctor in (first, second):
        with pytest.raises(why):
            open_share(doctor, one.qr)
        with pytest.raises(NoRight):
            open_record(doctor, own_id(patient))
