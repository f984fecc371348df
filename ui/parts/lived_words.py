"""How a list of backups says which of them are from before a restore."""

from __future__ import annotations

from medilink.acts.replace_store import life_of_backup
from medilink.desk import Desk
from medilink.earlier_life import Made
from ui.parts.person import day
from ui.words import say


def lived_words(desk: Desk, made_at: int, epoch: bytes = b"") -> str:
    """What to add to a backup's title; nothing for one of the present life of the records."""
    lived = life_of_backup(desk, made_at, epoch)
    if lived.made is Made.BEFORE:
        return say("made before the restore of {day}", day=day(lived.until))
    return say("made by records that were given up") if lived.made is Made.ASIDE else ""
