"""The kinds of letters: which parts each has, in which order, and who writes them."""

from __future__ import annotations

from enum import StrEnum

from medilink.handing_out import Purpose


class Urgency(StrEnum):
    """How soon the patient is to be seen."""

    TODAY = "today"
    SOON = "soon"
    ROUTINE = "routine"


URGENCY_WORDS = {
    Urgency.TODAY: "Urgent: please see the patient today.",
    Urgency.SOON: "Please see the patient within two weeks.",
    Urgency.ROUTINE: "Not urgent: please see the patient when there is a place.",
}


class Part(StrEnum):
    """A part of a letter; the value is its place in a kept draft: never rename one."""

    TO = "to"
    REASON = "reason"
    QUESTION = "question"
    URGENCY = "urgency"
    ASKED = "asked"
    VISIT = "visit"
    FINDINGS = "findings"
    DONE = "done"
    OPINION = "opinion"
    ADVICE = "advice"
    CONDITION = "condition"
    MEDICINES = "medicines"
    FOLLOW_UP = "follow-up"
    WARNING = "warning"
    PROBLEMS = "problems"
    MEASUREMENTS = "measurements"
    RESULTS = "results"
    NEW = "new"
    VISITS = "visits"
    PLANNED = "planned"
    LIMITS = "limits"
    REPLY = "reply"


HEADING_WORDS = {
    Part.TO: "To",
    Part.REASON: "Reason for referral",
    Part.QUESTION: "What we ask of you",
    Part.URGENCY: "How urgent",
    Part.ASKED: "What was asked",
    Part.VISIT: "The visit",
    Part.FINDINGS: "Findings",
    Part.DONE: "What was done so far",
    Part.OPINION: "Opinion",
    Part.ADVICE: "Advice",
    Part.CONDITION: "Condition at discharge",
    Part.MEDICINES: "Medicines and allergies",
    Part.FOLLOW_UP: "Follow-up",
    Part.WARNING: "Come back at once if",
    Part.PROBLEMS: "Problems, medicines, allergies",
    Part.MEASUREMENTS: "Measurements",
    Part.RESULTS: "Test results",
    Part.NEW: "What is new",
    Part.VISITS: "Recent visits",
    Part.PLANNED: "What is planned",
    Part.LIMITS: "What this letter says nothing of",
    Part.REPLY: "Please reply to",
}
PARTS_OF: dict[Purpose, tuple[Part, ...]] = {
    Purpose.REFERRAL: (
        Part.TO, Part.REASON, Part.QUESTION, Part.URGENCY, Part.FINDINGS, Part.DONE,
        Part.MEDICINES, Part.LIMITS, Part.REPLY,
    ),
    Purpose.CONSULTATION: (
        Part.TO, Part.ASKED, Part.FINDINGS, Part.OPINION, Part.ADVICE, Part.MEDICINES,
        Part.LIMITS, Part.REPLY,
    ),
    Purpose.DISCHARGE: (
        Part.TO, Part.VISIT, Part.FINDINGS, Part.DONE, Part.CONDITION, Part.MEDICINES,
        Part.FOLLOW_UP, Part.WARNING, Part.LIMITS, Part.REPLY,
    ),
    Purpose.SUMMARY: (
        Part.PROBLEMS, Part.NEW, Part.MEASUREMENTS, Part.RESULTS, Part.VISITS, Part.PLANNED,
        Part.LIMITS,
    ),
}  # fmt: skip
# What only the author can say: it begins empty and stands first on the page.
TYPED = frozenset(
    {Part.TO, Part.REASON, Part.QUESTION, Part.URGENCY, Part.ASKED, Part.CONDITION, Part.WARNING}
)
# Said whether the author likes it or not: silence must not read as "there is none".
FIXED = frozenset({Part.LIMITS})
# Without these a letter says nothing to whoever gets it.
NEEDED = {
    Purpose.REFERRAL: (Part.TO, Part.REASON),
    Purpose.CONSULTATION: (Part.TO,),
    Purpose.DISCHARGE: (),
    Purpose.SUMMARY: (),
}
