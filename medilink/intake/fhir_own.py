"""What MediLink wrote itself and now comes back: what FHIR has no field for is taken from where it
was put (`medilink.fhir_names.FIELD`), checked like anything else that comes in."""

from __future__ import annotations

from typing import Any, cast

from medilink.fhir_names import FIELD
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_setting import own_uid
from medilink.intake.fhir_values import moment, note, part, parts, text
from medilink.person_entries import Contact, Coverage
from medilink.records import Condition, Encounter, Entry, Medication

# The fields of each kind that R4 has no place for, apart from `why` and `doubted`.
BESIDE_R4: dict[type, tuple[str, ...]] = {
    Condition: ("course",),
    Contact: ("author",),
    Coverage: ("author",),
    Medication: ("override", "prescriber", "ended_at"),
    Encounter: ("diagnosis", "treatment", "notes", "history", "examination", "plan", "follow_up"),
}


def own_fields(piece: Piece) -> dict[str, str]:
    """The texts of a resource that stand in MediLink's own extensions, by field. Raises Wrong."""
    held = [
        (text(item, "url"), note(item, "valueString")) for item in parts(piece.content, "extension")
        if str(item.get("url", "")).startswith(FIELD)
    ]  # fmt: skip
    return {url.removeprefix(FIELD): said for url, said in held if said}


def as_it_was(entry: Entry, piece: Piece) -> Entry:
    """An entry MediLink wrote, with all it said. Entries of others stay as they were read."""
    if not own_uid(piece):
        return entry
    said = own_fields(piece)
    fields: dict[str, Any] = {
        name: said[name] for name in (*BESIDE_R4.get(type(entry), ()), "why") if name in said
    }
    if "ended_at" in fields:
        fields["ended_at"] = moment(fields["ended_at"])
    fields["doubted"] = int(said.get("doubted") == "1")
    fields["recorded"] = moment(text(part(piece.content, "meta"), "lastUpdated")) or 0
    return cast("Entry", cast("Any", entry)._replace(**fields))
