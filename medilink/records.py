"""What is written about a patient: sections and their entries, in FHIR R4's ideas.

Pure. Times are milliseconds since 1970-01-01 UTC as integers (they order rows in the store);
`uid` is 16 bytes, the entry's name in every other place. Numbers keep the decimal text they came
with: 37.10 is not 37.1 to whoever measured it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from medilink.errors import NotANumber, NothingWritten, NumberImpossible, TooLong
from medilink.people import Patient, PatientDetails

LINE_LIMIT = 500  # characters in a one-line field
NOTE_LIMIT = 100_000  # characters in notes: a long discharge letter has about 20,000


class Section(StrEnum):
    """The parts of a record that are shared, or not, one by one."""

    ALERTS = "alerts"
    ALLERGIES = "allergies"
    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    VITALS = "vitals"
    RESULTS = "results"
    VISITS = "visits"


ALL_SECTIONS = frozenset(Section)


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning everyone who opens the record should see first (FHIR Flag)."""

    uid: bytes
    at: int
    text: str
    status: str = "active"
    author: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """FHIR AllergyIntolerance. `severity`: mild, moderate, severe or empty."""

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


@dataclass(frozen=True, slots=True)
class Condition:
    """FHIR Condition. `status`: active or resolved; `ended_at` when it resolved, if known."""

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


@dataclass(frozen=True, slots=True)
class Medication:
    """FHIR MedicationRequest/Statement. `status`: active or stopped."""

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


@dataclass(frozen=True, slots=True)
class Observation:
    """FHIR Observation with one value. `section` is VITALS or RESULTS; `value` a decimal text."""

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

    @property
    def number(self) -> float | None:
        """The value as a number, for charts; None where it is a text."""
        try:
            return float(self.value) if self.value else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Encounter:
    """FHIR Encounter with what was written about it."""

    uid: bytes
    at: int
    kind: str
    reason: str = ""
    diagnosis: str = ""
    treatment: str = ""
    notes: str = ""
    author: str = ""
    origin: str = ""


Entry = Alert | Allergy | Condition | Medication | Observation | Encounter


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
}


