"""Looking through the log: every rule over every new entry, in order, each thing flagged once.

A pattern that goes on is a run: what is seen of it extends its flag. When somebody has decided the
flag the run ends, and only what comes after can make a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from medilink.audit import Act, AuditEntry, Outcome
from medilink.people import AccountId
from medilink.unusual.amounts import (
    emergency_opening,
    many_records,
    refused_codes,
    repeated_refusals,
)
from medilink.unusual.facts import Facts
from medilink.unusual.flags import Flag, FlagState, Review, Sighting, extended
from medilink.unusual.lookups import judge_waiting, note_care, note_look_up
from medilink.unusual.memory import Memory
from medilink.unusual.runs import end_runs, run_name, running


@dataclass(slots=True)
class Looked:
    """What came of a look: flags by key, and emergency reviews that decide one."""

    flags: dict[str, Flag] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)


def look_through(
    memory: Memory, entries: Iterable[AuditEntry], facts: Facts, now: int | None = None
) -> Looked:
    """Every rule over entries in the order of the log, beginning after `memory.seq`. Changes the
    memory. `now`: what has waited long enough by this time is judged too.

    Entries written while the clock was in doubt are looked at for emergency openings only: every
    other rule goes by time.
    """
    looked = Looked()
    end_runs(memory, facts.decided)
    for entry in entries:
        memory.seq = entry.seq
        sightings = list(emergency_opening(entry))
        if "doubted" not in entry.extra:
            at = memory.at = max(memory.at, entry.at)
            sightings += judge_waiting(memory, at, facts)
            note_care(memory, entry, at, facts)
            note_look_up(memory, entry, at, facts)
            sightings += many_records(memory, entry, at, facts)
            sightings += repeated_refusals(memory, entry, at)
            sightings += refused_codes(memory, entry, at)
        for sighting in sightings:
            _take(memory, looked, sighting)
        looked.reviews += _review(entry)
    if now is not None:
        memory.at = max(memory.at, now)
        for sighting in judge_waiting(memory, memory.at, facts):
            _take(memory, looked, sighting)
    memory.forget_old()
    return looked


def _take(memory: Memory, looked: Looked, seen: Sighting) -> None:
    whose = (seen.rule, seen.account, seen.patient)
    key = running(memory, *whose, at=seen.last_at) or f"{run_name(*whose)}/{seen.last_seq}"
    memory.runs[run_name(*whose)] = (key, seen.last_at)
    flag = Flag(
        key,
        seen.rule,
        seen.account,
        seen.patient,
        seen.at,
        seen.last_at,
        seen.first_seq,
        seen.last_seq,
        seen.numbers,
        seen.patients,
    )
    before = looked.flags.get(key)
    looked.flags[key] = extended(before, flag) if before else flag


def _review(entry: AuditEntry) -> list[Review]:
    if (entry.act, entry.outcome) != (Act.REVIEW_EMERGENCY, Outcome.DONE) or entry.patient is None:
        return []
    if not entry.extra.get("account", "").isdecimal():
        return []
    justified = entry.extra.get("verdict") == "justified"
    by = None if entry.account is None else AccountId(entry.account)
    state = FlagState.DISMISSED if justified else FlagState.ESCALATED
    account = AccountId(int(entry.extra["account"]))
    return [Review(account, entry.patient, entry.seq, entry.at, by, state)]
