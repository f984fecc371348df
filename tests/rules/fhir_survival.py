"""What of real FHIR files survives import, record and export, counted field by field.

`python -m tests.rules.fhir_survival` prints the tables of docs/formats/fhir-kept.md.
"""

from __future__ import annotations

import copy
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exports.fhir import write_bundle
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.hand_out import hand_out_record
from medilink.acts.register import record_patient_is_here
from medilink.handing_out import HandedOut
from medilink.people import PatientId
from medilink.records import Entry, Record, recorded_at
from tests.clinics import TestClinic, new_clinic
from tests.rules.fhir_bundles import FILES

# What is read into the record, by resource type. `tests/rules/test_fhir_survival.py` shows of each
# that it changes what is read.
READ = {
    kind: paths.split()
    for kind, paths in {
        "Patient": "address.city address.country birthDate communication.language contact.name"
        " contact.relationship contact.telecom gender identifier name.family"
        " name.given telecom",
        "AllergyIntolerance": "clinicalStatus code criticality onsetDateTime patient"
        " recordedDate verificationStatus",
        "Condition": "abatementDateTime asserter clinicalStatus code encounter onsetDateTime"
        " subject verificationStatus",
        "DiagnosticReport": "subject",
        "DocumentReference": "subject",
        "Encounter": "participant.individual period reasonCode serviceProvider status subject type",
        "Flag": "code status subject",
        "Immunization": "encounter lotNumber occurrenceDateTime patient performer.actor"
        " protocolApplied.doseNumberPositiveInt site status vaccineCode",
        "MedicationRequest": "authoredOn dosageInstruction encounter intent"
        " medicationCodeableConcept reasonReference requester status subject",
        "MedicationStatement": "dosage effectiveDateTime effectivePeriod informationSource"
        " medicationCodeableConcept medicationReference status subject",
        "Observation": "category code component.code component.valueQuantity effectiveDateTime"
        " encounter note performer status subject valueCodeableConcept valueQuantity valueString",
        "Medication": "code",
        "Organization": "name",
        "Practitioner": "name",
        "Procedure": "code encounter performedDateTime performedPeriod status subject",
    }.items()
}


def values_at(node: Any, path: list[str]) -> Iterator[str]:
    """Every value under a path, as JSON text with its own digits."""
    if isinstance(node, list):
        for item in node:
            yield from values_at(item, path)
    elif not path:
        yield json.dumps(node, sort_keys=True)
    elif isinstance(node, dict) and path[0] in node:
        yield from values_at(node[path[0]], path[1:])


def with_other(resource: dict[str, Any], path: list[str], value: object) -> dict[str, Any]:
    """A copy of a resource with something else at a path; nothing for None."""
    whole = copy.deepcopy(resource)
    nodes: list[Any] = [whole]
    for step in path[:-1]:
        found = [node[step] for node in nodes if step in node]
        nodes = [item for one in found for item in (one if isinstance(one, list) else [one])]
    for node in nodes:
        if value is None:
            node.pop(path[-1], None)
        elif path[-1] in node:
            node[path[-1]] = value
    return whole


def resources_of(data: bytes) -> list[dict[str, Any]]:
    """The resources of a Bundle; numbers stay the text they were written as."""
    whole = json.loads(data.decode("utf-8-sig"), parse_float=str, parse_int=str)
    return [entry["resource"] for entry in whole["entry"]]


# ---- through a real store


def brought_in(folder: Path, name: str, data: bytes) -> TestClinic:
    """A clinic of its own with one file imported. Everything in it must have been read."""
    clinic = new_clinic(folder)
    people, unread = read_file(clinic.admin, name, data)
    assert unread == []
    report = bring_in(clinic.admin, people, ImportReport())
    assert report.people == 1
    return clinic


def handed_out(clinic: TestClinic) -> HandedOut:
    """The whole record of the only patient, as a doctor may take it."""
    doctor = clinic.provider()
    record_patient_is_here(doctor, PatientId(1), "here for a visit")
    return replace(hand_out_record(doctor, PatientId(1)), log_head=b"")  # each look adds to the log


