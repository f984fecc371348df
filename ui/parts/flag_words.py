"""A flag as one sentence that explains itself."""

from __future__ import annotations

from collections.abc import Mapping

from medilink.people import AccountId, PatientId
from medilink.unusual.flags import Flag, FlagState, Rule
from ui.parts.person import moment
from ui.words import say

RULE_WORDS = {
    Rule.MANY: "{who} opened {records} records within {minutes} minutes and did nothing for these"
    " patients.",
    Rule.MANY_IN_DAY: "{who} opened {records} records within a day and did nothing for these"
    " patients.",
    Rule.NO_CARE: "{who} opened {records} records within {days} days for whose patients nobody did"
    " anything; among {stays} openings about {usual} such are usual here.",
    Rule.SAME_NAME: "{who} opened the record of {patient}, who has the same rare family name, and"
    " did nothing for them.",
    Rule.HOUSEHOLD: "{who} opened the record of {patient}, who by phone number, guardian or name"
    " is of their own household or themselves, and did nothing for them.",
    Rule.OUT_OF_HOURS: "{who} opened {records} records while the clinic is usually closed, and"
    " nobody did anything for these patients.",
    Rule.REFUSALS: "{who} was refused {refusals} times within {minutes} minutes.",
    Rule.CODES: "Codes of {patient} were refused {refusals} times within {hours} hours.",
    Rule.EMERGENCY: "{who} opened the record of {patient} in an emergency.",
}
STATE_WORDS = {
    FlagState.DISMISSED: "in order",
    FlagState.ESCALATED: "reported",
}


def flag_words(
    flag: Flag, staff: Mapping[AccountId, str], patients: Mapping[PatientId, str]
) -> str:
    """What happened, how much, when, and what is usual."""
    if flag.rule is Rule.REFUSALS and flag.account is None:
        told = say(
            "{refusals} sign-ins failed within {minutes} minutes under names nobody here has.",
            **flag.numbers,
        )
        return f"{moment(flag.at)}: {told}"
    named = staff.get(flag.account) if flag.account is not None else None
    about = patients.get(flag.patient) if flag.patient is not None else None
    told = say(
        RULE_WORDS[flag.rule],
        who=named or say("A patient's sign-in"),
        patient=about or str(flag.patient),
        **flag.numbers,
    )
    if flag.rule in (Rule.MANY, Rule.MANY_IN_DAY) and flag.numbers["usual"]:
        told = f"{told} {say('Usually at most {usual}.', usual=flag.numbers['usual'])}"
    return f"{moment(flag.at)}: {told}"