@dataclass(frozen=True, slots=True)
class Record:
    """What may be seen of one patient: the person, and the entries of the sections allowed.

    A section that is not in `sections` was not asked for or not allowed; an allowed section that is
    empty has nothing written in it. Entries are newest first.
    """

    patient: Patient
    sections: frozenset[Section]
    alerts: tuple[Alert, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    medications: tuple[Medication, ...] = ()
    observations: tuple[Observation, ...] = ()
    encounters: tuple[Encounter, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """Everything in it, section after section."""
        return (
            self.alerts
            + self.allergies
            + self.conditions
            + self.medications
            + self.observations
            + self.encounters
        )

    def latest(self, code: str) -> Observation | None:
        """The newest observation of one kind."""
        return next((seen for seen in self.observations if seen.code == code), None)


# ---- vital signs


@dataclass(frozen=True, slots=True)
class VitalSign:
    """One measured sign: LOINC code, UCUM unit, and the ranges in which a value is believed.

    Outside `possible` it is refused (a typing error); outside `likely` it is questioned. Codes:
    FHIR R4 vital-signs profiles. Ranges are wide on purpose: survivable extremes, any age.
    """

    code: str
    name: str
    unit: str
    shown_unit: str
    possible: tuple[float, float]
    likely: tuple[float, float]
    decimals: int = 0


VITAL_SIGNS: tuple[VitalSign, ...] = (
    VitalSign("8310-5", "Temperature", "Cel", "°C", (25, 45), (35, 40.5), 1),
    VitalSign("8867-4", "Pulse", "/min", "/min", (20, 300), (45, 180)),
    VitalSign("9279-1", "Breathing rate", "/min", "/min", (4, 120), (10, 60)),
    VitalSign("2708-6", "Oxygen saturation", "%", "%", (40, 100), (90, 100)),
    VitalSign("8480-6", "Blood pressure, upper", "mm[Hg]", "mmHg", (40, 300), (80, 200)),
    VitalSign("8462-4", "Blood pressure, lower", "mm[Hg]", "mmHg", (20, 200), (40, 120)),
    VitalSign("29463-7", "Weight", "kg", "kg", (0.3, 400), (2, 150), 1),
    VitalSign("8302-2", "Height", "cm", "cm", (20, 260), (45, 200), 1),
)
VITAL_BY_CODE = {sign.code: sign for sign in VITAL_SIGNS}
BMI_CODE = "39156-5"


MOST_DIGITS = 7  # before or after the point: no measurement has more


def read_number(field: str, typed: str) -> str:
    """A typed number as decimal text; comma or point. Raises NotANumber."""
    cleaned = typed.strip().replace(",", ".")[:40]
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise NotANumber(field=field) from None
    size = number.adjusted() if number.is_finite() else MOST_DIGITS + 1
    exponent = number.as_tuple().exponent
    if abs(size) > MOST_DIGITS or not isinstance(exponent, int) or exponent < -MOST_DIGITS:
        raise NotANumber(field=field)  # 1e999999999 would be a gigabyte of digits
    return format(number, "f")


def read_vital(sign: VitalSign, typed: str) -> str:
    """One typed measurement as decimal text. Raises NotANumber, NumberImpossible."""
    value = read_number(sign.name, typed)
    low, high = sign.possible
    if not low <= float(value) <= high:
        raise NumberImpossible(
            field=sign.name, found=value, low=f"{low:g}", high=f"{high:g}", unit=sign.shown_unit
        )
    return value


def unlikely_vitals(typed: dict[str, str]) -> list[tuple[VitalSign, str]]:
    """The measurements that are possible but rare, to be asked about once before saving."""
    asked = []
    for code, value in typed.items():
        low, high = VITAL_BY_CODE[code].likely
        if not low <= float(value) <= high:
            asked.append((VITAL_BY_CODE[code], value))
    return asked


# ---- a visit as it is typed


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a provider typed about one visit. `vitals` maps LOINC code → decimal text."""

    kind: str = "Consultation"
    reason: str = ""
    diagnoses: tuple[str, ...] = ()
    medications: tuple[tuple[str, str], ...] = ()
    treatment: str = ""
    notes: str = ""
    vitals: dict[str, str] = field(default_factory=dict)


def check_visit(visit: NewVisit) -> NewVisit:
    """Raise where a visit cannot be saved: nothing written, or a text beyond its limit."""
    lines = [("Reason", visit.reason), ("Kind of visit", visit.kind)]
    lines += [("Diagnosis", name) for name in visit.diagnoses]
    lines += [("Medicine", f"{name} {dose}") for name, dose in visit.medications]
    for what, text in lines:
        if len(text) > LINE_LIMIT:
            raise TooLong(field=what, found=len(text), limit=LINE_LIMIT)
    for what, text in (("Notes", visit.notes), ("Treatment", visit.treatment)):
        if len(text) > NOTE_LIMIT:
            raise TooLong(field=what, found=len(text), limit=NOTE_LIMIT)
    written = (visit.reason, visit.treatment, visit.notes, *visit.diagnoses)
    if not (any(text.strip() for text in written) or visit.vitals or visit.medications):
        raise NothingWritten
    return visit


def check_entry_text(field: str, text: str) -> str:
    """One line of an entry, tidied at its ends. Raises TooLong."""
    text = text.strip()
    if len(text) > LINE_LIMIT:
        raise TooLong(field=field, found=len(text), limit=LINE_LIMIT)
    return text


@dataclass(frozen=True, slots=True)
class ReceivedEntry:
    """One resource as another system sent it: its type, its own id, its bytes, and what we read.

    The bytes are kept as they came; `understood` are the entries made from them (none for kinds
    MediLink does not show yet).
    """

    kind: str
    source_id: str
    body: bytes
    understood: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedPatient:
    """One person with entries from another system. `source_id` tells the same person again."""

    source_id: str
    details: PatientDetails
    entries: Sequence[ReceivedEntry]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a file that could not be read: where, what, and why in a plain sentence."""

    where: str
    why: str
