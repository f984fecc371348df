"""A clinic on its laptop, open, with an administrator who restores on the spot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from backup.archive import Progress, nobody_waits
from backup.kept import name_of
from medilink.acts.register import register_patient
from medilink.acts.sign_in import sign_in
from medilink.desk import Desk
from medilink.people import PatientDetails, Sex
from tests.backup.test_restoring import DAY, FORM, PASSPHRASE, Laptop
from ui.house import House
from ui.new_data_key import NewKeyAsked, give_new_key
from ui.replacing import back_up_first
from ui.restoring_here import Asked, restore_here

BEFORE, AFTER = {"Achieng", "Baraka"}, {"Achieng"}  # a restore of `two_records`


def nothing_shown(_: str) -> Progress:
    return nobody_waits


OPENED: list[House] = []


def close_all() -> None:
    """At the end of a test."""
    while OPENED:
        OPENED.pop().close()


@dataclass
class Here:
    """`house` is open; `admin` is Grace at her desk, signed in anew each time."""

    laptop: Laptop
    house: House = field(init=False)

    def __post_init__(self) -> None:
        self.house = self.laptop.house()
        OPENED.append(self.house)
        if self.house.unlock_by_itself():
            return
        self.house.set_up(FORM, tuple(self.laptop.words.split()), unattended=True)

    @property
    def admin(self) -> Desk:
        desk = self.house.desk()
        return desk.signed_in_as(sign_in(desk, "grace", PASSPHRASE))

    @property
    def home(self) -> Path:
        return self.laptop.config.data_dir / "backups"

    def back_up(self) -> Path:
        """A backup; its file."""
        back_up_first(self.house, nobody_waits)
        newest = self.house.store.backups.of_backups()[0]
        return self.home / name_of(self.house.store_id, newest.generation)

    def register(self, given: str) -> str:
        """Somebody new; their MediLink ID."""
        details = PatientDetails(given, "Otieno", Sex.FEMALE)
        return register_patient(self.admin, details).patient.medilink_id

    def restore(self, file: Path, words: str = "") -> None:
        restore_here(self.house, self.admin, Asked(file, words, PASSPHRASE, DAY), nothing_shown)

    def new_key(self) -> None:
        asked = NewKeyAsked(self.laptop.words, PASSPHRASE)
        give_new_key(self.house, self.admin, asked, nothing_shown)

    def names(self) -> set[str]:
        return names_in(self.house)


def names_in(house: House) -> set[str]:
    """Who is registered, by given name; looked at past the gate."""
    with house.store.file.reading() as connection:
        return set(connection.exec_driver_sql("SELECT given FROM patient").scalars())


def two_records(here: Here) -> Path:
    """A backup that knows of one person, and records that know of two."""
    here.register("Achieng")
    file = here.back_up()
    here.register("Baraka")
    return file
