"""A summary that keeps to one page."""

from __future__ import annotations

from collections.abc import Mapping

from exports.letter_kinds import Part
from exports.wording import Wording

# Of A4 as `exports.record_pdf` draws it, below the person; how it is checked stands on the back.
ONE_PAGE_LINES = 46
LINE_LETTERS = 105
HEADING_LINES = 4  # with the room around it
WARNING_LINES = 2  # an allergy or alert at the top of the paper
FEWEST_LINES = 24  # however many warnings there are
FEWEST_LINES_OF_A_PART = 2


def on_one_page(
    told: Mapping[Part, list[str]], words: Wording, room: int = ONE_PAGE_LINES
) -> dict[Part, list[str]]:
    """The same without the last paragraphs of the longest parts, until it fits; never of problems,
    medicines and allergies. What was left out is counted."""
    kept = {part: list(lines) for part, lines in told.items()}
    left: dict[Part, int] = dict.fromkeys(kept, 0)
    while lines_of(kept) + sum(map(bool, left.values())) > room:
        longest = max(kept, key=lambda part: _may_lose(part, kept[part]))
        if not _may_lose(longest, kept[longest]):
            break
        kept[longest].pop()
        left[longest] += 1
    for part, number in left.items():
        if number:
            kept[part].append(
                words.say_many("{number} more in the record", "{number} more in the record", number)
            )
    return kept


def _may_lose(part: Part, lines: list[str]) -> int:
    """How many lines a part has beyond those it keeps."""
    if part in (Part.PROBLEMS, Part.LIMITS):
        return 0
    return max(sum(map(_height, lines)) - FEWEST_LINES_OF_A_PART, 0) if len(lines) > 1 else 0


def room_below(warnings: int) -> int:
    """How many lines are left below so many warnings."""
    return max(ONE_PAGE_LINES - WARNING_LINES * warnings, FEWEST_LINES)


def lines_of(told: Mapping[Part, list[str]]) -> int:
    """How many lines of a page all this takes."""
    return sum(HEADING_LINES + sum(map(_height, lines)) for lines in told.values() if lines)


def _height(paragraph: str) -> int:
    return -(-len(paragraph) // LINE_LETTERS)
