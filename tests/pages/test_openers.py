"""What opens the clinic, changed by an administrator: asked again who they are, on record, told,
and whole at every moment the power may fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backup import taking
from backup.archive import label_of
from backup.found import backups_found
from backup.looking import one_of_each, open_with_words
from backup.recovery import identity_from, recipient_from
from backup.sealed_to import SealedTo, by_recovery_key
from backup.taking import take_backup
from medilink.acts.back_up import backup_keys_kept, recovery_key_held
from medilink.acts.notices import my_notices
from medilink.acts.set_up import ClinicForm
from medilink.acts.sign_in import change_password, sign_in
from medilink.acts.staff import add_staff
from medilink.audit import Act, AuditEntry, open_entry
from medilink.config import Config
from medilink.desk import Desk
from medilink.errors import (
    BackupOtherKey,
    LastPassphrase,
    OwnPasswordWrong,
    Refused,
    WrongPassphrase,
    WrongRecoveryWords,
)
from medilink.people import Profession, Role
from security.slots import new_recovery_words
from tests.clinics import HandClock
from ui import openers
from ui.house import House
from ui.openers import (
    let_own_passphrase_open,
    new_recovery,
    remove_passphrase,
    replace_recovery,
    switch_by_itself,
)
from ui.unlockers import Unlockers

PASSPHRASE = "mango river lantern quiet"
OTHER = "copper violin sunset 88"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
WORDS = new_recovery_words()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Config(tmp_path / "data", tmp_path / "keys", hash_cost="light"), HandClock())
    made.set_up(FORM, WORDS, unattended=False)
    yield made
    made.close()


def desk_of(house: House, user: str = "grace", password: str = PASSPHRASE) -> Desk:
    return house.desk().signed_in_as(sign_in(house.desk(), user, password))


def second_admin(house: House) -> Desk:
    """Ben signs in; until he chooses a password under My account, it unlocks nothing."""
    _, slip = add_staff(desk_of(house), user_name="ben", display_name="Ben", role=Role.ADMIN)
    change_password(desk_of(house, "ben", slip), slip, OTHER, OTHER)
    return desk_of(house, "ben", OTHER)


def opens(house: House, passphrase: str) -> bool:
    house.close()
    try:
        house.unlock(passphrase)
    except WrongPassphrase:
        house.unlock(PASSPHRASE)
        return False
    return True


def changes(house: House) -> list[AuditEntry]:
    rows = [row for row in house.store.log.rows() if row.act == Act.CHANGE_UNLOCKING]
    return [open_entry(row) for row in rows]


def test_this_computer_opens_by_itself_when_it_is_switched_on_and_not_after(house: House) -> None:
    switch_by_itself(house, desk_of(house), PASSPHRASE, on=True)
    house.close()
    assert house.unlock_by_itself()
    switch_by_itself(house, desk_of(house), PASSPHRASE, on=False)
    house.close()
    assert not house.unlock_by_itself()
    assert list(house.config.keys_dir.glob("*.key")) == []
    house.unlock(PASSPHRASE)
    assert [entry.why for entry in changes(house)] == [
        "this computer opens it by itself",
        "this computer does not open it by itself any more",
    ]


def test_a_wrong_password_changes_nothing_and_is_on_record(house: House) -> None:
    before = house.unlockers.held()
    with pytest.raises(OwnPasswordWrong):
        switch_by_itself(house, desk_of(house), "a guess", on=True)
    assert house.unlockers.held() == before
    assert [entry.outcome for entry in changes(house)] == ["refused"]


def test_only_administrators_may(house: House) -> None:
    _, slip = add_staff(
        desk_of(house),
        user_name="amina",
        display_name="Amina",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    amina = desk_of(house, "amina", slip)
    for change in (
        lambda: switch_by_itself(house, amina, slip, on=True),
        lambda: let_own_passphrase_open(house, amina, slip),
        lambda: remove_passphrase(house, amina, slip, "grace"),
        lambda: replace_recovery(house, amina, slip, new_recovery(split=False)),
    ):
        with pytest.raises(Refused):
            change()
    house.close()
    house.unlock(PASSPHRASE)


def test_another_passphrase_opens_is_removed_and_everybody_is_told(house: House) -> None:
    ben = second_admin(house)
    assert not opens(house, OTHER)
    let_own_passphrase_open(house, desk_of(house, "ben", OTHER), OTHER)
    assert opens(house, OTHER)
    remove_passphrase(house, desk_of(house), PASSPHRASE, "ben")
    assert not opens(house, OTHER)
    told = my_notices(house.desk().signed_in_as(ben.who))
    assert "What opens this clinic was changed" in [one.title for one in told]


def test_the_last_passphrase_stays(house: House) -> None:
    with pytest.raises(LastPassphrase):
        remove_passphrase(house, desk_of(house), PASSPHRASE, "grace")
    let_own_passphrase_open(house, second_admin(house), OTHER)
    remove_passphrase(house, desk_of(house, "ben", OTHER), OTHER, "grace")
    with pytest.raises(LastPassphrase):
        remove_passphrase(house, desk_of(house, "ben", OTHER), OTHER, "ben")
    house.close()
    house.unlock(OTHER)


# ---- the recovery key


def words_open(house: House, words: str) -> bool:
    house.close()
    try:
        house.unlock_with_words(words)
    except WrongRecoveryWords:
        house.unlock(PASSPHRASE)
        return False
    return True


@pytest.mark.parametrize("split", [False, True], ids=["one sheet", "three sheets"])
def test_new_words_open_clinic_and_backups_and_the_old_ones_only_old_backups(
    house: House, tmp_path: Path, split: bool
) -> None:
    old = " ".join(WORDS)
    before = tmp_path / take_backup(house.system_desk(), house.store, house.store_id, tmp_path).name
    new = new_recovery(split=split)
    typed = " ".join(new.sheets[-1] + new.sheets[0]) if split else new.words
    replace_recovery(house, desk_of(house), PASSPHRASE, new)
    assert words_open(house, typed)
    assert not words_open(house, old)
    after = tmp_path / take_backup(house.system_desk(), house.store, house.store_id, tmp_path).name
    assert label_of(after, identity_from(typed)).says.generation == 2
    assert open_with_words(before, old).says.generation == 1
    for path, words in ((before, typed), (after, old)):
        with pytest.raises(BackupOtherKey):
            open_with_words(path, words)


def test_words_replaced_while_a_backup_begins_leave_one_that_opens(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its label opens with the words it is sealed to, whichever they are."""
    new, labelled = new_recovery(split=False), taking.label_frame

    def replaced_right_after(*said: bytes) -> bytes:
        monkeypatch.undo()
        replace_recovery(house, desk_of(house), PASSPHRASE, new)
        return labelled(*said)

    monkeypatch.setattr(taking, "label_frame", replaced_right_after)
    name = take_backup(house.system_desk(), house.store, house.store_id, tmp_path).name
    assert open_with_words(tmp_path / name, " ".join(WORDS)).says.generation == 1