@dataclass
class Survival:
    """Of all files: resources and their values at `READ` by type, in and out; and the fields of
    entries by kind, before and after they left built from the record alone and came back."""

    resources: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    came: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    left: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    beside: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    entries: Counter[str] = field(default_factory=Counter)
    before: dict[str, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))
    after: dict[str, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, path: Path, folder: Path) -> None:
        """Take one file through import, record and export, and back in."""
        data = path.read_bytes()
        clinic = brought_in(folder / "first", path.name, data)
        handed = handed_out(clinic)
        clinic.store.close()
        self._compare_resources(path.stem, resources_of(data), write_bundle(handed))
        built = write_bundle(replace(handed, originals=(), known_as=("", "")))
        again = brought_in(folder / "second", "built.json", built)
        self._compare_entries(path.stem, handed.record, handed_out(again).record)
        again.store.close()

    def _compare_resources(self, file: str, came: list[dict[str, Any]], out: bytes) -> None:
        left = resources_of(out)
        whole = {json.dumps(resource, sort_keys=True) for resource in left}
        for resource in came:
            kind = resource["resourceType"]
            self.resources[kind] += 1
            self.same[kind] += json.dumps(resource, sort_keys=True) in whole
            self.beside[kind] |= resource.keys() - {"resourceType"}
        for side, resources in ((self.came, came), (self.left, left)):
            for resource in resources:
                side[resource["resourceType"]].update(
                    (f"{file} {path}", value)
                    for path in READ.get(resource["resourceType"], ())
                    for value in values_at(resource, path.split("."))
                )

    def _compare_entries(self, file: str, first: Record, second: Record) -> None:
        for entry in first.entries():
            self.entries[type(entry).__name__] += 1
        for side, record in ((self.before, first), (self.after, second)):
            for entry in record.entries():
                side[type(entry).__name__].update((file, *each) for each in fields_of(entry))

    # ---- told

    def by_type(self) -> list[tuple[str, ...]]:
        """Type, resources, of these byte for byte the same content, values read, of these out,
        fields read, fields kept as received only."""
        rows = []
        for kind in sorted(self.resources):
            read = READ.get(kind, [])
            tops = {path.split(".")[0] for path in read}
            came, left = self.came[kind], self.left[kind]
            rows.append(
                (
                    kind,
                    str(self.resources[kind]),
                    str(self.same[kind]),
                    str(came.total()),
                    str((came & left).total()),
                    ", ".join(read) or "–",
                    ", ".join(sorted(self.beside[kind] - tops - {"id"})),
                )
            )
        return rows

    def by_kind(self) -> list[tuple[str, ...]]:
        """Kind of entry, how many, their fields with something in them, of these back again."""
        return [
            (
                kind,
                str(self.entries[kind]),
                str(self.before[kind].total()),
                str((self.before[kind] & self.after[kind]).total()),
            )
            for kind in sorted(self.entries)
        ]


# What an entry is called and when MediLink wrote it down are no fields of what was said.
_NOT_SAID = ("uid", "recorded", "doubted")


def fields_of(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """(entry, field, value) of everything an entry says. A profile is known by being the only
    one: it comes back as a part of the Patient."""
    own = "" if type(entry).__name__ == "Profile" else entry.uid.hex()
    for name, value in zip(entry._fields, entry, strict=True):
        if name not in _NOT_SAID and value not in ("", None):
            yield own, name, str(value)
    yield own, "recorded", str(recorded_at(entry))


def count_all() -> Survival:
    """Every file of the corpora."""
    counted = Survival()
    for path in FILES:
        with TemporaryDirectory() as folder:
            counted.add(path, Path(folder))
    return counted


def tables(counted: Survival) -> str:
    """The two tables as the document has them."""
    first = (
        "resource", "resources", "left as they came", "values read", "of these left",
        "read into the record", "kept as received",
    )  # fmt: skip
    second = ("entry", "entries", "fields", "of these back again")
    return "\n\n".join(
        "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))
        for head, rows in ((first, counted.by_type()), (second, counted.by_kind()))
    )


if __name__ == "__main__":
    print(tables(count_all()))
