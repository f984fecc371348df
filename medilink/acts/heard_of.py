"""What is known of one's shares with other clinics: whom they are for, and what was heard of them.

A share is opened where this clinic does not see it. That it was comes with the network's news, or
with a visit that was written by it and came home; both stand in the patient's log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from medilink.acts.once import read_once
from medilink.acts.share import own_record
from medilink.audit import Act, Actor, AuditEntry
from medilink.desk import Desk
from medilink.people import PatientId, Role
from medilink.permissions import Task
from medilink.sharing import LEAVING_KINDS, Grant, GrantId, GrantKind, GrantState
from medilink.statements import Consent, read_statement
from medilink.store import LogFilter
from security.cose import load_cbor

MOST = 400  # entries about openings; twenty permissions run at a time


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one share. `to`: whom it is for, as the consent says. `opened`: who opened it, and when
    they did or, of a visit that came home, when that was taken in, in milliseconds UTC."""

    to: str = ""
    opened: tuple[tuple[str, int], ...] = ()


def heard_of(
    desk: Desk, grants: Collection[Grant], patient: PatientId | None = None
) -> dict[GrantId, Heard]:
    """What is known of those of the grants that leave the clinic, for whoever gave them. Raises
    NotYours."""
    patient = own_record(desk, Act.SEE_SHARES, Task.SHARE, patient)
    leaving = {one.id: one for one in grants if one.kind in LEAVING_KINDS}
    if not leaving:
        return {}
    consents = desk.store.abroad.of_consents(leaving)
    wanted = LogFilter(patient=patient, acts=frozenset({Act.OPENED_ELSEWHERE, Act.TAKE_RETURN}))
    entries = read_once(
        desk,
        desk.event(Act.SEE_SHARES, patient),
        lambda audit: desk.store.log.list_entries(wanted, limit=MOST, audit=audit),
    )
    return {
        number: Heard(_to(one, consents.get(number)), tuple(_openings(one, entries)))
        for number, one in leaving.items()
    }


def _to(grant: Grant, consent: bytes | None) -> str:
    """A card names nobody: whoever holds it reads it."""
    if consent is None or grant.kind is GrantKind.CARD:
        return ""
    said = (read_statement(one).says for one in _parts(consent))
    return next((one.to for one in said if isinstance(one, Consent)), "")


def _parts(consent: bytes) -> list[bytes]:
    fields = load_cbor(consent)
    return fields if isinstance(fields, list) else []


def _openings(grant: Grant, entries: Iterable[AuditEntry]) -> Iterator[tuple[str, int]]:
    """Each once: news brings the exact word of what a visit that came home had shown before."""
    told, share = set[str](), grant.share_id.hex()
    for entry in entries:
        clinic = entry.extra.get("clinic", "")
        if entry.act == Act.OPENED_ELSEWHERE and entry.extra.get("code") == str(grant.id):
            if "opened" in entry.extra:
                told.add(clinic)
                yield entry.actor_name, int(entry.extra["opened"])
    for entry in entries:
        clinic = entry.extra.get("clinic", "")
        came = entry.act == Act.TAKE_RETURN and entry.extra.get("share") == share
        if came and entry.outcome == "done" and clinic not in told:
            told.add(clinic)
            yield clinic, entry.at


def opened_there(desk: Desk, grant: Grant, clinic: str) -> None:
    """A visit that came home proves that its share was opened, before any news says so: one for
    one use is used."""
    if grant.state is not GrantState.ACTIVE or not grant.single_use:
        return
    told = desk.event(
        Act.OPENED_ELSEWHERE,
        grant.patient,
        sections=grant.sections,
        why=grant.purpose,
        clinic=clinic,
        code=grant.id,
    )
    event = replace(told, actor=Actor(None, clinic, Role.PROVIDER))
    desk.store.abroad.used_elsewhere(grant.id, audit=event)
