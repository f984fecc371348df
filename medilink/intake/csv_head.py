"""The first row of a table of patients: which column holds what, however it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medilink.errors import FileUnreadable
from medilink.intake.csv_text import SEPARATORS, rows
from medilink.people import tidy

# What a column is called here, and what else it may be called.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("full name", "patient name", "patient"),
    "given": ("given name", "given names", "first name", "forename", "other names"),
    "family": ("family name", "last name", "surname"),
    "sex": ("gender",),
    "birth_date": ("birthdate", "date of birth", "dob", "born"),
    "age": ("age years", "age in years"),
    "phone": ("phone number", "telephone", "mobile", "tel"),
    "village": ("town", "city", "address", "residence"),
    "external_id": ("id", "patient id", "patient number", "file number", "mrn"),
    "allergies": ("allergy",),
    "conditions": ("condition", "diagnoses", "diagnosis", "problems"),
    "medications": ("medication", "medicines", "medicine", "drugs"),
}

# A person is registered by these; of each line one column is enough. The cells may be empty,
# but a table without the column is most likely another table.
NEEDED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("name", "given", "family"), "given and family (or name)"),
    (("sex",), "sex"),
    (("birth_date", "age"), "birth_date (or age)"),
)
_TITLE_SHOWN = 40  # characters of a column's title in a sentence


@dataclass(frozen=True, slots=True)
class Head:
    """The first row: its number, its titles, the separator, and which column holds which field."""

    row: int
    titles: list[str]
    separator: str
    place: dict[str, int]

    @property
    def unused(self) -> list[str]:
        """The titles of columns MediLink has no use for."""
        used = set(self.place.values())
        return [title for at, title in enumerate(self.titles) if at not in used and title.strip()]

    def cell(self, field: str, cells: list[str]) -> str:
        """The tidied cell of a field; empty where the table has no such column."""
        at = self.place.get(field)
        return tidy(cells[at]) if at is not None else ""


def read_head(text: str, named: str) -> Head:
    """The first row that is not empty, cut by the separator that gives the most known columns.

    `named` is the separator the file itself names. Raises FileUnreadable where columns lack.
    """
    heads = [_cut(text, separator) for separator in ([named] if named else SEPARATORS)]
    best = max(heads, key=lambda head: (len(head.place), len(head.titles)))
    _check_columns(best)
    return best


def _cut(text: str, separator: str) -> Head:
    written = ((n, cells) for n, cells in rows(text, separator) if cells and any(cells))
    row, titles = next(written, (1, []))
    return Head(row, titles, separator, _places(titles))


def _places(titles: list[str]) -> dict[str, int]:
    """Field → column. Our own name for a column goes before its other names; the first one wins."""
    keys = [_key(title) for title in titles]
    place = {}
    for field, others in COLUMNS.items():
        called = next((one for one in (_key(field), *others) if one in keys), None)
        if called is not None:
            place[field] = keys.index(called)
    return place


def _key(title: str) -> str:
    """A title as it is compared: case, spaces, dots, dashes and brackets forgiven."""
    return " ".join(re.sub(r"[\s_.()\-]+", " ", tidy(title).casefold()).split())


def _check_columns(head: Head) -> None:
    """Raise where the table lacks what a person is registered by."""
    lacking = ", ".join(said for fields, said in NEEDED if not head.place.keys() & {*fields})
    if not lacking:
        return
    if not head.place:  # then the first row may be a person: it is not repeated on the screen
        raise FileUnreadable(
            why="its first row names no column MediLink knows. It needs the titles "
            f"{lacking}, separated by comma, semicolon, tab or bar."
        )
    has = ", ".join(tidy(title)[:_TITLE_SHOWN] for title in head.titles if title.strip())
    raise FileUnreadable(why=f"it lacks the columns {lacking}. It has: {has}.")
