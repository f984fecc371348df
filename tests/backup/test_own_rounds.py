"""The served clinic makes its backups by itself: in the background, ended when it closes, and
trouble is told once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backup.chosen import choose_computer, choose_folder
from backup.kept import name_of
from backup.rounds import HOME, Round, Rounds
from backup.schedule import Due
from backup.sftp import Address
from backup.taking import take_backup
from medilink.acts.back_up_places import choose_place, chosen_places, forget_place, switch_place
from medilink.acts.notices import my_notices
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff
from medilink.audit import Act, AuditEntry, Outcome, open_entry
from medilink.config import Config, read_config
from medilink.desk import Desk
from medilink.errors import BackupUnwritten, FolderNotThere, NotLetIn, PlaceInside, Refused
from medilink.notices import Kind
from medilink.people import Profession, Role
from security.slots import new_recovery_words
from tests.backup.sftp_server import PASSWORD, USER, another_computer
from tests.backup.test_restoring import FORM, PASSPHRASE
from tests.clinics import HandClock
from ui.backing_up import Part, Watch
from ui.house import MEDILINK_ITSELF, House, State
from ui.rounds import OwnRounds, begin_round, nobody_watches, remembered, rounds_here

PATIENCE_S = 60


class Clinic:
    """A house with its administrator, a clock to set and a folder that is backed up to."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.running = folder, HandClock(), 60_000
        self.house = House(Config(folder / "data", folder / "keys", hash_cost="light"), self.clock)
        self.house.set_up(FORM, new_recovery_words(), unattended=True)
        self.own = OwnRounds(self.house, lambda: self.running)

    @property
    def admin(self) -> Desk:
        desk = self.house.desk()
        return desk.signed_in_as(sign_in(desk, "grace", PASSPHRASE))

    def passes(self, **time: float) -> None:
        self.clock.forward(**time)
        self.running += milliseconds_of(**time)

    def ask(self) -> Round | None:
        """One round to its end, if it is time for one."""
        if not self.own.ask():
            return None
        self.house.backing_up.wait()
        assert self.house.backing_up.last is not None
        return self.house.backing_up.last

    def rounds(self, watch: Watch = nobody_watches) -> Rounds:
        itself = self.house.desk().signed_in_as(MEDILINK_ITSELF)
        return rounds_here(self.house, itself, None, watch, lambda: self.running)

    def go(self) -> Round:
        return self.rounds().go()

    def share(self, name: str = "share") -> Path:
        path = self.folder / name
        path.mkdir()
        choose_place(self.admin, choose_folder(path, self.house.config.data_dir))
        return path

    def entries(self, *acts: Act) -> list[AuditEntry]:
        rows = self.house.store.log.rows()
        return [open_entry(row) for row in rows if row.act in {act.value for act in acts}]

    def told(self) -> list[str]:
        found = my_notices(self.admin)
        return [one.entry.why for one in found if one.kind is Kind.BACKUP]


def milliseconds_of(**time: float) -> int:
    return timedelta(**time) // timedelta(milliseconds=1)


