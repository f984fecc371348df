"""Which parts of a record are about HIV, mental health or sexuality and reproduction. Pure.

Judged by codes, medicines and words (`medilink.sensitive_words`); when in doubt, it is sensitive.
An entry is judged with what it belongs to: a visit, what it was about and what was measured and
given in it stand or fall together, and so do the versions of an entry. Of the profile each version
is judged alone: a blood type is not withheld for what the pharmacy was called once.

No rule of words is complete. A text that circumscribes an illness without naming it is not found,
nor a second code that stood beside the one an entry was read with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from medilink.drug_classes import CALLED, CLASSES
from medilink.people import fold
from medilink.person_entries import Profile
from medilink.prescribing import substances_in
from medilink.records import Allergy, Condition, Encounter, Entry, Medication, Procedure, Record
from medilink.sensitive_words import (
    ALSO_PSYCHOTROPIC,
    ANTIRETROVIRALS,
    ATC,
    BRANDS,
    CAPITALS,
    ICD10,
    ICD11,
    ICPC,
    LOINC,
    PATTERNS,
    PSYCHOTROPICS,
    REPRODUCTIVE_MEDICINES,
    SNOMED,
    Sensitive,
)

__all__ = [
    "Sensitive",
    "categories_in_json",
    "categories_in_text",
    "categories_of",
    "sensitive_parts",
]

Categories = frozenset[Sensitive]
NONE: Categories = frozenset()
_NO_TEXT = frozenset({"uid", "status", "code", "system", "value", "unit", "digest", "media",
                      "photo", "section", "encounter", "replaces"})  # fmt: skip
_HIV_CLASS = "HIV medicine like nevirapine"
_MEDICINES: dict[Sensitive, frozenset[str]] = {
    Sensitive.HIV: ANTIRETROVIRALS | {_HIV_CLASS} | frozenset(CLASSES[_HIV_CLASS]),
    Sensitive.MENTAL_HEALTH: PSYCHOTROPICS | ALSO_PSYCHOTROPIC,
    Sensitive.REPRODUCTIVE: REPRODUCTIVE_MEDICINES,
}
_NOT_IN_A_TEXT = frozenset({"abc"})  # airway, breathing, circulation
_ICD_LIKE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.|\d|$)", re.IGNORECASE)


def categories_of(entry: Entry) -> Categories:
    """What an entry says by itself, without what it belongs to (see `sensitive_parts`)."""
    said = "\n".join(_texts(entry))
    if isinstance(entry, Allergy):
        said = _without_sedatives(said)
    found = categories_in_text(said)
    code = getattr(entry, "code", "")
    if code:
        found |= _by_code(code, getattr(entry, "system", ""))
    if isinstance(entry, Medication | Allergy):
        name = entry.name if isinstance(entry, Medication) else _without_sedatives(entry.substance)
        found |= _by_substance(substances_in(name))
    return found


def categories_in_text(text: str) -> Categories:
    """What the words of a text say."""
    folded = fold(text)
    return frozenset(
        category
        for category in Sensitive
        if _words(category).search(folded) or _capitals(category).search(text)
    )


def categories_in_json(content: object) -> Categories:
    """What the texts and codes anywhere in a parsed file say."""
    texts: list[str] = []
    found: set[Sensitive] = set()
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping):
            waiting += part.values()
            code, system = part.get("code"), part.get("system")
            if isinstance(code, str) and isinstance(system, str | None):
                found |= _by_code(code, system or "")
        elif isinstance(part, list | tuple):
            waiting += part
    return categories_in_text("\n".join(texts)) | found


def sensitive_parts(record: Record) -> Mapping[bytes, Categories]:
    """The categories of everything in a record that has any, by uid, earlier versions too.

    `record` must hold all sections: what a visit was about may stand in another one.
    """
    entries = (*record.entries(), *record.versions)
    versions_of, visit_of = _bound(entries, visits=False), _bound(entries, visits=True)
    of_versions, of_visit = dict[bytes, Categories](), dict[bytes, Categories]()
    for entry in entries:
        if found := categories_of(entry):
            same, visit = versions_of(entry.uid), visit_of(entry.uid)
            of_versions[same] = of_versions.get(same, NONE) | found
            if isinstance(entry, _SAYS_WHAT_A_VISIT_IS_ABOUT):
                of_visit[visit] = of_visit.get(visit, NONE) | found
    judged = (
        (uid, of_versions.get(versions_of(uid), NONE) | of_visit.get(visit_of(uid), NONE))
        for uid in (entry.uid for entry in entries)
    )
    return {uid: found for uid, found in judged if found}


# Not a measurement: a test that belongs to every check-up does not make the check-up one.
_SAYS_WHAT_A_VISIT_IS_ABOUT = (Encounter, Condition, Medication, Procedure)


def _bound(entries: Iterable[Entry], *, visits: bool) -> Callable[[bytes], bytes]:
    """uid → a name for what it stands or falls with: all versions of an entry; with `visits` also
    everything of a visit."""
    leads_to: dict[bytes, bytes] = {}

    def end_of(uid: bytes) -> bytes:
        while (after := leads_to.get(uid, uid)) != uid:
            uid = after
        return uid

    for entry in entries:
        before = None if isinstance(entry, Profile) else entry.replaces
        for other in (before, getattr(entry, "encounter", None) if visits else None):
            if other and (one := end_of(entry.uid)) != (further := end_of(other)):
                leads_to[one] = further
    return end_of


def _texts(entry: Entry) -> list[str]:
    pairs = zip(entry._fields, entry, strict=True)
    return [text for name, text in pairs if isinstance(text, str) and name not in _NO_TEXT]


# ---- codes


def _by_code(code: str, system: str) -> Categories:
    listed = {
        category for table in (SNOMED, LOINC) for category in table if code in table[category]
    }
    return frozenset(listed) | frozenset(
        category
        for table in _tables_for(system.casefold(), code)
        for category, pattern in table.items()
        if re.match(pattern, code, re.IGNORECASE)
    )


def _tables_for(system: str, code: str) -> list[dict[Sensitive, str]]:
    """The tables a code may be of. One without a system is taken for ICD-10 where it looks so."""
    if "icd-11" in system or "icd11" in system or "id.who.int/icd" in system:
        return [ICD11]
    if "icd" in system or "2.16.840.1.113883.6.3" in system or "2.16.840.1.113883.6.90" in system:
        return [ICD10]
    if "icpc" in system:
        return [ICPC]
    if "atc" in system or "whocc" in system:
        return [ATC]
    return [ICD10] if not system and _ICD_LIKE.match(code) else []


# ---- medicines and words


def _by_substance(substances: frozenset[str]) -> Categories:
    return frozenset(category for category, known in _MEDICINES.items() if known & substances)


def _without_sedatives(said: str) -> str:
    """What is said of a reaction without the names that alone do not make it sensitive."""
    return " ".join(
        word
        for word in said.split()
        if not (meant := substances_in(word)) or not meant <= ALSO_PSYCHOTROPIC
        if fold(word) not in ALSO_PSYCHOTROPIC
    )


@cache
def _words(category: Sensitive) -> re.Pattern[str]:
    names = {fold(name) for name in _MEDICINES[category]}
    names |= {fold(said) for said, meant in CALLED.items() if names & set(meant)}
    names -= _NOT_IN_A_TEXT
    patterns = (re.sub(r"\n\s*", "", PATTERNS[category]), BRANDS[category], *sorted(names))
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


@cache
def _capitals(category: Sensitive) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{CAPITALS[category]})\b")
