"""The life of a laptop and its stick, in any order: days, clocks, damage, kills, somebody's hands.

Whatever happens: what stands under a backup's name and is known as verified is whole, the last one
verified at a place stays there until there is a newer one, and nobody else's file is touched.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backup.destinations import BEGUN, digest_there
from backup.folder import FolderRoom
from backup.kept import Kept, name_of
from backup.rounds import Rounds
from tests.backup.worlds import STORE, Laptop, chosen_folder

PHOTO = b"a photo of somebody's child"


class PulledPlug(BaseException):
    """The laptop goes dark."""


class LifeOfAPlace(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        root = Path(self.temporary.name)
        self.laptop = Laptop(root / "laptop")
        self.stick, self.pocket = root / "stick", root / "pocket"
        self.laptop.places = [chosen_folder(self.stick)]
        (self.stick / "photo.jpg").write_bytes(PHOTO)
        self.damaged: set[tuple[Path, str]] = set()
        self.process = self.laptop.process()

    @rule(hours=st.sampled_from([1, 13, 24, 24, 24, 240]), times=st.integers(1, 12))
    def time_passes(self, hours: int, times: int) -> None:
        for _ in range(times):
            self.laptop.passes(timedelta(hours=hours))
            self.process.ask()

    @rule(days=st.integers(-3650, 3650))
    def the_clock_is_set(self, days: int) -> None:
        self.laptop.wall += timedelta(days=days)
        if not 2010 < self.laptop.wall.year < 2060:
            self.laptop.wall = self.laptop.wall.replace(year=2026, day=1)

    @precondition(lambda self: self.stick.exists())
    @rule()
    def the_stick_is_pulled_out(self) -> None:
        self.stick.rename(self.pocket)

    @precondition(lambda self: self.pocket.exists())
    @rule()
    def the_stick_comes_back(self) -> None:
        self.pocket.rename(self.stick)

    @rule(good=st.booleans())
    def checks_fail_or_do_not(self, good: bool) -> None:
        self.laptop.checked_good = good

    @rule()
    def the_plug_is_pulled(self) -> None:
        """While a backup is written; nothing is tidied up."""

        def pull(folder: Path) -> Kept:
            (folder / (name_of(STORE, 99) + BEGUN)).write_bytes(b"half")
            raise PulledPlug

        doomed = replace(self.laptop.means(), make=pull)
        with suppress(PulledPlug):
            Rounds(doomed).go(at_once=True)
        self.process = self.laptop.process()

    @precondition(lambda self: self.stick.exists() and self.laptop.known_at(self.key))
    @rule(data=st.data())
    def a_copy_fades(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.laptop.known_at(self.key)))
        file = self.stick / one.name
        if file.exists():
            file.write_bytes(b"?" + file.read_bytes()[1:])
            self.damaged.add((self.stick, one.name))

    @rule()
    def what_is_remembered_is_lost(self) -> None:
        (self.laptop.folder / "backups.json").unlink(missing_ok=True)

    @property
    def key(self) -> str:
        return self.laptop.places[0].key

    @invariant()
    def what_is_known_as_verified_is_whole(self) -> None:
        for key, folder in (("home", self.laptop.home), (self.key, self.stick)):
            for one in self.laptop.known_at(key) if folder.exists() else []:
                if one.verified_at is not None and (folder, one.name) not in self.damaged:
                    assert digest_there(FolderRoom(folder), one.name, one.size) == one.digest

    @invariant()
    def nothing_of_others_is_touched(self) -> None:
        stick = self.stick if self.stick.exists() else self.pocket
        assert (stick / "photo.jpg").read_bytes() == PHOTO

    def teardown(self) -> None:
        if hasattr(self, "temporary"):
            self.temporary.cleanup()


LifeOfAPlace.TestCase.settings = settings(
    settings.get_profile("quick"), max_examples=60, stateful_step_count=20
)
TestLifeOfAPlace = LifeOfAPlace.TestCase
