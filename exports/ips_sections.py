"""What of a record stands in which section of an International Patient Summary, and what is said
where nothing does. Codes: HL7 IPS 2.0.1, Composition-uv-ips (LOINC). Pure.

Visits, documents, contacts and insurances have no section there; docs/formats/ips.md says what
becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from exports.fhir_patient import BLOOD_GROUP
from medilink.absence import listed, says_none, stated_absence
from medilink.handing_out import HandedOut
from medilink.receiving import entry_uid
from medilink.records import Entry, Observation, Record, Section, section_of

PROBLEMS, ALLERGIES, MEDICINES = "11450-4", "48765-2", "10160-0"
IMMUNIZATIONS, RESULTS, PROCEDURES = "11369-6", "30954-2", "47519-4"
DEVICES, DIRECTIVES, ALERTS = "46264-8", "42348-3", "104605-1"
FUNCTIONING, PAST_PROBLEMS, PREGNANCY = "47420-5", "11348-0", "10162-6"
STORY, PLAN, SOCIAL, VITALS = "81338-6", "18776-5", "29762-2", "8716-3"

REQUIRED = (PROBLEMS, ALLERGIES, MEDICINES)
# What the entries of each section may be; STORY takes any.
TARGETS: Mapping[str, frozenset[str]] = {
    code: frozenset(f"{kinds} DocumentReference".split())
    for code, kinds in {
        PROBLEMS: "Condition",
        ALLERGIES: "AllergyIntolerance",
        MEDICINES: "MedicationStatement MedicationRequest MedicationAdministration"
        " MedicationDispense",
        IMMUNIZATIONS: "Immunization",
        RESULTS: "Observation DiagnosticReport",
        PROCEDURES: "Procedure",
        DEVICES: "DeviceUseStatement",
        DIRECTIVES: "Consent",
        ALERTS: "Flag",
        FUNCTIONING: "Condition ClinicalImpression",
        PAST_PROBLEMS: "Condition",
        PREGNANCY: "Observation",
        PLAN: "CarePlan ImmunizationRecommendation",
        SOCIAL: "Observation",
        VITALS: "Observation",
    }.items()
}
_KNOWN = TARGETS.keys() | {STORY}

# LOINC codes of the profiles Observation-tobaccouse and -alcoholuse (one of each in a summary), and
# -pregnancy-status, -pregnancy-edd and -pregnancy-outcome.
_HABITS = ("72166-2", "74013-4")
_OF_PREGNANCY = frozenset(
    "82810-3 11778-8 11779-6 11780-4 11636-8 11637-6 11638-4 11639-2 11640-0 11612-9 11613-7 "
    "11614-5 33065-4".split()
)

# HL7 list-empty-reason
NOT_ASKED, UNAVAILABLE = "notasked", "unavailable"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the summary: its LOINC code, title, and entries; of the three that are always
    there, `missing` says why nothing stands in it. `plan`: (when, text) of what is planned."""

    code: str
    title: str
    entries: tuple[Entry, ...] = ()
    missing: str = ""
    plan: tuple[tuple[int, str], ...] = ()


def chapters_of(handed: HandedOut) -> list[Chapter]:
    """The sections of a record's summary: the three that are always there, then those of the rest
    in which something stands."""
    record = handed.record
    found = {code: tuple(choose(record)) for code, choose in _CHOICES.items()}
    plan = _plan(record)
    return [
        Chapter(
            code,
            title,
            found.get(code, ()),
            "" if found.get(code) else _why_nothing(handed, code),
            plan if code == PLAN else (),
        )
        for code, title in TITLE_WORDS.items()
        if found.get(code) or code in REQUIRED or (code == PLAN and plan)
    ]


TITLE_WORDS: Mapping[str, str] = {
    ALERTS: "Alerts",
    ALLERGIES: "Allergies",
    PROBLEMS: "Conditions",
    MEDICINES: "Medicines",
    IMMUNIZATIONS: "Vaccines",
    VITALS: "Measurements",
    RESULTS: "Test results",
    PROCEDURES: "Procedures",
    PAST_PROBLEMS: "Past conditions",
    PREGNANCY: "Pregnancy",
    SOCIAL: "Smoking and alcohol",
    PLAN: "Plan",
}

_ASKED_ABOUT: dict[str, Section] = {
    PROBLEMS: Section.CONDITIONS,
    ALLERGIES: Section.ALLERGIES,
    MEDICINES: Section.MEDICATIONS,
}


def _why_nothing(handed: HandedOut, code: str) -> str:
    """That nobody asked is said only where it is known: with the whole section at hand, and nothing
    in it."""
    section = _ASKED_ABOUT.get(code)
    if section is None:
        return ""
    anything = any(section_of(entry) is section for entry in handed.record.entries())
    known = section in handed.record.sections and handed.whole and not anything
    return NOT_ASKED if known else UNAVAILABLE


# ---- what is chosen


def _today(record: Record, section: Section) -> list[Entry]:
    """What is listed; else that there is nothing to list, where somebody said so."""
    none = stated_absence(record, section)
    return listed(record, section) or ([none] if none else [])


def _over(record: Record, section: Section) -> list[Entry]:
    """What was listed and is so no more."""
    today = listed(record, section)
    held = [entry for entry in record.entries() if section_of(entry) is section]
    return [entry for entry in held if not says_none(entry) and entry not in today]


def _all(section: Section) -> Callable[[Record], list[Entry]]:
    return lambda record: [*_today(record, section), *_over(record, section)]


def _habits(record: Record) -> list[Observation]:
    newest = (next((o for o in _results(record) if o.code == code), None) for code in _HABITS)
    return [one for one in newest if one is not None]


def _results(record: Record) -> list[Observation]:
    return [seen for seen in record.observations if seen.section is Section.RESULTS]


def _other_results(record: Record) -> Iterable[Entry]:
    habits = _habits(record)
    others = [one for one in _results(record) if one.code not in _OF_PREGNANCY]
    return [*_blood(record), *(one for one in others if one not in habits)]


def _blood(record: Record) -> list[Observation]:
    """The blood type that was asked once, unless a laboratory tested it."""
    told = record.profile
    if told is None or not told.blood or any(o.code == BLOOD_GROUP for o in _results(record)):
        return []
    tested = Observation(
        uid=entry_uid(told.uid, "blood"),
        at=told.at,
        section=Section.RESULTS,
        code=BLOOD_GROUP,
        name="Blood type",
        text=told.blood,
        author=told.author,
        origin=told.origin,
    )
    return [tested]


_CHOICES: dict[str, Callable[[Record], Iterable[Entry]]] = {
    ALERTS: lambda record: (alert for alert in record.alerts if alert.status == "active"),
    ALLERGIES: _all(Section.ALLERGIES),
    PROBLEMS: lambda record: _today(record, Section.CONDITIONS),
    MEDICINES: _all(Section.MEDICATIONS),
    IMMUNIZATIONS: lambda record: record.immunisations,
    VITALS: lambda record: (o for o in record.observations if o.section is Section.VITALS),
    RESULTS: _other_results,
    PROCEDURES: lambda record: record.procedures,
    PAST_PROBLEMS: lambda record: _over(record, Section.CONDITIONS),
    PREGNANCY: lambda record: (o for o in _results(record) if o.code in _OF_PREGNANCY),
    SOCIAL: _habits,
}


def _plan(record: Record) -> tuple[tuple[int, str], ...]:
    """What the newest visit that planned anything planned."""
    for visit in record.encounters:
        said = "\n".join(filter(None, (visit.plan, visit.follow_up)))
        if said:
            return ((visit.at, said),)
    return ()
