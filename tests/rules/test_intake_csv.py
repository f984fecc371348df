"""Tables of patients: every row is a person or is listed, whatever wrote the file."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medilink.errors import FileUnreadable
from medilink.intake.csv_head import COLUMNS
from medilink.intake.csv_table import SEXES, read_patients_csv
from medilink.people import NAME_LIMIT, Sex, tidy
from medilink.receiving import ReceivedPatient, Unread
from medilink.records import Allergy, Condition, Medication

TODAY = date(2025, 3, 1)
DOC = Path(__file__).parents[2] / "docs" / "formats" / "import-csv.md"


def read(text: str, encoding: str = "utf-8") -> tuple[list[ReceivedPatient], list[Unread]]:
    return read_patients_csv(text.encode(encoding), "register.csv", TODAY, "KE")


def only(text: str) -> ReceivedPatient:
    [patient], unread = read(text)
    assert unread == []
    return patient


def where(unread: list[Unread]) -> list[str]:
    return [one.where for one in unread]


# ---- the document


def test_the_example_of_the_document_reads_without_a_remark():
    example = re.search(r"```csv\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)[1]
    patients, unread = read(example)
    assert unread == []
    assert [p.details.full_name for p in patients] == ["Wanjiku Ng'ang'a", "Juma Hamisi"]
    assert patients[0].source_id == "OP-1041"
    assert patients[0].details.phone == "+254712345678"


def table_rows(heading: str) -> dict[str, str]:
    after = DOC.read_text("utf-8").split(heading)[1]
    rows = [line.strip("|").split("|") for line in after.splitlines()[2:]]
    cells = [[cell.strip() for cell in row] for row in rows]
    return {row[0]: row[1] for row in cells[: next(i for i, r in enumerate(cells) if len(r) < 2)]}


def test_the_columns_of_the_document_are_those_of_the_code():
    assert table_rows("| column | may also be called | holds |") == {
        column: ", ".join(others) for column, others in COLUMNS.items()
    }


def test_the_words_for_sex_in_the_document_are_those_of_the_code():
    assert table_rows("| sex | words |") == {
        sex: ", ".join(w for w in words if w) + (", an empty cell" if "" in words else "")
        for sex, words in SEXES.items()
    }


# ---- what is read


def test_a_row_is_a_person_with_what_is_listed_about_them():
    patient = only(
        "given,family,sex,birth_date,village,allergies,conditions,medications\n"
        "Akinyi,Otieno,F,1984-05-23,Siaya,penicillin; Peanuts ;,asthma,"
        "salbutamol; amlodipine 5 mg\n"
    )
    details = patient.details
    assert (details.given, details.family, details.sex) == ("Akinyi", "Otieno", Sex.FEMALE)
    assert (details.birth_date, details.birth_estimated, details.village) == (
        "1984-05-23", False, "Siaya",
    )  # fmt: skip
    understood = [entry for received in patient.entries for entry in received.understood]
    assert [e.substance for e in understood if isinstance(e, Allergy)] == ["penicillin", "Peanuts"]
    assert [e.name for e in understood if isinstance(e, Condition)] == ["asthma"]
    assert [e.name for e in understood if isinstance(e, Medication)] == [
        "salbutamol", "amlodipine 5 mg",
    ]  # fmt: skip


def test_none_and_nkda_are_no_allergies():
    for written in ("none", "NKDA", "No known allergies.", "none;nka"):
        patient = only(f"name,sex,age,allergies\nA,f,3,{written}\n")
        assert [len(r.understood) for r in patient.entries] == [0]


def test_no_known_allergy_except_one_is_shown():
    patient = only("name,sex,age,allergies\nA,f,3,no known allergies except penicillin\n")
    assert patient.entries[1].understood[0].substance == "no known allergies except penicillin"


@pytest.mark.parametrize(
    ("written", "birth_date"),
    [
        ("34", "1991"), ("34 years", "1991"), ("34y", "1991"), ("0", "2025"),
        ("6 months", "2024-09"), ("15m", "2023-12"), ("3 weeks", "2025-02-08"),
        ("10 days", "2025-02-19"),
    ],
)  # fmt: skip
def test_an_age_counts_back_from_today_and_is_estimated(written, birth_date):
    details = only(f"name,sex,age\nA,f,{written}\n").details
    assert (details.birth_date, details.birth_estimated) == (birth_date, True)


def test_a_birth_date_goes_before_an_age():
    details = only("name,sex,age,dob\nA,f,3,23/05/1984 00:00\n").details
    assert (details.birth_date, details.birth_estimated) == ("1984-05-23", False)


def test_one_name_stays_whole():
    details = only("Full Name;Gender;AGE\nበቀለ ተስፋዬ ወልደ;male;40\n").details
    assert (details.given, details.family) == ("በቀለ ተስፋዬ ወልደ", "")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(separator, encoding):
    text = separator.join(("Given Name", "SURNAME", "sex", "Birth-Date")) + "\r\n"
    text += separator.join(("Désiré", "Müller", "m", "1984")) + "\r\n"
    [patient], unread = read(text, encoding)
    assert (patient.details.full_name, unread) == ("Désiré Müller", [])


def test_utf16_without_its_mark():
    [patient], _ = read("name,sex,age\nAmina,f,3\n", "utf-16-le")
    assert patient.details.given == "Amina"


def test_a_page_in_cyrillic_is_guessed():
    names = "".join(f"Анна Петрова {i} из деревни Большие Кочки,f,{i}\n" for i in range(40))
    patients, _ = read("name,sex,age\n" + names, "cp1251")
    assert patients[0].details.given == "Анна Петрова 0 из деревни Большие Кочки"


def test_the_separator_line_of_excel_is_understood():
    details = only("sep=|\r\nname|sex|age\r\nA, B|f|3\r\n").details
    assert details.given == "A, B"


def test_extra_columns_are_kept_as_received_and_listed_once():
    [first, second], unread = read("name,sex,age,ward,bed\nA,f,3,red,7\nB,m,4,blue,8\n")
    assert b'"ward": "blue", "bed": "8"' in second.entries[0].body
    assert where(unread) == ["columns"]
    assert "ward, bed" in unread[0].why


def test_a_phone_that_cannot_be_read_is_kept_and_listed():
    [patient], unread = read("name,sex,age,phone\nA,f,3,7.12E+08\n")
    assert patient.details.phone == "7.12E+08"
    assert where(unread) == ["row 2, phone"]


# ---- what is not


@pytest.mark.parametrize(
    "row",
    ["A,q,3,1990", ",f,3,1990", "A,f,3,31/02/1990", "A,f,3,2030", "A,f,lots,", "A,f,140,",
     "A,f,3,1990,x", f"{'A' * (NAME_LIMIT + 1)},f,3,1990", "Total 500,,,"],
)  # fmt: skip
def test_a_bad_row_is_listed_and_the_others_come_in(row):
    patients, unread = read(f"name,sex,age,dob\nFirst,f,,1980\n{row}\nLast,m,,1981\n")
    assert [p.details.given for p in patients] == ["First", "Last"]
    assert where(unread) == ["row 3"]


def test_a_cell_beyond_its_limit_is_listed_not_cut():
    patients, unread = read(f"name,sex,age,allergies\nA,f,3,{'x' * 501}\nB,f,4,{'y' * 200_000}\n")
    assert patients == []
    assert where(unread) == ["row 2", "row 3"]


def test_an_unclosed_quotation_mark_costs_its_own_row():
    rows = ["A,f,1,fine", 'B,f,2,"open', "C,f,3,fine", 'D,m,4,"two\nlines"', "E,m,5,fine"]
    patients, unread = read("name,sex,age,note\n" + "\n".join(rows) + "\n")
    assert [p.details.given for p in patients] == ["A", "C", "D", "E"]
    assert where(unread) == ["columns", "row 3"]


def test_the_same_person_twice_is_taken_once():
    patients, unread = read("name,sex,dob\nA,f,1980\nB,f,1980\na,f,1980\n")
    assert [p.details.given for p in patients] == ["A", "B"]
    assert where(unread) == ["row 4"]


def test_a_table_without_needed_columns_says_what_it_has():
    with pytest.raises(FileUnreadable, match=r"lacks the columns sex, birth_date.*has: name, ward"):
        read("name,ward\nA,red\n")


def test_a_table_without_titles_does_not_repeat_a_person():
    with pytest.raises(FileUnreadable) as refused:
        read("Mary Wanjiku,f,1980\n")
    assert "Mary" not in str(refused.value)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\xef\xbb\xbf", b"PK\x03\x04\x00", b"\xd0\xcf\x11"]
)
def test_what_is_no_table_is_refused(data):
    with pytest.raises(FileUnreadable):
        read_patients_csv(data, "register.csv", TODAY, "KE")


# ---- always


def test_reading_twice_gives_the_same_ids_on_another_day_and_under_another_name():
    data = b"name,sex,age,allergies\nA,f,3,penicillin\nB,m,40,\n"
    first, _ = read_patients_csv(data, "one.csv", TODAY, "KE")
    again, _ = read_patients_csv(data, "two.csv", date(2026, 7, 1), "KE")
    assert [p.source_id for p in first] == [p.source_id for p in again]
    assert ids_of(first) == ids_of(again)


def ids_of(patients: list[ReceivedPatient]) -> list[bytes]:
    return [e.uid for p in patients for received in p.entries for e in received.understood]


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_any_text_in_cells_comes_back_tidied(people, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(["given", "family", "sex", "age", "village", "external_id"])
    for number, (given_name, family, village) in enumerate(people):
        writer.writerow([given_name, family, "f", "30", village, f"P{number}"])
    patients, unread = read(out.getvalue())
    named = {f"P{n}": row for n, row in enumerate(people) if tidy(row[0]) or tidy(row[1])}
    assert [p.source_id for p in patients] == list(named)
    assert len(unread) == len(people) - len(named)
    for patient in patients:
        told = patient.details
        assert [told.given, told.family, told.village] == list(map(tidy, named[patient.source_id]))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(data):
    for whole in (data, b"name,sex,age\nA,f,3\n" + data):
        try:
            read_patients_csv(whole, "register.csv", TODAY, "KE")
        except FileUnreadable:
            pass
