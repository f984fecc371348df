"""Patient summaries of other houses come in whole: where they are from stays with every entry, and
what their sections list is read, or kept and named here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exports.ips_sections import SOCIAL, TARGETS, VITALS, chapters_of
from medilink.fhir_names import DATED, DOCUMENT, ORIGIN
from medilink.records import Entry
from tests.rules.fhir_bundles import FILES, bundle, coded, needs_corpora, of_p1, read
from tests.rules.fhir_bundles import PATIENT as WHO
from tests.rules.ips_documents import of_corpora

SUMMARIES = [path for path in FILES if path.parent.name == "ips"]
each_summary = pytest.mark.parametrize("path", SUMMARIES or [Path()], ids=lambda path: path.stem)

# Types MediLink keeps and does not show yet.
NOT_SHOWN = {"CarePlan", "Consent", "DeviceUseStatement"}


def entries_of(data: bytes) -> tuple[list[Entry], dict[str, Any]]:
    [patient], unread = read(data)
    assert unread == []
    return [e for received in patient.entries for e in received.understood], json.loads(data)


@needs_corpora
@each_summary
def test_every_entry_says_which_house_it_is_from(path: Path) -> None:
    found, whole = entries_of(path.read_bytes())
    summary = whole["entry"][0]["resource"]
    address = summary["custodian"]["reference"]
    [house] = [
        entry["resource"]["name"] for entry in whole["entry"] if entry["fullUrl"].endswith(address)
    ]
    assert {entry.origin for entry in found} == {house}
    assert all(entry.at for entry in found)


@needs_corpora
@each_summary
def test_what_the_sections_list_is_read_or_is_of_a_type_that_is_not_shown(path: Path) -> None:
    [patient], _ = read(path.read_bytes())
    whole = json.loads(path.read_bytes())
    given = {received.source_id: received for received in patient.entries}
    given |= {received.address: received for received in patient.entries}
    for section in whole["entry"][0]["resource"]["section"]:
        for line in section.get("entry", []):
            name = line["reference"].rpartition("/")[2].rpartition(":")[2]
            received = given.get(name) or given[line["reference"]]
            narrower = "no known food allergy" in received.body.decode().casefold()
            gathers = "hasMember" in received.body.decode()
            assert received.understood or received.kind in NOT_SHOWN or narrower or gathers


@needs_corpora
def test_sections_become_sections(tmp_path: Path) -> None:
    whole = next(came for path, came in of_corpora() if "all-sections" in path.stem)
    found = {chapter.code: len(chapter.entries) for chapter in chapters_of(whole)}
    assert found.keys() <= TARGETS.keys()
    # A blood pressure is two entries, and so is what its line leads to.
    assert (found[VITALS], found[SOCIAL]) == (4, 2)


def test_a_house_that_only_wrote_the_summary_is_where_it_is_from() -> None:
    house = {"resourceType": "Organization", "id": "h", "name": "Mbita Clinic"}
    summary = of_p1("Composition", "s", author=[{"reference": "Organization/h"}], date="2020-01-02")
    ill = of_p1("Condition", "c", code=coded("Asthma"))
    [patient], _ = read(bundle(summary, WHO, house, ill))
    [[asthma]] = [received.understood for received in patient.entries if received.understood]
    assert asthma.origin == "Mbita Clinic"


LINE = {
    "reference": "Condition/c",
    "extension": [
        {"url": ORIGIN, "valueString": "Homa Bay"},
        {"url": DATED, "valueDateTime": "2019-05-01T12:00:00.001Z"},
    ],
}


@pytest.mark.parametrize(
    ("system", "line", "origin"),
    [
        (DOCUMENT, LINE, "Homa Bay"),
        ("urn:other", LINE, "Kisumu Clinic"),
        (DOCUMENT, {"reference": "Condition/c"}, "Kisumu Clinic"),
        (DOCUMENT, LINE | {"extension": "broken"}, "Kisumu Clinic"),
    ],
)
def test_in_a_summary_of_ours_an_entry_is_from_where_its_line_says(
    system: str, line: dict[str, Any], origin: str
) -> None:
    summary = of_p1(
        "Composition", "s", date="2026-01-02", identifier={"system": system, "value": "K7PM-3QXE"},
        custodian={"display": "Kisumu Clinic"}, section=[{"entry": [line]}],
    )  # fmt: skip
    ill = of_p1("Condition", "c", code=coded("Asthma"))
    [patient], unread = read(bundle(summary, WHO, ill))
    [[asthma]] = [received.understood for received in patient.entries if received.understood]
    assert unread == []
    assert asthma.origin == origin
    assert asthma.at == (1_556_712_000_001 if origin == "Homa Bay" else 1_767_312_000_000)
