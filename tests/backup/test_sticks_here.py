"""Which of the volumes that are mounted is offered as a stick."""

from __future__ import annotations

from pathlib import Path

from backup.chosen import choose_stick, place_of, sticks_here
from backup.stick import FOLDER, Volume


def test_neither_the_system_nor_the_disk_with_the_records_is_a_stick(tmp_path: Path) -> None:
    stick, data = Volume(tmp_path / "KINGSTON", "11-22", "vfat"), tmp_path / "home" / "data"
    found = [
        Volume(Path("/")),
        Volume(Path("/boot/efi"), "33-44", "vfat"),
        Volume(tmp_path / "home", "aa", "ext4"),
        Volume(tmp_path / "home" / "data", "bb", "ext4"),
        stick,
    ]
    assert sticks_here(data, lambda: found) == [Volume(tmp_path / "home", "aa", "ext4"), stick]
    assert sticks_here(data, lambda: found[:2]) == []


def test_a_stick_that_was_chosen_is_found_where_it_is_plugged_in_next(tmp_path: Path) -> None:
    first, second = tmp_path / "KINGSTON", tmp_path / "KINGSTON1"
    first.mkdir()
    chosen = choose_stick(Volume(first, "11-22"))
    assert chosen.name == "KINGSTON"
    first.rename(second)
    place = place_of(chosen)
    place._volumes = lambda: [Volume(tmp_path, "00"), Volume(second, "11-22")]  # type: ignore[attr-defined]
    with place.enter() as room:
        assert room.names() == {".medilink-place": 32}
    assert (second / FOLDER).is_dir()
