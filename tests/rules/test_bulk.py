"""Everybody as NDJSON: every resource once, on one line, its digits and time stamps as they came,
its references leading to another line."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest

from exports import bulk
from exports.bulk import MANIFEST, bulk_lines, into_zip, write_bulk
from exports.fhir import parts_of
from medilink.handing_out import HandedOut
from tests.made_records import made_up_records
from tests.rules.fhir_bundles import needs_corpora
from tests.rules.fhir_survival import values_at
from tests.rules.ips_documents import MADE_AT, as_written_here, handed, of_corpora, record_saying


def everybody() -> list[HandedOut]:
    """Each person once: two of the examples are the same one's, in two files."""
    came = {each.record.patient.uid: each for _, each in of_corpora()}.values()
    ours = [handed(record) for record in made_up_records(3, 5, date(2026, 3, 2))]
    return [*came, *ours]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        yield from references(list(node.values()))


def exact(line: bytes) -> dict[str, Any]:
    """A resource whose numbers are the text they were written as."""
    read: dict[str, Any] = json.loads(line, parse_float=str, parse_int=str)
    return read


@needs_corpora
def test_every_resource_is_one_line_and_leads_to_others() -> None:
    lines = list(bulk_lines(everybody()))
    names: Counter[str] = Counter()
    for kind, line in lines:
        assert not set(line) & {0x0A, 0x0D}
        resource = json.loads(line)
        assert resource["resourceType"] == kind
        names[f"{kind}/{resource['id']}"] += 1
    assert set(names.values()) == {1}
    pointed_at = {
        said
        for _, line in lines
        for said in references(json.loads(line))
        if not said.startswith("#")
    }
    assert pointed_at
    assert pointed_at <= names.keys()


@needs_corpora
def test_what_came_from_elsewhere_is_all_there_with_its_digits_and_time_stamps() -> None:
    for _, came in of_corpora():
        lines = [exact(line) for _, line in bulk_lines([came])]
        whole = Counter(values for line in lines for values in said_in(line))
        kept = Counter(
            values for part in parts_of(came) for values in said_in(exact(part.body))
        )  # fmt: skip
        assert len(lines) == len(parts_of(came))
        assert whole == kept


def said_in(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything a resource says but its id and where it points."""
    for key in resource.keys() - {"id"}:
        for value in values_at(without_references(resource[key]), []):
            yield key, value


def without_references(node: Any) -> Any:
    if isinstance(node, list):
        return [without_references(item) for item in node]
    if isinstance(node, dict):
        beside = {"reference", "_reference"}
        return {key: without_references(v) for key, v in node.items() if key not in beside}
    return node


@needs_corpora
def test_no_two_patients_share_an_id_and_what_they_share_comes_once() -> None:
    [(_, first), *_] = of_corpora()
    again = replace(first, record=replace(first.record, patient=handed_patient()))
    lines = list(bulk_lines([first, as_written_here(again)]))
    assert len({(kind, json.loads(line)["id"]) for kind, line in lines if kind == "Patient"}) == 2
    twice = list(bulk_lines([first, first]))
    shared = Counter(kind for kind, _ in twice if kind in ("Practitioner", "Organization"))
    assert shared == Counter(
        kind for kind, _ in bulk_lines([first]) if kind in ("Practitioner", "Organization")
    )


def handed_patient() -> Any:
    return record_saying("x").patient


def zipped(people: list[HandedOut]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        write_bulk(people, into_zip(archive, MADE_AT), len(people), MADE_AT)
    return out.getvalue()


def test_the_manifest_names_every_file_with_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH_BYTES", 40_000)
    archive = ZipFile(io.BytesIO(zipped(everybody())))
    manifest = json.loads(archive.read(MANIFEST))
    listed = {each["url"]: each for each in manifest["output"]}
    assert manifest["transactionTime"] == "2026-03-02T08:00:00Z"
    assert listed.keys() == set(archive.namelist()) - {MANIFEST}
    assert len([name for name in listed if name.startswith("Patient.")]) > 1
    for name, each in listed.items():
        lines = archive.read(name).splitlines()
        assert len(lines) == each["count"]
        assert {json.loads(line)["resourceType"] for line in lines} == {each["type"]}
        assert re.fullmatch(rf"{each['type']}\.\d{{3}}\.ndjson", name)


def test_the_same_people_give_the_same_bytes() -> None:
    people = [handed(record) for record in made_up_records(3, 5, date(2026, 3, 2))]
    assert zipped(people) == zipped(people)


class Stopped(Exception):
    """Whoever waits has stopped it."""


def test_one_patient_is_read_at_a_time_and_it_can_be_stopped() -> None:
    read, told, stored = 0, [], []

    def one_by_one() -> Iterator[HandedOut]:
        nonlocal read
        for record in made_up_records(3, 5, date(2026, 3, 2)):
            read += 1
            yield handed(record)

    def progress(done: int, of: int) -> None:
        told.append((done, of, read))
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        write_bulk(one_by_one(), lambda name, _: stored.append(name), 5, MADE_AT, progress)
    assert told == [(1, 5, 1), (2, 5, 2), (3, 5, 3)]
    assert MANIFEST not in stored


def test_a_line_stays_a_line_whatever_was_typed() -> None:
    [*lines] = bulk_lines([handed(record_saying('a\r\nb\u2028"reference":"x"\\'))])
    assert len(lines) > 15
    for _, line in lines:
        assert len(line.decode().split("\n")) == 1
        json.loads(line)
