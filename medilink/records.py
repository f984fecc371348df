"""What is written about a patient: sections and their entries, in FHIR R4's ideas.

Pure. Times are milliseconds since 1970-01-01 UTC as integers (they order rows in the store);
`uid` is 16 bytes, the entry's name in every other place. Numbers keep the decimal text they came
with: 37.10 is not 37.1 to whoever measured it.

Every kind ends with the same fields, which say how the entry came to be:
  author, origin   who wrote it, at which clinic or system
  recorded         when it was written down, where that is not in the uid (see `recorded_at`)
  doubted          the clock was in doubt when it was written
  replaces         uid of the version this one corrects; that one stays readable as "amended"
  why              why it was corrected, stopped or ended

Kinds are NamedTuples: a record of 300 entries is made in half the time of frozen dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from medilink.people import Patient
from medilink.person_entries import Contact, Coverage, Profile, combined


class Section(StrEnum):
    """The parts of a record that are shared, or not, one by one."""

    ALERTS = "alerts"
    ALLERGIES = "allergies"
    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    VITALS = "vitals"
    RESULTS = "results"
    VISITS = "visits"
    IMMUNISATIONS = "immunisations"
    PROCEDURES = "procedures"
    DOCUMENTS = "documents"
    PERSON = "person"
    CONTACTS = "contacts"
    INSURANCE = "insurance"


ALL_SECTIONS = frozenset(Section)
EMERGENCY_SECTIONS = frozenset(
    {
        Section.ALERTS,
        Section.ALLERGIES,
        Section.CONDITIONS,
        Section.MEDICATIONS,
        Section.PERSON,
        Section.CONTACTS,
    }
)


class Alert(NamedTuple):
    """A warning everyone who opens the record should see first (FHIR Flag). `level`: high, or
    empty."""

    uid: bytes
    at: int
    text: str
    status: str = "active"
    author: str = ""
    origin: str = ""
    level: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Allergy(NamedTuple):
    """FHIR AllergyIntolerance. `severity`: mild, moderate, severe or empty; `certainty` (FHIR
    verificationStatus): confirmed, unconfirmed or empty; `criticality`: low, high or empty.

    "No known allergies" is an entry of its own (see `medilink.absence`).
    """

    uid: bytes
    at: int
    substance: str
    reaction: str = ""
    severity: str = ""
    status: str = "active"
    code: str = ""
    system: str = ""
    author: str = ""
    origin: str = ""
    certainty: str = ""
    criticality: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Condition(NamedTuple):
    """FHIR Condition. `status`: active or resolved; `ended_at` when it resolved, if known;
    `course`: chronic or empty; `certainty` as in Allergy."""

    uid: bytes
    at: int
    name: str
    status: str = "active"
    ended_at: int | None = None
    code: str = ""
    system: str = ""
    encounter: bytes | None = None
    author: str = ""
    origin: str = ""
    course: str = ""
    certainty: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Medication(NamedTuple):
    """FHIR MedicationRequest/Statement. `status`: active or stopped; `at` is since when.

    `reason` is what it is given for; `why`, why it was stopped; `override`, why it was prescribed
    although the patient reacts to it.
    """

    uid: bytes
    at: int
    name: str
    dose: str = ""
    status: str = "active"
    reason: str = ""
    code: str = ""
    system: str = ""
    encounter: bytes | None = None
    author: str = ""
    origin: str = ""
    frequency: str = ""
    prescriber: str = ""
    ended_at: int | None = None
    override: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Observation(NamedTuple):
    """FHIR Observation with one value. `section` is VITALS or RESULTS; `value` a decimal text.

    `low` and `high`: the laboratory's own reference range as decimal text, where it gave one.
    """

    uid: bytes
    at: int
    section: Section
    code: str
    name: str
    value: str = ""
    unit: str = ""
    text: str = ""
    encounter: bytes | None = None
    author: str = ""
    origin: str = ""
    status: str = ""
    low: str = ""
    high: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""

    @property
    def number(self) -> float | None:
        """The value as a number, for charts; None where it is a text."""
        try:
            return float(self.value) if self.value else None
        except ValueError:
            return None


class Encounter(NamedTuple):
    """FHIR Encounter with what was written about it. Saving signs it: a correction is a new
    version that `replaces` it. `follow_up`: when and why to come again, as typed."""

    uid: bytes
    at: int
    kind: str
    reason: str = ""
    diagnosis: str = ""
    treatment: str = ""
    notes: str = ""
    author: str = ""
    origin: str = ""
    status: str = ""
    history: str = ""
    examination: str = ""
    plan: str = ""
    follow_up: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Immunization(NamedTuple):
    """FHIR Immunization. `dose`: its number in the series, as text; `code` a CVX code where one
    ships (CDC, public domain). `status`: completed, not-done (with `why`) or empty (completed)."""

    uid: bytes
    at: int
    vaccine: str
    dose: str = ""
    status: str = ""
    code: str = ""
    system: str = ""
    encounter: bytes | None = None
    author: str = ""
    origin: str = ""
    lot: str = ""
    site: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Procedure(NamedTuple):
    """FHIR Procedure: something that was done to the patient."""

    uid: bytes
    at: int
    name: str
    status: str = ""
    code: str = ""
    system: str = ""
    encounter: bytes | None = None
    author: str = ""
    origin: str = ""
    outcome: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Document(NamedTuple):
    """FHIR DocumentReference: a picture or PDF. The bytes lie in the store under the same uid.

    `media`: its type by content (image/jpeg, image/png, application/pdf); `size` in bytes;
    `digest`: SHA-256 of the bytes, hex.
    """

    uid: bytes
    at: int
    title: str
    status: str = ""
    encounter: bytes | None = None
    author: str = ""
    origin: str = ""
    kind: str = ""
    media: str = ""
    size: int = 0
    digest: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


Entry = (
    Alert
    | Allergy
    | Condition
    | Medication
    | Observation
    | Encounter
    | Immunization
    | Procedure
    | Document
    | Contact
    | Coverage
    | Profile
)


def section_of(entry: Entry) -> Section:
    """Which section an entry is read and shared with."""
    if isinstance(entry, Observation):
        return entry.section
    return _SECTION_OF[type(entry)]


_SECTION_OF: dict[type, Section] = {
    Alert: Section.ALERTS,
    Allergy: Section.ALLERGIES,
    Condition: Section.CONDITIONS,
    Medication: Section.MEDICATIONS,
    Encounter: Section.VISITS,
    Immunization: Section.IMMUNISATIONS,
    Procedure: Section.PROCEDURES,
    Document: Section.DOCUMENTS,
    Contact: Section.CONTACTS,
    Coverage: Section.INSURANCE,
    Profile: Section.PERSON,
}

AMENDED = "amended"
NOT_IN_FORCE = frozenset({AMENDED, "entered-in-error"})


def in_force(entry: Entry) -> bool:
    """Whether an entry is a newest version, not one that was corrected since."""
    return entry.status not in NOT_IN_FORCE


def recorded_at(entry: Entry) -> int:
    """When an entry was written down: said in it, else the time in its UUIDv7 (RFC 9562 5.7)."""
    if entry.recorded:
        return entry.recorded
    made_here = len(entry.uid) == 16 and entry.uid[6] >> 4 == 7
    return int.from_bytes(entry.uid[:6]) if made_here else entry.at


# Where a Record holds what is in force of each kind.
PLACE_OF: dict[type, str] = {
    Alert: "alerts", Allergy: "allergies", Condition: "conditions", Medication: "medications",
    Observation: "observations", Encounter: "encounters", Immunization: "immunisations",
    Procedure: "procedures", Document: "documents", Contact: "contacts", Coverage: "coverages",
    Profile: "profiles",
}  # fmt: skip
PLACES_IN_FORCE = tuple(PLACE_OF.values())
PLACES = (*PLACES_IN_FORCE, "versions")


@dataclass(frozen=True, slots=True)
class Record:
    """What may be seen of one patient: the person, and the entries of the sections allowed.

    A section that is not in `sections` was not asked for or not allowed; an allowed section that is
    empty has nothing written in it. Entries are newest first. `versions` are those that were
    corrected since; they stand nowhere else.
    """

    patient: Patient
    sections: frozenset[Section]
    alerts: tuple[Alert, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    medications: tuple[Medication, ...] = ()
    observations: tuple[Observation, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    immunisations: tuple[Immunization, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    documents: tuple[Document, ...] = ()
    contacts: tuple[Contact, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    profiles: tuple[Profile, ...] = ()
    versions: tuple[Entry, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """Everything in force, section after section."""
        return tuple(entry for place in PLACES_IN_FORCE for entry in getattr(self, place))

    @property
    def profile(self) -> Profile | None:
        """The newest version of what was asked once; None where nothing was. After a merge there
        are two: what one leaves empty the other fills, and a blood type they do not agree on is
        not known."""
        if len(self.profiles) < 2:
            return self.profiles[0] if self.profiles else None
        return combined(self.profiles)

    def latest(self, code: str) -> Observation | None:
        """The newest observation of one kind."""
        return next((seen for seen in self.observations if seen.code == code), None)

    def earlier_versions(self, entry: Entry) -> list[Entry]:
        """What an entry said before it was corrected, newest version first."""
        found, sought = [], entry.replaces
        by_uid = {old.uid: old for old in self.versions if type(old) is type(entry)}
        while sought is not None and sought in by_uid:
            old = by_uid.pop(sought)
            found.append(old)
            sought = old.replaces
        return found
