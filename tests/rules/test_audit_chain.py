"""Whoever changes the log is found, also with the database key in hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.audit import GENESIS, Act, Actor, AuditEvent, ChainedRow, Outcome, chain, open_entry
from medilink.log_check import Head, check_chain
from medilink.people import AccountId, PatientId, Role
from medilink.records import Section

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
EVENTS = st.builds(
    AuditEvent,
    at=st.integers(0, 2**45),
    act=st.sampled_from(Act),
    outcome=st.sampled_from(Outcome),
    actor=st.builds(
        Actor,
        account=st.none() | st.integers(1, 2**40).map(AccountId),
        name=TEXT,
        role=st.none() | st.sampled_from(Role),
    ),
    patient=st.none() | st.integers(1, 2**40).map(PatientId),
    sections=st.frozensets(st.sampled_from(Section)),
    why=TEXT,
    ip=TEXT,
)


def a_log(events: list[AuditEvent]) -> list[ChainedRow]:
    rows, before = [], GENESIS
    for seq, event in enumerate(events, start=1):
        row = chain(event, seq, before, bytes([seq % 256]) * 16)
        rows.append(row)
        before = row.hash
    return rows


def head_of(rows: list[ChainedRow]) -> Head:
    return Head(rows[-1].seq, rows[-1].hash)


@given(st.lists(EVENTS, min_size=1, max_size=12))
def test_an_untouched_log_is_whole_and_reads_back(events: list[AuditEvent]) -> None:
    rows = a_log(events)
    assert check_chain(rows, head_of(rows)).sound
    for event, row in zip(events, rows, strict=True):
        entry = open_entry(row)
        assert (entry.actor_name, entry.ip, entry.why) == (event.actor.name, event.ip, event.why)
        assert entry.sections == tuple(sorted(event.sections))


@given(st.lists(EVENTS, min_size=3, max_size=12), st.data())
def test_a_changed_field_is_found_where_it_was_changed(
    events: list[AuditEvent], data: st.DataObject
) -> None:
    rows = a_log(events)
    place = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(ChainedRow._fields[1:]))
    old = getattr(rows[place], field)
    new: object = b"x" * 32 if isinstance(old, bytes) else "another" if isinstance(old, str) else 5
    if new == old:
        return
    if field == "salt" and rows[place].detail is None:
        return
    rows[place] = rows[place]._replace(**{field: new})
    verdict = check_chain(rows, head_of(a_log(events)))
    assert not verdict.sound
    assert verdict.broken_at in (place + 1, place + 2)


@given(st.lists(EVENTS, min_size=4, max_size=12), st.data())
def test_removed_inserted_and_swapped_entries_are_found(
    events: list[AuditEvent], data: st.DataObject
) -> None:
    rows = a_log(events)
    outside = head_of(rows)
    place = data.draw(st.integers(0, len(rows) - 2))
    removed = rows[:place] + rows[place + 1 :]
    renumbered = [row._replace(seq=n) for n, row in enumerate(removed, start=1)]
    swapped = [*rows]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    inserted = [*rows[: place + 1], rows[place]._replace(seq=place + 2), *rows[place + 1 :]]
    for tampered in (removed, renumbered, swapped, inserted):
        assert not check_chain(tampered, outside).sound


@given(st.lists(EVENTS, min_size=3, max_size=12), EVENTS)
def test_a_rewritten_and_rechained_tail_is_found_by_the_head_kept_outside(
    events: list[AuditEvent], other: AuditEvent
) -> None:
    outside = head_of(a_log(events))
    forged = a_log([*events[:-1], other])
    if forged[-1].hash == outside.hash:
        return
    assert check_chain(forged).sound, "without an outside head nobody can know"
    assert check_chain(forged, outside).broken_at == outside.seq


@given(st.lists(EVENTS, min_size=3, max_size=12))
def test_a_cut_tail_is_found_by_the_head_kept_outside(events: list[AuditEvent]) -> None:
    rows = a_log(events)
    verdict = check_chain(rows[:-1], head_of(rows))
    assert not verdict.sound
    assert verdict.broken_at == len(rows)


def test_erasing_personal_detail_breaks_no_proof() -> None:
    actor = Actor(AccountId(1), "Dr Amina Otieno", Role.PROVIDER)
    rows = a_log([AuditEvent(1, Act.OPEN_RECORD, Outcome.DONE, actor, PatientId(1))] * 3)
    outside = head_of(rows)
    rows[1] = rows[1]._replace(salt=None, detail=None)
    assert check_chain(rows, outside).sound
    assert open_entry(rows[1]).actor_name == ""


def test_no_two_different_entries_have_the_same_bytes() -> None:
    actor = Actor(None, "", None)
    one = AuditEvent(1, Act.SIGN_IN, Outcome.DONE, actor, why="ab")
    other = AuditEvent(1, Act.SIGN_IN, Outcome.DONE, actor, why="a")
    assert chain(one, 1, GENESIS, b"s" * 16).hash != chain(other, 1, GENESIS, b"s" * 16).hash


@pytest.mark.parametrize("rows", [[]])
def test_an_empty_log_is_whole(rows: list[ChainedRow]) -> None:
    assert check_chain(rows).sound
