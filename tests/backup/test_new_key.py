"""The records under a fresh key: nothing is lost, and what opened them before opens nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backup.archive import label_of
from backup.recovery import identity_from
from database.engine import open_raw
from medilink.acts.back_up import drill_identity
from medilink.acts.news import make_news
from medilink.acts.offer import make_offer
from medilink.acts.receive import open_own_offer, open_share
from medilink.acts.register import register_patient
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff
from medilink.audit import Act, open_entry
from medilink.desk import Desk
from medilink.errors import (
    BackupOtherKey,
    OwnPasswordWrong,
    StoreDamaged,
    StoreRolledBack,
    WordsNeeded,
    WrongPassphrase,
    WrongRecoveryWords,
)
from medilink.people import PatientDetails, Profession, Role, Sex
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from security import slots
from security.slots import new_recovery_words
from tests.backup.standing_here import Here, nothing_shown
from tests.backup.test_restoring import NEW_PASSPHRASE, PASSPHRASE, Laptop
from ui.new_data_key import NewKeyAsked, give_new_key


def doctor_of(here: Here) -> tuple[str, str]:
    """A doctor's user name and password."""
    _, password = add_staff(
        here.admin,
        user_name="amina",
        display_name="Amina",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    return "amina", password


def at_desk(here: Here, who: tuple[str, str]) -> Desk:
    desk = here.house.desk()
    return desk.signed_in_as(sign_in(desk, *who))


def test_what_patients_carry_goes_on(here: Here) -> None:
    """A code to type, a QR, and one saved for other clinics with its digits, all made before."""
    doctor = doctor_of(here)
    slip = register_patient(here.admin, PatientDetails("Achieng", "Otieno", Sex.FEMALE))
    patient = at_desk(here, (slip.patient.medilink_id, slip.password))
    typed = make_share_code(patient, ALL_SECTIONS)
    shown = make_share_code(patient, ALL_SECTIONS)
    saved = make_offer(patient, Scope(ALL_SECTIONS))
    secret = patient.keys.share_secret(saved.grant.share_id)
    digest = patient.keys.search_digest("otieno")

    here.new_key()

    amina = at_desk(here, doctor)
    assert open_share(amina, typed.code) == slip.patient.id
    assert open_share(amina, shown.qr) == slip.patient.id
    assert open_own_offer(amina, saved.grant.share_id, saved.code) == slip.patient.id
    assert amina.keys.share_secret(saved.grant.share_id) == secret
    assert amina.keys.search_digest("otieno") == digest


def test_the_clinics_own_keys_and_its_backups_go_on(here: Here, tmp_path: Path) -> None:
    here.register("Achieng")
    old = here.back_up()
    here.new_key()
    assert make_news(here.admin)
    new = here.back_up()
    assert label_of(new, identity_from(here.laptop.words)).key == here.house.desk().keys.name
    here.register("Baraka")
    here.restore(new)
    assert here.names() == {"Achieng"}
    with pytest.raises(WordsNeeded):
        here.restore(old)
    here.restore(old, here.laptop.words)
    assert here.names() == {"Achieng"}
    assert make_news(here.admin)
    here.restore(here.back_up())


@pytest.mark.parametrize("which", ["before", "after"])
def test_words_and_file_bring_it_back_on_a_new_computer(
    here: Here, tmp_path: Path, which: str
) -> None:
    here.register("Achieng")
    file = here.back_up()
    here.new_key()
    file = here.back_up() if which == "after" else file
    new = Laptop(tmp_path / "new")
    new.come_back(file, here.laptop.words)
    house = new.opened()
    assert sign_in(house.desk(), "grace", NEW_PASSPHRASE)
    house.close()


def test_what_opened_it_before_opens_nothing(here: Here) -> None:
    config = here.laptop.config
    old_key = here.house.store.file.data_key
    old_machine = slots.read_machine_key(config.keys_dir, here.house.store_id)
    here.second_admin("copper violin sunset 88")
    here.new_key()
    here.house.close()
    with pytest.raises(StoreDamaged):
        open_raw(config.store_file, old_key)
    assert slots.read_machine_key(config.keys_dir, here.house.store_id) != old_machine
    with pytest.raises(WrongPassphrase):
        here.laptop.house().unlock("copper violin sunset 88")
    for unlock in ("unlock", "unlock_with_words", "unlock_by_itself"):
        house = here.laptop.house()
        given = {"unlock": [PASSPHRASE], "unlock_with_words": [here.laptop.words]}.get(unlock, [])
        getattr(house, unlock)(*given)
        house.close()


def test_whoever_got_at_the_old_keys_opens_no_later_backup(here: Here) -> None:
    before, old = here.back_up(), drill_identity(here.house.system_desk())
    here.new_key()
    after, new = here.back_up(), drill_identity(here.house.system_desk())
    assert label_of(before, old).log.size < label_of(after, new).log.size
    assert label_of(before, new).says.generation == 1, "those of before are still opened here"
    with pytest.raises(BackupOtherKey):
        label_of(after, old)


def test_an_administrator_unlocks_again_after_signing_in_once(here: Here) -> None:
    theirs = "copper violin sunset 88"
    second = here.second_admin(theirs)
    here.new_key()
    here.house.close()
    house = here.laptop.house()
    with pytest.raises(WrongPassphrase):
        house.unlock(theirs)
    here = Here(here.laptop)
    here.house.unlockers.keep_missing_passphrase(here.house.desk().signed_in_as(second), theirs)
    here.house.close()
    house.unlock(theirs)
    house.close()


def test_who_was_not_to_unlock_does_not_by_signing_in(here: Here) -> None:
    theirs = "copper violin sunset 88"
    second = here.second_admin(theirs)
    here.house.unlockers.drop_passphrase(second)
    here.new_key()
    here.house.unlockers.keep_missing_passphrase(here.house.desk().signed_in_as(second), theirs)
    here.house.close()
    with pytest.raises(WrongPassphrase):
        here.laptop.house().unlock(theirs)


def test_records_from_before_the_new_key_put_back_are_caught(here: Here, tmp_path: Path) -> None:
    data = here.laptop.config.data_dir
    here.house.close()
    old = shutil.copytree(data, tmp_path / "old")
    here = Here(here.laptop)
    here.new_key()
    here.house.close()
    shutil.rmtree(data)
    shutil.copytree(old, data)
    with pytest.raises(StoreRolledBack):
        here.laptop.house().unlock(PASSPHRASE)


def test_without_password_or_words_nothing_happens(here: Here) -> None:
    key = here.house.store.file.data_key
    for words, password, refusal in (
        (here.laptop.words, "not mine", OwnPasswordWrong),
        (" ".join(new_recovery_words()), PASSPHRASE, WrongRecoveryWords),
    ):
        with pytest.raises(refusal):
            give_new_key(here.house, here.admin, NewKeyAsked(words, password), nothing_shown)
    assert here.house.store.file.data_key == key
    assert here.house.store.backups.of_swaps() == []


def test_the_log_tells(here: Here) -> None:
    here.new_key()
    acts = [open_entry(row).act for row in here.house.store.log.rows()]
    assert acts.count(Act.NEW_DATA_KEY) == acts.count(Act.SWAP_STORE) == 1
    here.new_key()
    [second, first] = here.house.store.backups.of_swaps()
    assert second.folder != first.folder
