"""Whoever is to unlock after a restore is known before the long work, where the backup says who
its administrators are; otherwise the sentence at its end names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from medilink.acts.sign_in import change_password, sign_in
from medilink.acts.staff import add_staff
from medilink.desk import Desk
from medilink.errors import AdministratorNotThen, NoAdministratorThen
from medilink.people import Role
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import DAY, NEW_PASSPHRASE, Laptop
from ui.restoring_here import Asked, label_with, restore_here


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    yield Here(Laptop(tmp_path / "laptop"))
    close_all()


@pytest.fixture
def new(tmp_path: Path) -> Laptop:
    laptop = Laptop(tmp_path / "new")
    laptop.clock.forward(days=1)
    return laptop


def another_administrator(here: Here) -> Desk:
    """Amina, with a password of her own."""
    _, slip = add_staff(
        here.admin, user_name="amina", display_name="Amina", role=Role.ADMIN, profession=""
    )
    desk = here.house.desk()
    change_password(
        desk.signed_in_as(sign_in(desk, "amina", slip)), slip, NEW_PASSPHRASE, NEW_PASSPHRASE
    )
    return desk.signed_in_as(sign_in(desk, "amina", NEW_PASSPHRASE))


def test_a_wrong_name_is_told_before_the_long_work(
    here: Here, new: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_administrator(here)
    file = here.back_up()
    with monkeypatch.context() as idle:
        idle.setattr("ui.coming_back.rebuild_store", lambda *_: pytest.fail("the work began"))
        with pytest.raises(AdministratorNotThen, match="there were: grace, amina"):
            new.come_back(file, here.laptop.words, user_name="gracee")
    new.come_back(file, here.laptop.words, user_name=" Amina ")
    house = new.opened()
    assert sign_in(house.desk(), "amina", NEW_PASSPHRASE).role is Role.ADMIN
    house.close()


def test_an_older_backup_tells_them_at_the_end_and_leaves_nothing(
    here: Here, new: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("backup.taking.name_administrators", lambda _: b"[]")
        file = here.back_up()
    with pytest.raises(AdministratorNotThen, match="there were: grace"):
        new.come_back(file, here.laptop.words, user_name="amina")
    assert not new.config.store_file.exists()
    new.come_back(file, here.laptop.words)
    new.opened().close()


def test_who_was_no_administrator_then_is_told_before_anything_begins(here: Here) -> None:
    file = here.back_up()
    amina = another_administrator(here)
    with pytest.raises(NoAdministratorThen):
        label_with(amina, file, "")
    before = here.house.store.backups.of_backups()
    asked = Asked(file, "", NEW_PASSPHRASE, DAY)
    with pytest.raises(NoAdministratorThen):
        restore_here(here.house, amina, asked, lambda _: pytest.fail("the work began"))
    assert here.house.store.backups.of_backups() == before
