"""A backup restored on the spot: everything is as it was then, and nobody takes it for a rollback;
everybody else who puts old records back is still caught."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backup.archive import label_of
from backup.chosen import choose_folder
from backup.recovery import identity_from
from backup.swapping import coming
from medilink.acts.back_up_places import choose_place, chosen_places
from medilink.acts.sign_in import sign_in
from medilink.audit import Act, open_entry
from medilink.errors import (
    DiskFull,
    OwnPasswordWrong,
    RestoreNotAccepted,
    StoreInUse,
    StoreLocked,
    StoreRolledBack,
    WordsNeeded,
)
from medilink.log_check import Head
from tests.backup.standing_here import Here, nothing_shown
from tests.backup.test_restoring import DAY, PASSPHRASE, Laptop
from ui.house import State
from ui.outside_heads import write_head
from ui.restoring_here import Asked, restore_here
from ui.standing import swapped_files


def entries(here: Here, act: Act) -> list[dict[str, str]]:
    rows = here.house.store.log.rows()
    return [dict(open_entry(row).extra) for row in rows if row.act == act]


def test_what_came_after_the_backup_is_gone_and_the_log_tells(here: Here) -> None:
    here.register("Achieng")
    file = here.back_up()
    here.register("Baraka")
    here.house.sessions.begin(here.admin.who, "192.0.2.7", "a browser")

    here.restore(file)

    assert here.names() == {"Achieng"}
    assert here.house.sessions.end_idle() == []
    [restored] = entries(here, Act.RESTORE)
    assert restored["generation"] == "1"
    [swap] = here.house.store.backups.of_swaps()
    assert swap.took
    sign_in(here.house.desk(), "grace", PASSPHRASE)


def test_a_backup_of_what_is_given_up_is_made_before_and_numbers_go_on(here: Here) -> None:
    file = here.back_up()
    here.register("Baraka")
    here.restore(file)
    assert here.names() == set()
    before = here.home / file.name.replace("00000001", "00000002")
    third = here.back_up()
    assert third.name.endswith("00000003.db.zst.age"), "no name comes twice"
    here.restore(before)
    assert here.names() == {"Baraka"}


def test_backups_go_on_being_carried_to_the_places_of_today(here: Here) -> None:
    file = here.back_up()
    data = here.laptop.config.data_dir
    (data.parent / "share").mkdir()
    share = choose_folder(data.parent / "share", data)
    choose_place(here.admin, share)
    here.restore(file)
    assert [one.key for one in chosen_places(here.house.system_desk())] == [share.key]


def test_who_signs_in_while_records_are_replaced_signs_in_again(here: Here) -> None:
    who = here.admin.who
    with here.house.standing_still():
        cookie, _ = here.house.sessions.begin(who, "192.0.2.7", "a browser")
    assert here.house.sessions.by_cookie(cookie) is None
    assert here.house.lives == 2


def test_the_house_goes_on_after_a_restart(here: Here) -> None:
    file = here.back_up()
    here.register("Baraka")
    here.restore(file)
    here.house.close()
    again = here.laptop.house()
    again.unlock(PASSPHRASE)
    assert again.store.backups.of_restorations()
    again.close()


def test_old_records_put_back_by_hand_are_still_caught(here: Here, tmp_path: Path) -> None:
    """Before a restore, after one, and with the journal of a restore lying about."""
    file, data = here.back_up(), here.laptop.config.data_dir
    here.house.close()
    old = shutil.copytree(data, tmp_path / "old")
    here = Here(here.laptop)
    here.register("Baraka")
    here.restore(file)
    here.register("Chausiku")
    here.house.close()
    shutil.rmtree(data)
    shutil.copytree(old, data)
    with pytest.raises(StoreRolledBack):
        here.laptop.house().unlock(PASSPHRASE)


def test_nothing_happens_without_password_and_day(here: Here) -> None:
    file = here.back_up()
    here.register("Baraka")
    for password, day, refusal in (
        ("not mine", "2026-03-02", OwnPasswordWrong),
        (PASSPHRASE, "2026-03-01", RestoreNotAccepted),
    ):
        with pytest.raises(refusal):
            restore_here(here.house, here.admin, Asked(file, "", password, day), nothing_shown)
    assert here.names() == {"Baraka"}


def test_records_that_another_program_has_open_stay(here: Here) -> None:
    file = here.back_up()
    here.register("Baraka")
    other = here.laptop.house()
    other.unlock(PASSPHRASE)
    with pytest.raises(StoreInUse):
        here.restore(file)
    other.close()
    assert here.names() == {"Baraka"}
    here.restore(file)
    assert here.names() == set()


def test_whatever_goes_wrong_while_the_house_stands_still_it_goes_on(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.back_up()
    here.register("Baraka")

    def full(*_: object) -> None:
        raise DiskFull

    for step in ("ui.house.end_all_links", "ui.house.fold_in_alone", "ui.replacing.commit_swap"):
        with monkeypatch.context() as patched:
            patched.setattr(step, full)
            with pytest.raises(DiskFull):
                here.restore(file)
        assert here.names() == {"Baraka"}
        assert here.house.state is State.OPEN


def test_records_rolled_back_under_an_open_house_are_not_restored_over(here: Here) -> None:
    """That would hide it."""
    file = here.back_up()
    here.register("Baraka")
    config, keys = here.laptop.config, here.house.desk().keys
    ahead = Head(here.house.store.log.head().seq + 50, bytes(32))
    restore = Asked(file, "", PASSPHRASE, DAY)
    admin = here.admin
    write_head(config.head_file, ahead, keys)
    with pytest.raises((StoreRolledBack, StoreLocked)):
        restore_here(here.house, admin, restore, nothing_shown)
    assert here.house.state is State.LOCKED
    assert isinstance(here.house.trouble, StoreRolledBack)


def test_two_restores_of_one_backup_are_two_lives(here: Here) -> None:
    file = here.back_up()
    epochs = [here.house.store.backups.of_life().epoch]
    for _ in range(2):
        here.restore(file)
        epochs.append(here.house.store.backups.of_life().epoch)
    assert len(set(epochs)) == 3
    label = label_of(here.back_up(), identity_from(here.laptop.words))
    assert label.epoch == epochs[-1], "and whoever looks at a backup knows of which it is"


def test_a_backup_of_other_records_asks_for_its_words(here: Here, tmp_path: Path) -> None:
    other = Here(Laptop(tmp_path / "other"))
    other.register("Zawadi")
    file = other.back_up()
    with pytest.raises(WordsNeeded):
        here.restore(file)
    here.restore(file, other.laptop.words)
    assert here.names() == {"Zawadi"}
    here.house.close()
    again = Here(here.laptop)
    again.restore(again.back_up())


def test_nobody_is_signed_in_afterwards(here: Here) -> None:
    cookie, _ = here.house.sessions.begin(here.admin.who, "192.0.2.7", "a browser")
    here.restore(here.back_up())
    assert here.house.sessions.by_cookie(cookie) is None
    assert here.house.desk().account is None


def test_what_a_kill_has_left_half_built_is_removed(here: Here) -> None:
    here.house.close()
    config, store_id = here.laptop.config, here.house.store_id
    for path in swapped_files(config, store_id):
        coming(path).write_bytes(b"half")
    (config.data_dir / "replaced-2026-03-02-080000-1").mkdir()
    Here(here.laptop)
    left = [*config.data_dir.iterdir(), *config.keys_dir.iterdir()]
    assert not [path for path in left if path.name.endswith(".coming") or path.is_dir()
                and path.name.startswith("replaced-")]  # fmt: skip
