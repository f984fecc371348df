"""A template helps to begin; it says no diagnosis, and what nobody wrote to is not kept."""

from __future__ import annotations

import pytest

from medilink.laboratory_tests import TEST_BY_CODE
from medilink.people import Sex
from medilink.templates import (
    TEMPLATE_BY_KEY,
    TEMPLATES,
    YEAR,
    Template,
    as_lines,
    templates_for,
    without_empty_lines,
)
from medilink.visits import KIND_WORDS
from medilink.vitals import VITAL_BY_CODE


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_a_template_names_only_what_there_is(template: Template) -> None:
    assert template.kind in KIND_WORDS
    assert template.first
    assert set(template.first) <= set(VITAL_BY_CODE)
    assert len(set(template.first)) == len(template.first)
    assert set(template.tests) <= set(TEST_BY_CODE)
    for prompts in (template.history, template.examination, template.plan):
        assert prompts
        assert len(set(prompts)) == len(prompts)
        assert all(0 < len(prompt) <= 60 and prompt == prompt.strip() for prompt in prompts)
        assert not any(mark in prompt for prompt in prompts for mark in "{}\n")


def test_keys_and_reasons_are_one_each() -> None:
    assert len(TEMPLATE_BY_KEY) == len(TEMPLATES) == len({each.reason for each in TEMPLATES})


def test_templates_fit_the_person() -> None:
    def keys(age_years: float | None, sex: Sex) -> set[str]:
        days = None if age_years is None else age_years * YEAR
        return {template.key for template in templates_for(days, sex)}

    assert "antenatal" not in keys(30, Sex.MALE)
    assert "antenatal" in keys(30, Sex.FEMALE)
    assert "antenatal" in keys(30, Sex.UNKNOWN)
    assert "child-clinic" in keys(1, Sex.MALE)
    assert not {"child-clinic", "diarrhoea-child"} & keys(30, Sex.FEMALE)
    assert "hypertension" not in keys(4.9, Sex.FEMALE)
    assert keys(None, Sex.UNKNOWN) == set(TEMPLATE_BY_KEY)


def test_prompts_nothing_was_written_to_are_not_kept() -> None:
    def upper(text: str) -> str:  # a language
        return text.upper()

    prompts = ("Since when", "How high", "Travel")
    page = as_lines(prompts, upper)
    assert page.startswith("SINCE WHEN: \n")
    written = page.replace("HOW HIGH: ", "HOW HIGH: 39.5") + "\nfree words"
    assert without_empty_lines(written, prompts, upper) == "HOW HIGH: 39.5\nfree words"
    assert without_empty_lines(page, prompts, upper) == ""
    assert without_empty_lines("overwritten", prompts, upper) == "overwritten"
