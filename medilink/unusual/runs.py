"""Runs: a pattern that goes on is one flag, not a new one at every entry."""

from __future__ import annotations

from medilink.days import DAY_MS
from medilink.unusual.flags import Rule
from medilink.unusual.memory import Memory

HALF_A_DAY_MS = DAY_MS // 2
# How long after it was last seen a pattern is still the same one.
SAME_FOR_MS = {
    Rule.MANY: HALF_A_DAY_MS,
    Rule.MANY_IN_DAY: DAY_MS,
    Rule.NO_CARE: 7 * DAY_MS,
    Rule.SAME_NAME: 28 * DAY_MS,
    Rule.HOUSEHOLD: 28 * DAY_MS,
    Rule.OUT_OF_HOURS: HALF_A_DAY_MS,
    Rule.REFUSALS: HALF_A_DAY_MS,
    Rule.CODES: DAY_MS,
    Rule.EMERGENCY: -1,  # each is one
}


def run_name(rule: Rule, account: int | None, patient: int | None) -> str:
    """Under which name a pattern is remembered."""
    return f"{rule.value}/{account or 0}/{patient or 0}"


def running(
    memory: Memory, rule: Rule, account: int | None, patient: int | None, *, at: int
) -> str:
    """The key of the flag that what was seen at a time extends; empty where it is a new one."""
    key, last = memory.runs.get(run_name(rule, account, patient), ("", 0))
    return key if at - last <= SAME_FOR_MS[rule] else ""


def end_runs(memory: Memory, decided: frozenset[str]) -> None:
    """What was decided is over: whatever was counted for it is counted anew from here."""
    for name, (key, _) in list(memory.runs.items()):
        if key not in decided:
            continue
        del memory.runs[name]
        rule, account, patient = name.split("/")
        match Rule(rule):
            case Rule.MANY | Rule.MANY_IN_DAY:
                memory.opened.pop(int(account), None)
            case Rule.OUT_OF_HOURS:
                memory.nights.pop(int(account), None)
            case Rule.REFUSALS:
                memory.refused.pop(int(account), None)
            case Rule.CODES:
                memory.codes.pop(int(patient), None)
