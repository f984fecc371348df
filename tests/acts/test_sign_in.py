"""Signing in: who gets in, who waits, what is on record."""

from __future__ import annotations

import threading

import pytest

from medilink.acts.sign_in import as_user_name, change_password, sign_in, wait_after
from medilink.acts.staff import add_staff, reset_password, switch_account
from medilink.audit import Act
from medilink.errors import (
    AccountDisabled,
    OwnPasswordWrong,
    PasswordsDiffer,
    PasswordWeak,
    Refused,
    SignInFailed,
    TooManyTries,
    UserNameTaken,
    UserNameUnfit,
)
from medilink.people import Role
from medilink.store import LogFilter
from tests.clinics import ADMIN_PASSPHRASE, TestClinic

NEW = "copper violin sunset 88"


def test_the_right_password_opens_and_a_patient_may_use_the_medilink_id(
    clinic: TestClinic,
) -> None:
    assert sign_in(clinic.desk, " Grace ", ADMIN_PASSPHRASE).role is Role.ADMIN
    slip = clinic.register()
    typed = slip.patient.medilink_id.lower().replace("-", " ")
    assert sign_in(clinic.desk, typed, slip.password).patient == slip.patient.id


def test_unknown_name_and_wrong_password_are_told_in_the_same_words(clinic: TestClinic) -> None:
    sentences = set()
    for name in ("grace", "nobody"):
        with pytest.raises(SignInFailed) as refused:
            sign_in(clinic.desk, name, "wrong")
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1


def test_failures_make_the_account_wait_longer_each_time(clinic: TestClinic) -> None:
    for _ in range(4):
        with pytest.raises(SignInFailed):
            sign_in(clinic.desk, "grace", "wrong")
    with pytest.raises(TooManyTries):
        sign_in(clinic.desk, "grace", ADMIN_PASSPHRASE)
    clinic.clock.forward(seconds=2)
    assert sign_in(clinic.desk, "grace", ADMIN_PASSPHRASE)
    waits = [wait_after(n) for n in range(40)]
    assert waits == sorted(waits)
    assert waits[:4] == [0, 0, 0, 0]
    assert max(waits) == 15 * 60_000


def test_parallel_tries_gain_nothing(clinic: TestClinic) -> None:
    told: list[str] = []

    def guess() -> None:
        try:
            sign_in(clinic.desk, "grace", "wrong")
        except Refused as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("sign-in-failed") == 4
    assert told.count("too-many-tries") == 16


def test_the_old_password_is_not_guessed_at_the_change_of_password(clinic: TestClinic) -> None:
    with pytest.raises(TooManyTries):
        for _ in range(9):
            try:
                change_password(clinic.admin, "wrong", NEW, NEW)
            except OwnPasswordWrong:
                continue


def test_a_medilink_id_is_nobodys_user_name(clinic: TestClinic) -> None:
    for name in ("ml-7kq0-001q", "ML-7KQ0-001Q"):
        with pytest.raises(UserNameUnfit):
            add_staff(clinic.admin, user_name=name, display_name="X", role=Role.ADMIN)


def test_a_clock_that_jumped_ahead_and_back_locks_nobody_out(clinic: TestClinic) -> None:
    clinic.clock.forward(days=400)
    for _ in range(4):
        with pytest.raises(SignInFailed):
            sign_in(clinic.desk, "grace", "wrong")
    clinic.clock.forward(days=-400)
    assert sign_in(clinic.desk, "grace", ADMIN_PASSPHRASE)


def test_every_try_is_on_record_without_the_password(clinic: TestClinic) -> None:
    with pytest.raises(SignInFailed):
        sign_in(clinic.desk, "grace", "hunter2hunter2")
    sign_in(clinic.desk, "grace", ADMIN_PASSPHRASE)
    event = clinic.admin.event(Act.READ_LOG)
    entries, _ = clinic.store.log.list_entries(LogFilter(), limit=3, audit=event)
    assert [(e.act, e.outcome) for e in entries[1:]] == [
        ("sign in", "done"),
        ("sign in", "refused"),
    ]
    assert "hunter2" not in repr(entries)


def test_a_switched_off_account_does_not_get_in(clinic: TestClinic) -> None:
    account, password = add_staff(
        clinic.admin, user_name="ben", display_name="Ben", role=Role.ADMIN
    )
    switch_account(clinic.admin, account.id, disabled=True)
    with pytest.raises(AccountDisabled):
        sign_in(clinic.desk, "ben", password)
    with pytest.raises(Refused):
        switch_account(clinic.admin, clinic.admin.who.id, disabled=True)


def test_changing_a_password_needs_the_old_one_and_a_strong_new_one(clinic: TestClinic) -> None:
    account, password = add_staff(
        clinic.admin, user_name="ben", display_name="Ben", role=Role.ADMIN
    )
    desk = clinic.at_desk(account)
    with pytest.raises(OwnPasswordWrong):
        change_password(desk, "wrong", NEW, NEW)
    with pytest.raises(PasswordsDiffer):
        change_password(desk, password, NEW, NEW + "x")
    with pytest.raises(PasswordWeak):
        change_password(desk, password, "password123", "password123")
    change_password(desk, password, NEW, NEW)
    assert sign_in(clinic.desk, "ben", NEW).must_change is False
    again = reset_password(clinic.admin, account.id)
    assert sign_in(clinic.desk, "ben", again).must_change is True


def test_user_names_are_unique_and_plain(clinic: TestClinic) -> None:
    with pytest.raises(UserNameTaken):
        add_staff(clinic.admin, user_name="GRACE", display_name="X", role=Role.ADMIN)
    for name in ("ab", "1abc", "a b c", "ml-7kq2-94zd'", "x" * 99):
        with pytest.raises(UserNameUnfit):
            add_staff(clinic.admin, user_name=name, display_name="X", role=Role.ADMIN)


def test_only_an_administrator_manages_staff(clinic: TestClinic) -> None:
    for desk in (clinic.provider(), clinic.patient()):
        with pytest.raises(Refused):
            add_staff(desk, user_name="evil", display_name="X", role=Role.ADMIN)


def test_a_megabyte_user_name_is_just_wrong(clinic: TestClinic) -> None:
    assert len(as_user_name("x" * 1_000_000)) <= 80
    with pytest.raises(SignInFailed):
        sign_in(clinic.desk, "x" * 1_000_000, "y" * 1_000_000)
