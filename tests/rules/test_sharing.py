"""The life of a grant, as the table at the top of medilink/sharing.py says it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.errors import (
    CodeWrong,
    DigitsUnreadable,
    NothingShared,
    NotValid,
    QrNotOurs,
    ShareRefused,
)
from medilink.people import AccountId, PatientId
from medilink.records import Section
from medilink.scopes import Scope
from medilink.sharing import (
    DURATIONS_HOURS,
    FOLLOWS,
    HOUR_MS,
    NAMED_KINDS,
    REFUSAL,
    Grant,
    GrantId,
    GrantKind,
    GrantState,
    check_can_redeem,
    check_typed,
    looks_like_code,
    new_grant,
    opens_for,
    read_qr_text,
    state_at,
)

DOCTOR, OTHER = AccountId(7), AccountId(8)


def grant(state: GrantState = GrantState.ACTIVE, *opened_by: AccountId) -> Grant:
    return Grant(
        GrantId(1),
        b"u" * 16,
        PatientId(1),
        Scope(frozenset({Section.VITALS})),
        True,
        "",
        0,
        HOUR_MS,
        state,
        0,
        opened_by,
    )


def test_the_state_table_is_total_and_ends() -> None:
    assert set(FOLLOWS) == set(GrantState)
    ended = {state for state, after in FOLLOWS.items() if not after}
    assert ended == {GrantState.REVOKED, GrantState.EXPIRED, GrantState.BURNT}
    assert set(REFUSAL) == set(GrantState) - {GrantState.ACTIVE}


@given(st.sampled_from(list(GrantState)), st.integers(0, 3 * HOUR_MS), st.booleans())
def test_a_code_opens_only_while_active_and_a_used_one_only_for_whoever_used_it(
    state: GrantState, now: int, opened_before: bool
) -> None:
    held = grant(state, *([DOCTOR] if opened_before else []))
    live = now < HOUR_MS
    may = live and (state is GrantState.ACTIVE or (state is GrantState.USED and opened_before))
    if may:
        assert check_can_redeem(held, DOCTOR, now) is held
    else:
        with pytest.raises(ShareRefused):
            check_can_redeem(held, DOCTOR, now)


@given(st.sampled_from(list(GrantState)), st.integers(0, 3 * HOUR_MS))
def test_nobody_reads_by_a_grant_they_did_not_open(state: GrantState, now: int) -> None:
    assert not opens_for(grant(state, OTHER), DOCTOR, now)


@given(st.sampled_from(list(GrantKind)), st.integers(0, 3 * HOUR_MS))
def test_a_permission_by_name_is_for_whom_it_names_and_no_code_opens_it(
    kind: GrantKind, now: int
) -> None:
    named = replace(grant(), kind=kind, to_account=DOCTOR)
    live = now < HOUR_MS
    assert opens_for(named, DOCTOR, now) == (live and kind in NAMED_KINDS)
    assert opens_for(named, OTHER, now) == (live and kind is GrantKind.CLINIC)
    if kind in NAMED_KINDS:
        with pytest.raises(CodeWrong):
            check_can_redeem(named, DOCTOR, now)


def test_each_end_has_its_own_sentence() -> None:
    sentences = set()
    for state in REFUSAL:
        with pytest.raises(ShareRefused) as refused:
            check_can_redeem(grant(state), DOCTOR, 0)
        sentences.add(refused.value.sentence)
    assert len(sentences) == len(REFUSAL)


def test_the_clock_ends_a_grant_exactly_when_its_duration_says() -> None:
    for hours in DURATIONS_HOURS:
        made = new_grant(
            uid=b"u" * 16,
            patient=PatientId(1),
            scope=Scope(frozenset(Section)),
            hours=hours,
            single_use=True,
            purpose="",
            now=1_000,
        )
        held = replace(grant(), expires_at=made.expires_at)
        assert state_at(held, 1_000 + hours * HOUR_MS - 1) is GrantState.ACTIVE
        assert state_at(held, 1_000 + hours * HOUR_MS) is GrantState.EXPIRED


def test_nothing_chosen_and_odd_durations_are_refused() -> None:
    base = {"uid": b"", "patient": PatientId(1), "single_use": True, "purpose": "", "now": 0}
    with pytest.raises(NothingShared):
        new_grant(scope=Scope(frozenset()), hours=1, **base)  # type: ignore[arg-type]
    with pytest.raises(NotValid):
        new_grant(scope=Scope(frozenset(Section)), hours=10_000, **base)  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["123456", "123 456", "123-456", " 123456 "])
def test_a_code_is_read_with_spaces(typed: str) -> None:
    assert looks_like_code(typed) == "123456"


@given(st.text(max_size=12))
def test_nothing_else_looks_like_a_code(text: str) -> None:
    code = looks_like_code(text)
    assert code is None or (len(code) == 6 and code.isascii() and code.isdigit())


@pytest.mark.parametrize(
    "text", ["https://example.org", "HC1:6BF", "shc:/5676", "ML9:AAA", "", "x" * 9999]
)
def test_foreign_qr_codes_are_refused_in_words(text: str) -> None:
    with pytest.raises(QrNotOurs):
        read_qr_text(text)


@pytest.mark.parametrize("typed", ["１２３４５６", "\u3000123456", "١٢٣٤٥٦", "१२३ ४५६"])
def test_digits_of_any_script_are_digits(typed: str) -> None:
    assert looks_like_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "   ", "12a", "12345", "1234567", "12 34 5b"])
def test_what_is_typed_and_no_code_is_told_what_a_code_is(typed: str) -> None:
    with pytest.raises(DigitsUnreadable):
        check_typed(typed)


@pytest.mark.parametrize("typed", ["123 456", "ML0:ABC", "shc:/5676", "x" * 40])
def test_what_a_scanner_types_passes(typed: str) -> None:
    assert check_typed(typed) == typed
