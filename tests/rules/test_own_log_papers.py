"""What a patient takes along of the log: words that say who, where, how and what; papers that hold
all of it; tables in which no cell runs; lines of receipts as people copy them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from exports.log_list import PrintedList, draw_log_list
from exports.receipt_paper import POCKET, draw_receipt
from medilink.audit import Act, AuditEntry, Method
from medilink.log_receipts import read_line
from medilink.looking import is_emergency, is_shown
from medilink.people import AccountId, PatientId, Role
from medilink.records import ALL_SECTIONS
from ui.parts.looked_words import mark_words, told_html, told_words

CLINIC = "Kisumu Clinic"
WORDS = "acid bubble cargo drift eagle fabric"


def entry(act: str = Act.OPEN_RECORD, **said: object) -> AuditEntry:
    plain: dict[str, object] = {
        "seq": 7,
        "at": 1_772_000_000_000,
        "outcome": "done",
        "account": 4,
        "patient": PatientId(2),
        "method": "",
        "sections": (),
        "why": "",
        "actor_name": "Amina Otieno (doctor)",
        "actor_role": Role.PROVIDER,
        "session": "s",
        "ip": "192.0.2.7",
        "agent": "a browser",
        "node": "7KQ",
        "extra": {},
    }
    return AuditEntry(act=act, **(plain | said))  # type: ignore[arg-type]


def told(one: AuditEntry, *, own: bool = False) -> str:
    return told_words(one, own=own, clinic=CLINIC)


# ---- words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            entry(method=Method.CODE, sections=("allergies", "medications")),
            "Amina Otieno (doctor), Kisumu Clinic, opened allergies and medicines with your code",
        ),
        (
            entry(method=Method.CARE, sections=tuple(sorted(ALL_SECTIONS)), why="visit"),
            "Amina Otieno (doctor), Kisumu Clinic, opened the whole record for care"
            " · reason: visit",
        ),
        (
            entry(outcome="refused", why="no-right"),
            "Amina Otieno (doctor), Kisumu Clinic, tried to open the record"
            " · refused: no right to it",
        ),
        (
            entry(
                Act.OPENED_ELSEWHERE,
                account=None,
                actor_name="Chebet Kiprono, Siaya Clinic",
                sections=("allergies",),
                extra={"clinic": "Siaya Clinic", "opened": "1771990000000"},
            ),
            "Chebet Kiprono, Siaya Clinic opened allergies with your code · it was opened there ",
        ),
        (
            entry(actor_role=Role.PATIENT, actor_name="Mama Achieng", method=Method.GUARDIAN),
            "Mama Achieng opened the record as guardian",
        ),
        (
            entry(actor_name="", actor_role=""),
            "Somebody whose name is no longer kept opened the record",
        ),
        (
            entry(Act.EXPORT, outcome="refused", why="something new"),
            "Amina Otieno (doctor), Kisumu Clinic, tried to take the record along"
            " · refused: not allowed",
        ),
    ],
)
def test_an_entry_says_who_where_how_and_what(one: AuditEntry, words: str) -> None:
    assert told(one).startswith(words)


def test_ones_own_entries_say_so() -> None:
    assert told(entry(method=Method.OWN), own=True) == "You opened the record"


def test_every_act_can_be_told_done_and_refused() -> None:
    for act in Act:
        for outcome in ("done", "refused"):
            assert told(entry(act, outcome=outcome))


def test_what_stands_out_is_a_word_and_not_only_a_colour() -> None:
    emergency = entry(method=Method.EMERGENCY)
    assert is_emergency(emergency)
    assert mark_words(emergency) == "Emergency"
    assert "<b>Emergency</b>" in told_html(emergency, own=False, clinic=CLINIC)
    assert mark_words(entry(outcome="refused", method=Method.EMERGENCY)) == "Emergency · Refused"


def test_a_name_is_text_and_never_markup() -> None:
    html = told_html(entry(actor_name="<script>alert(1)</script>"), own=False, clinic="<b>")
    assert "<script>" not in html
    assert "<b>" not in html


def test_what_is_everyday_of_ones_own_is_shown_of_others() -> None:
    reading = entry(Act.READ_LOG)
    assert not is_shown(reading, AccountId(4))
    assert is_shown(reading, AccountId(5))


# ---- lines of receipts as people copy them


@pytest.mark.parametrize(
    "typed",
    [
        f"5678 {WORDS}",
        f"  5678   {WORDS.upper()}  ",
        f"5678: {WORDS.replace(' ', ', ')}.",
        f"5,678 {WORDS}",
        f"5 678 {WORDS}",
        f"#5678\n{WORDS.replace(' ', chr(10))}",
        f"5678 – {WORDS.replace(' ', ' – ')}",
        f"“5678 {WORDS.title()}”",
        f"5678_{WORDS.replace(' ', '_')}",
        f"(5.678) {WORDS.replace(' ', '/')}",
    ],
)
def test_spaces_capitals_and_punctuation_do_not_matter(typed: str) -> None:
    found = read_line(typed)
    assert found
    assert (found.size, " ".join(found.words)) == (5678, WORDS)


@pytest.mark.parametrize(
    "typed",
    ["", "5678", WORDS, f"0 {WORDS}", f"5678 {WORDS} gadget", "5678 acid bubble", f"-- {WORDS}",
     f"12 34 {WORDS} 9", "5678 acidbubblecargodrifteaglefabric", "MLT:" + "A" * 90,
     "٥٦٧٨ " + WORDS, "1" * 13 + " " + WORDS, "5 " * 100_000, "a" * 100_000],
)  # fmt: skip
def test_what_is_no_line_is_none(typed: str) -> None:
    assert read_line(typed) is None


@given(st.text(max_size=300))
def test_no_text_upsets_reading_a_line(typed: str) -> None:
    read_line(typed)
    read_line(f"12 {typed} {WORDS}")


# ---- papers


def a_list(entries: int, names: str = "Amina") -> PrintedList:
    days = [
        (f"Day {day}", [("14:05", f"{names} opened entry {day}-{number}") for number in range(9)])
        for day in range(entries // 9)
    ]
    receipt = "MLT:" + "A1B2C3" * 40
    return PrintedList("Who looked", ["ML-7KQ2-94ZD"], days, receipt, "Receipt", [f"5678 {WORDS}"])


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("entries", [0, 9, 450])
def test_every_entry_is_on_paper_with_pages_numbered_and_a_receipt_at_the_end(
    entries: int,
) -> None:
    pages = pages_of(draw_log_list(a_list(entries), "Page {number} of {count}"))
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
    whole = "\n".join(pages)
    assert whole.count("opened entry") == entries
    assert f"5678 {WORDS}" in pages[-1]
    assert (len(pages) > 5) == (entries > 400)


def test_a_day_is_never_alone_at_the_foot_of_a_page() -> None:
    for text in pages_of(draw_log_list(a_list(450), "Page {number} of {count}")):
        lines = [line for line in text.splitlines() if line.strip()]
        before_number = [line for line in lines if not line.startswith("Page")]
        assert not before_number or not before_number[-1].startswith("Day ")


def test_names_in_any_script_are_drawn() -> None:
    assert draw_log_list(a_list(9, "محمد 李 ዓለም"), "Page {number} of {count}").startswith(b"%PDF")


def test_a_pocket_receipt_is_one_small_page_with_everything_on_it() -> None:
    lines = [
        "A Clinic With A Very Long Name Indeed, Out In The Country Beyond The River",
        "21 Nov 2026, 14:12",
        "Entry 123456",
        f"123456 {WORDS}",
        f"Key of the clinic: {WORDS}",
    ]
    caption = "With it anybody can check later whether the list was changed. " * 3
    pdf = draw_receipt("Receipt of the log", lines, "MLT:" + "A1B2C3" * 50, caption, POCKET)
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [105, 148]
    said = " ".join(reader.pages[0].extract_text().split())
    for line in (*lines, caption.strip()):
        assert " ".join(line.split()) in said
