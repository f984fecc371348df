"""Keeping the log for years: old entries into signed, packed parts; personal details erased there.

Nothing is ever cut: an archived part is still the same chain and the same tree. What may be erased
is who it was and where they sat, and only once the entry is old enough to be archived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medilink.acts.log_proof import log_id_here
from medilink.acts.network import say_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import GENESIS, Act, ChainedRow
from medilink.desk import Desk
from medilink.errors import AboutYourself, ClockTooUncertain, Missing, NothingToErase
from medilink.log_archive import (
    SEGMENT_ENTRIES,
    YEAR_MS,
    digest_of,
    erased,
    how_many_are_old,
    pack_rows,
    unpack_rows,
)
from medilink.log_tree import BLOCK
from medilink.people import AccountId, PatientId, tidy
from medilink.permissions import Task
from medilink.statements import LogSegment, read_statement
from medilink.store_log import Segment


def archive_old_entries(desk: Desk, *, part_of: int = SEGMENT_ENTRIES) -> int:
    """Move entries older than the clinic keeps them at hand into archived parts, `part_of` of them
    at a time; how many. Part of the housekeeping. A clock in doubt archives nothing."""
    archive, years, moved = desk.store.log_archive, desk.clinic.log_years, 0
    oldest = archive.of_oldest(1)
    if desk.doubted or not oldest or oldest[0].at > desk.now - years * YEAR_MS:
        return 0
    old = how_many_are_old(archive.of_live_times(), desk.now, years)
    while (count := min(old - moved, SEGMENT_ENTRIES)) >= part_of:
        _archive(desk, archive.of_oldest(count))
        moved += count
    return moved


def _archive(desk: Desk, rows: Sequence[ChainedRow]) -> None:
    first, last = rows[0], rows[-1]
    held = desk.store.log.at(first.seq - 1)
    segment = Segment(first.seq, last.seq, held.hash if held else GENESIS, last.hash, b"")
    event = desk.event(Act.ARCHIVE_LOG, first=first.seq, last=last.seq)
    desk.store.log_archive.archive(_signed(desk, segment, pack_rows(rows), 0), audit=event)


def erase_details(
    desk: Desk, *, patient: PatientId | None = None, account: AccountId | None = None, why: str
) -> int:
    """Take names, addresses and browsers out of every archived entry about a patient, or by an
    account; how many. What was done, when and to whom by number stays, and so does every proof.

    The other administrators are told, and nobody erases what they did themselves. Raises Missing
    without a reason, AboutYourself, ClockTooUncertain, NothingToErase where no entry is old enough.
    """
    check_task(desk, Task.KEEP_LOG, Act.ERASE_DETAIL, patient)
    if not tidy(why):
        raise Missing(field="Reason")
    with refusals_logged(desk, Act.ERASE_DETAIL, patient):
        if account == desk.who.id or (patient is not None and patient == desk.who.patient):
            raise AboutYourself
        if desk.doubted:
            raise ClockTooUncertain
    archive_old_entries(desk, part_of=BLOCK)
    count = 0
    for part in desk.store.log_archive.of_segments():
        rows = unpack_rows(part.first, desk.store.log_archive.of_body(part.first))
        kept, gone = erased(rows, lambda row: _is_theirs(row, patient, account))
        if gone:
            says = read_statement(part.signed).says
            before = says.erased if isinstance(says, LogSegment) else 0
            segment = _signed(desk, part, pack_rows(kept), before + gone)
            event = desk.event(
                Act.ERASE_DETAIL,
                patient,
                why=tidy(why),
                first=part.first,
                entries=gone,
                account=account or "",
            )
            desk.store.log_archive.rewrite(segment, audit=event)
        count += gone
    with refusals_logged(desk, Act.ERASE_DETAIL, patient):
        if not count:
            raise NothingToErase(years=desk.clinic.log_years)
    return count


def _is_theirs(row: ChainedRow, patient: PatientId | None, account: AccountId | None) -> bool:
    return (patient is not None and row.patient == patient) or (
        account is not None and row.account == account
    )


def _signed(desk: Desk, segment: Segment, body: bytes, erased_so_far: int) -> Segment:
    says = LogSegment(
        log_id_here(desk),
        segment.first,
        segment.last,
        segment.before,
        segment.hash,
        digest_of(body),
        erased_so_far,
        desk.now,
    )
    return replace(segment, signed=say_here(desk, says).raw, body=body)
