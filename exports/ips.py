"""A record as an International Patient Summary: an HL7 IPS 2.0.1 document (FHIR R4 4.0.1).

What came from elsewhere leaves as the bytes it came in, as far as a document allows
(`exports.ips_fitting`). The same document gives the same bytes. What a summary carries and what it
does not stands in docs/formats/ips.md.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping

import orjson

from exports.document import ClinicalDocument
from exports.fhir import LOG_HEAD, Part, parts_of
from exports.fhir_parts import Resource, address_of, as_json, instant, said, said_at
from exports.fhir_pool import Pool
from exports.ips_fitting import NEVER, as_far_as_sound, fitted
from exports.ips_rows import chapter_text
from exports.ips_rules import check_ips
from exports.ips_sections import TARGETS, Chapter, chapters_of
from exports.wording import Wording
from exports.xhtml import narrative, paragraph
from medilink.errors import SummaryUnsound
from medilink.fhir_names import CLINIC, DATED, DOCUMENT, HL7, LOINC, ORIGIN, written_uid
from medilink.records import Entry
from security.codes import uid_from_name

_PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/"


def write_ips(document: ClinicalDocument, words: Wording) -> bytes:
    """The document as an IPS Bundle in JSON (UTF-8). Raises SummaryUnsound rather than hand out
    what another program could not read."""
    handed = as_far_as_sound(document.handed)
    chapters = chapters_of(handed)
    told = {entry.uid for chapter in chapters for entry in chapter.entries}
    pool = Pool(parts_of(handed, lambda entry: entry.uid in told), NEVER)
    by_entry = pool.of_entries()
    lines = _lines(chapters, by_entry)
    chosen = [by_entry[entry.uid] for held in lines for entry in held]
    person, *others = pool.with_all_they_name([pool.parts[0], *chosen])
    makers = _makers(document)
    sections = [
        *_letter(document),
        *(_section(*each, by_entry, words) for each in zip(chapters, lines, strict=True)),
    ]
    body = _bundle(
        document,
        [
            _composition(document, person, makers, sections, words),
            fitted(person, pool),
            *makers,
            *(fitted(one, pool) for one in others),
        ],
    )
    if wrong := check_ips(json.loads(body)):
        raise SummaryUnsound(count=len(wrong))
    return body


def _bundle(document: ClinicalDocument, parts: Iterable[Part]) -> bytes:
    handed = document.handed
    head = b64encode(handed.log_head).decode()
    return as_json(
        {
            "resourceType": "Bundle",
            "meta": {
                **({"extension": [{"url": LOG_HEAD, "valueBase64Binary": head}]} if head else {}),
                "lastUpdated": instant(handed.made_at),
                "profile": [f"{_PROFILE}Bundle-uv-ips"],
                "tag": said_at(handed.clinic),
            },
            "identifier": _number(document),
            "type": "document",
            "timestamp": instant(handed.made_at),
            "entry": [
                {"fullUrl": part.address, "resource": orjson.Fragment(part.body)} for part in parts
            ],
        }
    )


def _number(document: ClinicalDocument) -> Resource:
    return {"system": DOCUMENT, "value": document.called}


# ---- who made it


def _makers(document: ClinicalDocument) -> list[Part]:
    """The clinic that keeps the record, and who made the document where that is not the patient."""
    clinic = document.handed.clinic
    house = _made("Organization", f"clinic|{clinic}", {
        "identifier": [{"system": CLINIC, "value": clinic}],
        "name": clinic,
    })  # fmt: skip
    author = document.author
    if not author or author == document.patient.details.full_name:
        return [house]
    standing = [{"code": {"text": document.standing}}] if document.standing else []
    return [house, _made("Practitioner", f"practitioner|{clinic}|{author}", {
        "name": [{"text": author}],
        **({"qualification": standing} if standing else {}),
    })]  # fmt: skip


def _made(kind: str, name: str, fields: Resource) -> Part:
    uid = uid_from_name(name)
    content = {"resourceType": kind, "id": written_uid(uid), **fields}
    return Part(address_of(uid), kind, content, as_json(content))


# ---- what it says


def _composition(
    document: ClinicalDocument,
    person: Part,
    makers: list[Part],
    sections: list[Resource],
    words: Wording,
) -> Part:
    author = document.author
    by = person if author and len(makers) == 1 else makers[-1]
    title = words.say("Patient summary")
    about = f"{document.patient.details.full_name}, {document.patient.details.birth_date}"
    return _made("Composition", f"summary|{document.number.hex()}", {
        "meta": {"profile": [f"{_PROFILE}Composition-uv-ips"]},
        "language": words.locale.replace("_", "-"),
        "text": narrative(paragraph(title) + paragraph(about.strip(" ,") or title)),
        "identifier": _number(document),
        "status": "final",
        "type": said("Patient summary Document", "60591-5", LOINC),
        "subject": {"reference": person.address},
        "date": instant(document.handed.made_at),
        "author": [{"reference": by.address}],
        "title": title,
        "custodian": {"reference": makers[0].address},
        "section": sections,
    })  # fmt: skip


def _lines(chapters: list[Chapter], by_entry: Mapping[bytes, Part]) -> list[list[Entry]]:
    """The entries of each section that have a resource there, each resource once: a blood pressure
    is two entries of one, and a death is told by the Patient."""
    taken: set[str] = set()
    found = []
    for chapter in chapters:
        held = []
        for entry in chapter.entries:
            part = by_entry.get(entry.uid)
            if part and part.kind in TARGETS[chapter.code] and part.address not in taken:
                taken.add(part.address)
                held.append(entry)
        found.append(held)
    return found


def _section(
    chapter: Chapter, held: list[Entry], by_entry: Mapping[bytes, Part], words: Wording
) -> Resource:
    title = words.say(chapter.title)
    section: Resource = {
        "title": title,
        "code": {"coding": [{"system": LOINC, "code": chapter.code}], "text": title},
        "text": chapter_text(chapter, words),
    }
    if held:
        return section | {"entry": [_line(entry, by_entry[entry.uid]) for entry in held]}
    if not chapter.missing:
        return section
    reason = {"system": f"{HL7}list-empty-reason", "code": chapter.missing}
    return section | {"emptyReason": {"coding": [reason]}}


def _line(entry: Entry, part: Part) -> Resource:
    """Where an entry stands. Of what came from elsewhere it says what the resource itself may not:
    from where it came, and when it is from."""
    line: Resource = {"reference": part.address}
    if part.original is None:
        return line
    when = instant(entry.at) if entry.at else ""
    told = [
        *([{"url": ORIGIN, "valueString": entry.origin}] if entry.origin else []),
        *([{"url": DATED, "valueDateTime": when}] if when else []),
    ]
    return line | ({"extension": told} if told else {})


def _letter(document: ClinicalDocument) -> list[Resource]:
    """What was written for whoever receives it, before everything else."""
    return [
        {
            "title": part.heading,
            "code": {"text": part.heading},
            "text": narrative(paragraph(part.text)),
        }
        for part in document.letter
        if part.heading.strip() and part.text.strip()
    ]