def sealed(house: House) -> list[SealedTo]:
    return by_recovery_key(*backup_keys_kept(desk_of(house)))


def test_the_words_of_every_backup_are_known_and_one_of_each_is_opened(
    house: House, tmp_path: Path
) -> None:
    clock = house.wall
    assert isinstance(clock, HandClock)
    for _ in range(2):
        clock.forward(hours=1)
        take_backup(house.system_desk(), house.store, house.store_id, tmp_path)
    clock.forward(hours=1)
    new = new_recovery(split=False)
    replace_recovery(house, desk_of(house), PASSPHRASE, new)
    clock.forward(hours=1)
    take_backup(house.system_desk(), house.store, house.store_id, tmp_path)
    assert [
        (one.key.recipient, [row.generation for row in one.backups]) for one in sealed(house)
    ] == [
        (recipient_from(new.words), [3]),
        (recipient_from(" ".join(WORDS)), [2, 1]),
    ]
    found = backups_found([tmp_path])
    looked = one_of_each(desk_of(house), house.store, sealed(house), found)
    assert [(one.row.generation, one.trouble) for one in looked if one.row] == [
        (3, None),
        (2, None),
    ]
    second = next(one.path for one in found if one.generation == 2)
    second.write_bytes(second.read_bytes()[:-100])
    [_, old] = one_of_each(desk_of(house), house.store, sealed(house), found)
    assert old.trouble is not None
    [_, gone] = one_of_each(desk_of(house), house.store, sealed(house), found[:1])
    assert gone.row is None


class PowerCutError(Exception):
    pass


def cut(*_: object) -> None:
    raise PowerCutError


@pytest.mark.parametrize(
    ("whose", "step", "new_counts"),
    [(openers, "replace_recovery_key", False), (Unlockers, "settle_recovery", True)],
    ids=["before the moment", "after it"],
)
def test_a_power_cut_leaves_the_old_words_or_the_new_and_never_both(
    house: House, monkeypatch: pytest.MonkeyPatch, whose: object, step: str, new_counts: bool
) -> None:
    new = new_recovery(split=False)
    with monkeypatch.context() as power:
        power.setattr(whose, step, cut)
        with pytest.raises(PowerCutError):
            replace_recovery(house, desk_of(house), PASSPHRASE, new)
    house.close()
    house.unlock(PASSPHRASE)
    counts, gone = (new.words, " ".join(WORDS)) if new_counts else (" ".join(WORDS), new.words)
    assert not words_open(house, gone)
    assert words_open(house, counts)
    held = recovery_key_held(house.system_desk())
    assert held
    assert held.recipient == recipient_from(counts)
