"""How much of a record a clinic could need is there, and what to ask next.

Pure. Weights are this program's own judgement of what helps most in an emergency and in daily care;
they sum to 100. Only what applies counts: by age, and by the sections one may see. "No known
allergies" is an answer; never having asked is not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from medilink.absence import Knowledge, knowledge_of
from medilink.people import Patient, Sex, age_in_days
from medilink.records import Record, Section, in_force

CHILD_UNTIL_DAYS = 5 * 365.25  # the years of routine childhood vaccines
DETAILS = "details"  # the person's own details, beside the sections of a record


class Missing(NamedTuple):
    """`what` is to be asked, `why` it matters, `where` it is written: a section, or DETAILS."""

    what: str
    why: str
    where: str


class Completeness(NamedTuple):
    """`percent` from 0 to 100, rounded down; `missing` with the most useful first."""

    percent: int
    missing: tuple[Missing, ...]


class _Facts(NamedTuple):
    record: Record
    patient: Patient
    today: date


class Part(NamedTuple):
    """One part of a record: its words, its weight, and when it is there.

    `section` is what must be visible to judge it, None for the person's details.
    """

    what: str
    why: str
    weight: int
    section: Section | None
    is_there: Callable[[_Facts], bool]
    applies: Callable[[_Facts], bool] = lambda _: True


def _asked(section: Section) -> Callable[[_Facts], bool]:
    return lambda facts: knowledge_of(facts.record, section) is not Knowledge.NOT_ASKED


def _said(field: str) -> Callable[[_Facts], bool]:
    """Whether a detail of the person is filled in."""
    return lambda facts: bool(getattr(facts.patient.details, field).strip())


def _profile(field: str) -> Callable[[_Facts], bool]:
    return lambda facts: bool(facts.record.profile and getattr(facts.record.profile, field).strip())


def _somebody_to_call(facts: _Facts) -> bool:
    return any(each.status == "active" and each.phone.strip() for each in facts.record.contacts)


def _insured(facts: _Facts) -> bool:
    today = facts.today.isoformat()
    return any(
        each.status == "active" and (not each.until or each.until >= today[: len(each.until)])
        for each in facts.record.coverages
    )


def _vaccinated(facts: _Facts) -> bool:
    return any(in_force(each) for each in facts.record.immunisations)


def _small_child(facts: _Facts) -> bool:
    """Also where the age is not known: then it must be asked."""
    days = age_in_days(facts.patient.details.birth_date, facts.today)
    return days is None or days < CHILD_UNTIL_DAYS


PARTS: tuple[Part, ...] = (
    Part("Allergies", "A medicine can harm who reacts to it.", 15,
         Section.ALLERGIES, _asked(Section.ALLERGIES)),
    Part("Birth date", "Doses, vaccines and what is usual depend on age.", 14,
         None, _said("birth_date")),
    Part("Medicines", "Medicines can work against each other.", 11,
         Section.MEDICATIONS, _asked(Section.MEDICATIONS)),
    Part("Conditions", "Long illnesses change what is safe.", 11,
         Section.CONDITIONS, _asked(Section.CONDITIONS)),
    Part("Somebody to call", "In an emergency somebody must know.", 10,
         Section.CONTACTS, _somebody_to_call),
    Part("Phone number", "The clinic can call with results and reminders.", 8,
         None, _said("phone")),
    Part("Vaccines", "Missed vaccines can still be given.", 8,
         Section.IMMUNISATIONS, _vaccinated, _small_child),
    Part("Blood type", "It saves time when blood is needed.", 5, Section.PERSON, _profile("blood")),
    Part("Sex", "What is usual differs between women and men.", 5, None,
         lambda facts: facts.patient.details.sex is not Sex.UNKNOWN),
    Part("Preferred language", "People must understand what they are told.", 5,
         Section.PERSON, _profile("language")),
    Part("Village", "It tells people of the same name apart.", 3, None, _said("village")),
    Part("Insurance", "It can pay for the treatment.", 3, Section.INSURANCE, _insured),
    Part("Photo", "It shows that this is the right record.", 2, Section.PERSON, _profile("photo")),
)  # fmt: skip


def completeness(record: Record, patient: Patient, today: date) -> Completeness:
    """What is there of what applies to this person and may be seen, as a share of its weights."""
    facts = _Facts(record, patient, today)
    there = {part.what for part in PARTS if part.is_there(facts)}
    # What is there always counts, so that no fact added can lower the percentage.
    judged = [
        part
        for part in PARTS
        if part.section is None or part.section in record.sections
        if part.what in there or part.applies(facts)
    ]
    weight = sum(part.weight for part in judged)
    reached = sum(part.weight for part in judged if part.what in there)
    missing = sorted(
        (part for part in judged if part.what not in there), key=lambda part: -part.weight
    )
    return Completeness(
        100 * reached // weight if weight else 100,
        tuple(Missing(part.what, part.why, part.section or DETAILS) for part in missing),
    )
