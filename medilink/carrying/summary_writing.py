"""What a summary carries of a record, as rows of small values: the writing half of
docs/formats/summary.md; `summary_reading` is the other half.

Carried is what is in force and matters when somebody is treated: never documents, insurance, who
wrote an entry, or what was corrected since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from medilink.absence import listed, stated_absence
from medilink.carrying import summary_layout as layout
from medilink.carrying.small_numbers import (
    Small,
    birth_in,
    day_in,
    day_of,
    id_in,
    phone_in,
    value_in,
)
from medilink.people import Patient
from medilink.records import Encounter, Entry, Observation, Record, Section, in_force

MOST_VISITS, MOST_RESULTS = 5, 8
LONGEST_SAYING = 200  # characters of one text of a visit or result
CUT = "…"

Row = list[Any]


@dataclass(slots=True)
class Parts:
    """The rows of a summary before they become CBOR, newest first. `shortened`: something was cut
    or left out because it did not fit."""

    head: Row
    lasting: list[list[Row]]
    immunisations: list[Row]
    results: list[Row]
    visits: list[Row]
    shortened: bool = False

    def items(self) -> Row:
        """The array that is written."""
        last = [self.immunisations, self.results, self.visits]
        return [layout.VERSION, int(self.shortened), *self.head, *self.lasting, *last]


def parts_of(record: Record) -> Parts:
    """Everything a summary carries of the sections that are in the record."""
    newest = max((day_of(entry.at) for entry in record.entries()), default=0)
    lasting: list[tuple[layout.Kind, Iterable[Entry]]] = [
        (layout.ALERTS, _active(record.alerts)),
        (layout.ALLERGIES, listed(record, Section.ALLERGIES)),
        (layout.CONDITIONS, listed(record, Section.CONDITIONS)),
        (layout.MEDICATIONS, listed(record, Section.MEDICATIONS)),
        (layout.CONTACTS, _active(record.contacts)),
    ]
    given = [i for i in record.immunisations if i.status in ("", "completed")]
    results, cut = _results(record, newest)
    visits, cut_too = _visits(record, newest)
    return Parts(
        _head(record, newest),
        [[_row(kind.fields, entry, newest) for entry in entries] for kind, entries in lasting],
        [_row(layout.IMMUNISATIONS.fields, entry, newest) for entry in given],
        results,
        visits,
        shortened=cut or cut_too,
    )


def _active(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.status == "active"]


def _row(fields: Iterable[layout.Field], entry: Entry, newest: int) -> Row:
    row = [field.small(getattr(entry, field.name)) for field in fields]
    return [*row, day_in(entry.at, newest)]


def _bare(values: Iterable[Any]) -> Row:
    """Without what is empty at the end."""
    row = list(values)
    while row and row[-1] in (None, ""):
        row.pop()
    return row


def _head(record: Record, newest: int) -> Row:
    places = enumerate(layout.SECTIONS)
    profile = record.profile
    return [
        sum(1 << place for place, section in places if section in record.sections),
        newest,
        _person(record.patient),
        _bare([profile.blood, profile.language]) if profile else [],
        _bare(_absent_since(record, section, newest) for section in layout.ABSENT),
    ]


def _person(patient: Patient) -> Row:
    who = patient.details
    return [
        who.given,
        who.family,
        who.village,
        layout.SEXES.index(who.sex) + len(layout.SEXES) * who.birth_estimated,
        birth_in(who.birth_date),
        phone_in(who.phone),
        id_in(patient.medilink_id),
        patient.uid,
    ]


def _absent_since(record: Record, section: Section, newest: int) -> int | None:
    said = stated_absence(record, section)
    return day_in(said.at, newest) if said and not listed(record, section) else None


# ---- results and visits


def _results(record: Record, newest: int) -> tuple[list[Row], bool]:
    """The latest result of each test, newest first; whether a text was cut."""
    latest: dict[str, Observation] = {}
    for seen in record.observations:
        if seen.section is Section.RESULTS and in_force(seen):
            latest.setdefault(seen.code or seen.name, seen)
    carried = list(latest.values())[:MOST_RESULTS]
    short = [seen._replace(text=_short(seen.text)) for seen in carried]
    return [_row(layout.RESULT_FIELDS, seen, newest) for seen in short], short != carried


def _visits(record: Record, newest: int) -> tuple[list[Row], bool]:
    """The last visits with what was measured, newest first; measurements of a day without a visit
    stand alone. Whether a text was cut."""
    measured: dict[bytes | int, dict[str, Observation]] = {}
    visits: dict[bytes | int, Encounter] = {v.uid: v for v in record.encounters if in_force(v)}
    times = {uid: visit.at for uid, visit in visits.items()}
    for seen in record.observations:
        if seen.section is Section.VITALS and seen.code in layout.VITALS and in_force(seen):
            of = seen.encounter or day_of(seen.at)
            measured.setdefault(of, {}).setdefault(seen.code, seen)
            times.setdefault(of, seen.at)
    last = sorted(times, key=lambda of: times[of], reverse=True)[:MOST_VISITS]
    cut = any(_short(text) != text for of in last for text in _said(visits.get(of)))
    rows = []
    for of in last:
        said = [_short(text) for text in _said(visits.get(of))]
        rows.append([*said, day_in(times[of], newest), *_bare(_vitals(measured.get(of, {})))])
    return rows, cut


def _said(visit: Encounter | None) -> list[str]:
    return [getattr(visit, field) if visit else "" for field in layout.VISIT_TEXTS]


def _vitals(seen: dict[str, Observation]) -> Iterator[Small | None]:
    """How far each is above its usual value; the text itself where it has other decimals."""
    for code, (decimals, usual) in layout.VITALS.items():
        value = seen[code].value if code in seen else ""
        small = value_in(value)
        if isinstance(small, str) or small % 8 != decimals:
            yield value or None
        else:
            yield small // 8 - usual


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SAYING else text[: LONGEST_SAYING - 1].rstrip() + CUT
