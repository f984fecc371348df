"""How a list of backups says which of them are from before a restore."""

from __future__ import annotations

from medilink.desk import Desk
from medilink.earlier_life import Made, lived_in
from ui.parts.person import day
from ui.words import say


def lived_words(desk: Desk, made_at: int, epoch: bytes = b"") -> str:
    """What to add to a backup's title; nothing for one of the present life of the records."""
    backups = desk.store.backups
    lived = lived_in(made_at, epoch, backups.of_life(), backups.of_restorations())
    if lived.made is Made.BEFORE:
        return say("made before the restore of {day}", day=day(lived.until))
    return say("made by records that were given up") if lived.made is Made.ASIDE else ""
