"""Growth is judged as the World Health Organization judges it."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink import growth
from medilink.growth import (
    DAYS_A_MONTH,
    LAST_DAY,
    Lms,
    Measure,
    curve,
    lms_by_month,
    lms_for_age,
    lms_for_height,
    meaning,
    z_for_age,
    z_weight_for_height,
)
from medilink.people import Sex
from ui.corpora import corpora_folder

FOLDER = (corpora_folder() or Path("nowhere")) / "who-growth"
needs_who = pytest.mark.skipif(not FOLDER.is_dir(), reason="WHO's own files are not at hand")
FILES = {
    "weianthro": "weight-for-age",
    "lenanthro": "length-for-age",
    "bmianthro": "bmi-for-age",
    "hcanthro": "head-for-age",
    "wflanthro": "weight-for-length",
    "wfhanthro": "weight-for-height",
    "wfawho2007": "weight-for-age-2007",
    "hfawho2007": "height-for-age-2007",
    "bfawho2007": "bmi-for-age-2007",
}


def lines_of(name: str) -> list[str]:
    return (FOLDER / name).read_text("utf-8").splitlines()


@needs_who
def test_the_shipped_tables_are_whos_tables_number_by_number() -> None:
    shipped = gzip.decompress(
        (Path(growth.__file__).parent / "growth_tables" / "lms.csv.gz").read_bytes()
    ).decode()
    theirs = [
        ",".join([name, *row[:5]])
        for file, name in FILES.items()
        for row in list(csv.reader(lines_of(f"{file}.txt"), delimiter="\t"))[1:]
    ]
    assert shipped.splitlines() == theirs


@needs_who
def test_every_expected_z_score_of_whos_survey_of_5_to_19_years() -> None:
    asked, wrong = 0, []
    for row in csv.DictReader(lines_of("expected_who2007_z.csv")):
        sex = Sex.MALE if row["sex"] == "1" else Sex.FEMALE
        months, oedema = float(row["age.mo"]), row["oedema"] == "y"
        values = {
            ("zhfa", Measure.HEIGHT): row["height"],
            ("zwfa", Measure.WEIGHT): row["weight"],
            ("zbfa", Measure.BMI): row["cbmi"],
        }
        for (column, measure), value in values.items():
            if row[column] in ("", "NA"):
                continue
            asked += 1
            lms = lms_by_month(measure, sex, months)
            found = None
            if lms and not (oedema and measure is not Measure.HEIGHT):
                found = lms.z(float(value), restricted=measure in growth.RESTRICTED)
            if found is None or abs(found - float(row[column])) > 0.0051:
                wrong.append((row["id"], column, found, row[column]))
    print(f"WHO 2007: {asked - len(wrong)} of {asked} z-scores equal")
    assert not wrong, f"{asked - len(wrong)} of {asked} equal: {wrong[:5]}"
    assert asked >= 2089  # 12 more are flagged by WHO as implausible, and still equal


@given(
    st.sampled_from([Measure.WEIGHT, Measure.HEIGHT, Measure.BMI, Measure.HEAD]),
    st.sampled_from([Sex.FEMALE, Sex.MALE]),
    st.integers(0, LAST_DAY),
    st.integers(-3, 3),
)
def test_a_value_on_the_line_of_an_sd_has_that_z(
    measure: Measure, sex: Sex, day: int, z: int
) -> None:
    lms = lms_for_age(measure, sex, day)
    assert lms
    assert z_for_age(measure, sex, day, lms.at(z)) == pytest.approx(z, abs=1e-6)


@given(
    st.sampled_from(list(growth.RESTRICTED - {Measure.WEIGHT_FOR_HEIGHT})),
    st.sampled_from([Sex.FEMALE, Sex.MALE]),
    st.integers(0, LAST_DAY),
    st.floats(0.1, 3),
)
def test_beyond_three_sd_each_further_sd_is_as_wide_as_the_last(
    measure: Measure, sex: Sex, day: int, more: float
) -> None:
    lms = lms_for_age(measure, sex, day)
    assert lms
    for side in (1, -1):
        third, second = lms.at(3 * side), lms.at(2 * side)
        value = third + more * (third - second)
        if value > 0:
            found = z_for_age(measure, sex, day, value)
            assert found == pytest.approx(side * (3 + more), abs=1e-6)


def test_height_and_head_are_not_restricted() -> None:
    lms = lms_for_age(Measure.HEIGHT, Sex.FEMALE, 400)
    assert lms
    assert z_for_age(Measure.HEIGHT, Sex.FEMALE, 400, lms.at(4)) == pytest.approx(4)


def test_lying_and_standing_differ_by_seven_millimetres() -> None:
    as_lying = z_for_age(Measure.HEIGHT, Sex.MALE, 600, 80.7)
    assert z_for_age(Measure.HEIGHT, Sex.MALE, 600, 80.0, lying=False) == as_lying
    as_standing = z_for_age(Measure.HEIGHT, Sex.MALE, 731, 84.3)
    assert z_for_age(Measure.HEIGHT, Sex.MALE, 731, 85.0, lying=True) == as_standing
    assert lms_for_height(Sex.MALE, 80.0, age_days=600, lying=False) == lms_for_height(
        Sex.MALE, 80.7, age_days=600
    )


def test_the_median_of_a_newborn_girl() -> None:
    """WHO 2006, weight-for-age girls at birth: L 0.3809, M 3.2322, S 0.14171."""
    assert lms_for_age(Measure.WEIGHT, Sex.FEMALE, 0) == Lms(0.3809, 3.2322, 0.14171)
    assert z_for_age(Measure.WEIGHT, Sex.FEMALE, 0, 3.2322) == pytest.approx(0)


def test_weight_for_height_has_its_ranges_and_no_word_on_oedema() -> None:
    assert z_weight_for_height(Sex.MALE, 2.441, 45.0, age_days=10) == pytest.approx(0, abs=1e-6)
    assert z_weight_for_height(Sex.MALE, 3, 44.9, age_days=10) is None
    assert z_weight_for_height(Sex.MALE, 20, 110.1, age_days=700) is None
    assert z_weight_for_height(Sex.MALE, 20, 120.1, age_days=1800) is None
    assert z_weight_for_height(Sex.FEMALE, 10, 80, age_days=800, oedema=True) is None
    between = lms_for_height(Sex.FEMALE, 80.05, age_days=800)
    low, high = (lms_for_height(Sex.FEMALE, cm, age_days=800) for cm in (80.0, 80.1))
    assert between
    assert low
    assert high
    assert low.m < between.m < high.m


@pytest.mark.parametrize(
    ("measure", "sex", "day"),
    [
        (Measure.WEIGHT, Sex.MALE, -1),
        (Measure.WEIGHT, Sex.UNKNOWN, 100),
        (Measure.WEIGHT, Sex.MALE, 121 * DAYS_A_MONTH + 1),
        (Measure.HEIGHT, Sex.MALE, 229 * DAYS_A_MONTH + 1),
        (Measure.HEAD, Sex.MALE, 2000),
    ],
)
def test_where_who_gives_no_standard_there_is_no_z(measure: Measure, sex: Sex, day: float) -> None:
    assert z_for_age(measure, sex, day, 10) is None
    assert z_for_age(Measure.BMI, Sex.MALE, 100, 0) is None


def test_from_the_fifth_birthday_on_there_is_no_gap() -> None:
    for day in range(1800, 1860):
        assert z_for_age(Measure.HEIGHT, Sex.FEMALE, day, 109) is not None


@pytest.mark.parametrize(
    ("measure", "z", "days", "words"),
    [
        (Measure.WEIGHT, -2.01, 400, "underweight"),
        (Measure.WEIGHT, -2.0, 400, "in the usual range"),
        (Measure.HEIGHT, -3.01, 400, "severely stunted"),
        (Measure.WEIGHT_FOR_HEIGHT, -3.2, 400, "severely wasted"),
        (Measure.BMI, 2.5, 400, "overweight"),
        (Measure.BMI, 2.5, 4000, "obese"),
        (Measure.BMI, 1.5, 4000, "overweight"),
        (Measure.WEIGHT, -6.1, 400, "severely underweight"),
        (Measure.WEIGHT, 4.9, 400, "heavy for the age"),
        (Measure.HEIGHT, 5.9, 400, "very tall"),
        (Measure.WEIGHT_FOR_HEIGHT, -5.6, 400, "severely wasted"),
    ],
)
def test_a_z_score_in_plain_words(measure: Measure, z: float, days: int, words: str) -> None:
    assert meaning(measure, z, days) == words


def test_a_curve_is_light_and_follows_the_table() -> None:
    drawn = curve(Measure.WEIGHT, Sex.MALE, 0, (0, 730), 40)
    assert len(drawn) == 40
    assert drawn[0][1] == pytest.approx(3.3464)
