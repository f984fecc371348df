"""Every field of real FHIR files that MediLink claims to keep comes out again; what is claimed to
be read is read, and the document says both in the numbers counted here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from exports.fhir import write_bundle
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.intake.fhir_again import read_again
from medilink.people import PatientDetails
from medilink.receiving import Original
from medilink.records import Entry
from tests.rules.fhir_bundles import FILES, REPO, each_file, needs_corpora
from tests.rules.fhir_survival import (
    READ,
    Survival,
    brought_in,
    count_all,
    handed_out,
    tables,
    values_at,
    with_other,
)

DOC = REPO / "docs" / "formats" / "fhir-kept.md"


@pytest.fixture(scope="module")
def counted() -> Survival:
    return count_all()


@needs_corpora
@pytest.mark.slow
def test_no_value_and_no_field_is_lost(counted: Survival) -> None:
    print(f"\n{tables(counted)}")
    assert counted.same == counted.resources
    assert counted.came == counted.left
    assert counted.after == counted.before
    assert counted.resources.total() == 2158
    assert len(counted.resources) == 25


@needs_corpora
@pytest.mark.slow
def test_the_document_has_the_numbers_that_are_counted(counted: Survival) -> None:
    said = DOC.read_text("utf-8")
    assert all(table in said for table in tables(counted).split("\n\n"))


@needs_corpora
@each_file
def test_a_real_file_leaves_byte_for_byte_under_its_addresses(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    clinic = brought_in(tmp_path / "clinic", path.name, data)
    handed = handed_out(clinic)
    out = write_bundle(handed)
    assert all(one.original.body in data and one.original.body in out for one in handed.originals)
    assert len(handed.originals) == len(json.loads(data)["entry"])
    assert addresses(out) == addresses(data)
    assert write_bundle(handed) == out
    again = bring_in(clinic.admin, read_file(clinic.admin, "again.json", out)[0], ImportReport())
    assert (again.people, again.entries) == (0, 0)
    assert write_bundle(handed_out(clinic)) == out
    clinic.store.close()


@needs_corpora
@pytest.mark.slow
@each_file
def test_what_we_build_ourselves_has_the_structure_of_r4(path: Path, tmp_path: Path) -> None:
    models = pytest.importorskip("fhir.resources.R4B")
    clinic = brought_in(tmp_path / "clinic", path.name, path.read_bytes())
    built = write_bundle(replace(handed_out(clinic), originals=(), known_as=("", "")))
    bundle = models.get_fhir_model_class("Bundle").model_validate(json.loads(built))
    assert len(bundle.entry) == len(json.loads(built)["entry"]) > 1
    clinic.store.close()


def addresses(data: bytes) -> list[str]:
    return sorted(entry["fullUrl"] for entry in json.loads(data.decode("utf-8-sig"))["entry"])


# ---- what is claimed to be read is read

Reading = list[tuple[tuple[Entry, ...], PatientDetails | None]]


@cache
def originals(path: Path) -> list[tuple[Original, dict[str, Any]]]:
    whole = json.loads(path.read_text("utf-8-sig"))
    return [
        (
            Original(
                entry["resource"]["resourceType"],
                number.to_bytes(16),
                json.dumps(entry["resource"]).encode(),
                entry["fullUrl"],
            ),
            entry["resource"],
        )
        for number, entry in enumerate(whole["entry"])
    ]


def reading(held: list[Original]) -> Reading:
    return [(one.entries, one.person) for one in read_again(held)]


def holders(kind: str, path: str) -> Iterator[tuple[Path, int]]:
    """Where in the corpora a path of a type leads somewhere."""
    for file in FILES:
        for number, (original, resource) in enumerate(originals(file)):
            if original.kind == kind and any(values_at(resource, path.split("."))):
                yield file, number


# Nothing, another date, another period, another state: what is not read changes nothing.
OTHER = (None, "1999-01-01", {"start": "1999-01-01"}, {"coding": [{"code": "inactive"}]}, "option")


def is_read(file: Path, number: int, path: str) -> bool:
    held = originals(file)
    whole = [original for original, _ in held]
    original, resource = held[number]
    as_it_is = reading(whole)
    for value in OTHER:
        body = json.dumps(with_other(resource, path.split("."), value)).encode()
        changed = [*whole]
        changed[number] = Original(original.kind, original.uid, body, original.address)
        if reading(changed) != as_it_is:
            return True
    return False


# Who somebody is to us, not what is said of them: shown by the tests of importing.
NOT_ENTRIES = {"subject", "patient", "identifier", "country"}


@needs_corpora
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (kind, path)
        for kind, paths in READ.items()
        for path in paths
        if path.split(".")[-1] not in NOT_ENTRIES
    ],
)
def test_what_is_claimed_to_be_read_changes_what_is_read(kind: str, path: str) -> None:
    assert any(is_read(file, number, path) for file, number in list(holders(kind, path))[:60])