@pytest.fixture
def kisumu(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    made.house.close()


def test_an_open_clinic_has_a_backup_soon_and_another_the_next_day(kisumu: Clinic) -> None:
    share = kisumu.share()
    done = kisumu.ask()
    assert done is not None
    assert (done.due, done.troubles, len(done.carried)) == (Due.FIRST, {}, 1)
    kisumu.passes(minutes=9)
    assert kisumu.ask() is None, "every ten minutes is often enough"
    kisumu.passes(minutes=1)
    again = kisumu.ask()
    assert again is not None
    assert again.made is None
    kisumu.passes(days=1)
    assert kisumu.ask() is not None
    assert len(list(share.glob("*.age"))) == 2
    made = kisumu.entries(Act.BACK_UP)
    assert {entry.actor_name for entry in made} == {"MediLink by itself"}


def test_a_locked_clinic_makes_none(kisumu: Clinic) -> None:
    kisumu.house.close()
    assert kisumu.house.state is State.LOCKED
    assert not kisumu.own.ask()
    assert not begin_after_closing(kisumu)
    kisumu.house.unlock_by_itself()
    assert kisumu.ask() is not None


def begin_after_closing(kisumu: Clinic) -> bool:
    """A page that was late with its click."""
    return kisumu.house.backing_up.begin(lambda _watch: pytest.fail("the store is closed"))


def test_without_typed_recovery_words_nothing_is_tried_and_nothing_is_logged(
    kisumu: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.rounds.recovery_key_held", lambda _desk: None)
    for _ in range(5):
        assert kisumu.ask() is None
        kisumu.passes(days=1)
    assert kisumu.entries(Act.BACK_UP) == []
    assert remembered(kisumu.house).verified_at is None


def test_closing_ends_a_round_that_runs_and_leaves_nothing_half_made(kisumu: Clinic) -> None:
    writing, closing = threading.Event(), threading.Event()
    begun: list[Part] = []

    def slow(watch: Watch) -> Round:
        def held(part: Part, place: str, done: int, of: int) -> None:
            begun.append(part)
            writing.set()
            assert closing.wait(PATIENCE_S)
            watch(part, place, done, of)

        return kisumu.rounds(held).go()

    assert kisumu.house.backing_up.begin(slow)
    assert writing.wait(PATIENCE_S)
    assert not kisumu.own.ask(), "one at a time"
    assert begin_round(kisumu.house, at_once=True), "what somebody asks for waits its turn"
    ender = threading.Thread(target=kisumu.house.close)
    ender.start()
    while kisumu.house.backing_up._allowed:  # until closing has begun
        ender.join(0.01)
    closing.set()
    ender.join(PATIENCE_S)
    assert not ender.is_alive()
    assert kisumu.house.state is State.LOCKED
    left = {path.name for path in (kisumu.house.config.data_dir / "backups").iterdir()}
    assert left == set()
    kisumu.house.unlock_by_itself()
    assert len(kisumu.entries(Act.BACK_UP)) == 2, "what was waiting was not begun any more"
    [entry] = [one for one in kisumu.entries(Act.BACK_UP) if one.outcome != Outcome.DONE]
    assert (entry.why, entry.outcome) == ("cancelled", Outcome.COUNTED)
    assert kisumu.told() == [], "closing is no trouble"
    kisumu.passes(minutes=10)
    done = kisumu.ask()
    assert done is not None
    assert done.made is not None


def test_a_backup_that_is_asked_for_during_a_round_is_made_after_it(kisumu: Clinic) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slow(watch: Watch) -> Round:
        writing.set()
        assert go_on.wait(PATIENCE_S)
        return kisumu.rounds(watch).go()

    kisumu.house.backing_up.begin(slow)
    assert writing.wait(PATIENCE_S)
    assert begin_round(kisumu.house, at_once=True)
    go_on.set()
    kisumu.house.backing_up.wait()
    assert kisumu.house.backing_up.last is not None
    assert kisumu.house.backing_up.last.made is not None
    assert remembered(kisumu.house).verified_generation == 2


def test_an_error_nobody_foresaw_ends_the_round_and_is_logged_without_its_text(
    kisumu: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_watch: Watch) -> Round:
        raise KeyError("Wanjiku Njeri")

    assert kisumu.house.backing_up.begin(breaks)
    kisumu.house.backing_up.wait()
    assert "unforeseen KeyError at" in caplog.text
    assert "Wanjiku" not in caplog.text
    assert kisumu.ask() is not None, "the next one is made all the same"


def test_trouble_at_a_place_is_told_once_however_often_it_is_tried(kisumu: Clinic) -> None:
    share = kisumu.share()
    (share / name_of(kisumu.house.store_id, 1)).write_bytes(b"somebody's own")
    for _ in range(6):
        kisumu.ask()
        kisumu.passes(hours=1)
    assert kisumu.told() == ["backup-name-taken"]
    tries = [one.outcome for one in kisumu.entries(Act.BACK_UP) if one.extra.get("place")]
    assert tries[0] == Outcome.REFUSED
    assert set(tries[1:]) == {Outcome.COUNTED}, "every try is on record"


def test_a_backup_that_cannot_be_made_is_told_once_and_again_when_it_fails_in_another_way(
    kisumu: Clinic,
) -> None:
    desk, house, nowhere = kisumu.admin, kisumu.house, kisumu.folder / "nowhere"
    for told in ("", BackupUnwritten.code, "disk-full"):
        with pytest.raises(BackupUnwritten):
            take_backup(house.system_desk(), house.store, house.store_id, nowhere, told=told)
    assert len([one for one in my_notices(desk) if one.kind is Kind.BACKUP]) == 2


def test_no_room_beside_the_store_is_told_once(kisumu: Clinic) -> None:
    (kisumu.house.config.data_dir / "backups").write_bytes(b"a file where the folder belongs")
    for _ in range(3):
        kisumu.ask()
        kisumu.passes(hours=2)
    assert kisumu.told() == ["place-trouble"]
    assert remembered(kisumu.house).at(HOME).trouble is not None


def test_a_copy_is_opened_where_it_lies_and_one_that_faded_is_told(kisumu: Clinic) -> None:
    share, other = kisumu.share(), kisumu.share("other")
    assert len(kisumu.go().opened) == 2
    looked = [one for one in kisumu.entries(Act.CHECK_BACKUP) if one.extra.get("place")]
    assert {one.extra["place"] for one in looked} == {str(share), str(other)}
    flip(next(share.glob("*.age")))
    kisumu.passes(hours=5)
    assert kisumu.go().opened == [], "not at every round"
    # For eight days no new backup comes, because there is no room beside the store.
    home = kisumu.house.config.data_dir / "backups"
    home.rename(home.with_name("elsewhere"))
    home.write_bytes(b"")
    kisumu.passes(days=8)
    done = kisumu.go()
    faded = {one.name: one.key for one in chosen_places(kisumu.admin)}[str(share)]
    assert done.troubles[faded].code == "backup-damaged"
    assert "backup-damaged" in kisumu.told()
    assert remembered(kisumu.house).at(faded).newest_verified is None
    assert len(done.opened) == 1, "the other place is looked at all the same"


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_another_computer_gets_the_backup_and_its_password_is_nowhere_in_the_open(
    kisumu: Clinic, tmp_path: Path
) -> None:
    with another_computer(tmp_path / "far") as computer:
        right = Address(
            "127.0.0.1", USER, "/", computer.host_key_line, computer.port, password=PASSWORD
        )
        with pytest.raises(NotLetIn):
            choose_computer(Address("127.0.0.1", USER, "/", right.host_key, right.port))
        with pytest.raises(FolderNotThere):
            choose_computer(
                Address("127.0.0.1", USER, "/none", right.host_key, right.port, password=PASSWORD)
            )
        choose_place(kisumu.admin, choose_computer(right))
        done = kisumu.go()
        assert done.troubles == {}
        assert len(done.opened) == 1
        assert len(list((tmp_path / "far").glob("*.age"))) == 1
    kisumu.house.close()
    lying = [path for path in kisumu.house.config.data_dir.rglob("*") if path.is_file()]
    assert not [path for path in lying if PASSWORD.encode() in path.read_bytes()]
    assert not [path for path in lying if path.name.endswith("-fetched")]


def test_a_place_is_switched_off_on_and_removed_and_each_is_on_record(kisumu: Clinic) -> None:
    share = kisumu.share()
    [place] = chosen_places(kisumu.admin)
    switch_place(kisumu.admin, place, on=False)
    assert kisumu.go().carried == []
    switch_place(kisumu.admin, place, on=True)
    assert kisumu.go().carried == [place.key]
    forget_place(kisumu.admin, place)
    assert chosen_places(kisumu.admin) == []
    assert len(list(share.glob("*.age"))) == 1, "what lies there stays"
    changes = [one.extra["change"] for one in kisumu.entries(Act.CHANGE_BACKUP_PLACES)]
    assert changes == ["chosen", "switched off", "switched on", "removed"]


def test_only_administrators_choose_places_and_none_among_the_records(kisumu: Clinic) -> None:
    amina, _ = add_staff(
        kisumu.admin,
        user_name="amina",
        display_name="Amina",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    with pytest.raises(Refused):
        chosen_places(kisumu.house.desk().signed_in_as(amina))
    data = kisumu.house.config.data_dir
    for inside in (data, data / "backups"):
        inside.mkdir(exist_ok=True)
        with pytest.raises(PlaceInside):
            choose_folder(inside, data)
    for wrong in (Path("share"), data.parent / "nowhere"):
        with pytest.raises(FolderNotThere):
            choose_folder(wrong, data)


def test_the_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDILINK_BACKUPS", raising=False)
    assert read_config().own_backups
    assert not read_config(own_backups=False).own_backups
    monkeypatch.setenv("MEDILINK_BACKUPS", "off")
    assert not read_config().own_backups
