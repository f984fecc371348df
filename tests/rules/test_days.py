"""What is known of a date stays what is known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.days import date_text, day_as_time


@given(st.dates(date(1850, 1, 1), date(2200, 12, 31)), st.sampled_from([4, 7, 10]))
def test_a_date_comes_back_as_exactly_as_it_was_said(day: date, length: int) -> None:
    said = day.isoformat()[:length]
    assert date_text(day_as_time(said)) == said


@given(st.integers(-(10**17), 10**17))
def test_a_moment_with_an_hour_is_no_day(at: int) -> None:
    found = date_text(at)
    assert found == "" or day_as_time(found) == at


@pytest.mark.parametrize("day", ["2019", "2019-05", "2019-05-23"])
def test_dates_sort_where_they_belong(day: str) -> None:
    assert day_as_time("2018-12-31") < day_as_time(day) < day_as_time("2020")
