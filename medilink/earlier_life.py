"""Backups from before a restore: what is in them was given up then, which a list should say.

Every restore gives the store another epoch (`medilink.store_backup.Life`), and each backup says
which it was made in.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from medilink.store_backup import Life, Restoration


class Made(StrEnum):
    """When a backup was made, as far as restores go."""

    NOW = "now"  # in the present life of these records
    BEFORE = "before"  # before a restore
    ASIDE = "aside"  # after the last restore, by records that were no longer these


class Lived(NamedTuple):
    """`until`: when the restore was that ended it, milliseconds UTC, for BEFORE."""

    made: Made
    until: int = 0


def lived_in(made_at: int, epoch: bytes, life: Life, restored: Sequence[Restoration]) -> Lived:
    """Which life of the records a backup of this store is from. `epoch` empty: of a backup that
    does not say, or that nobody has opened; then its time alone tells."""
    if not restored or epoch == life.epoch:
        return Lived(Made.NOW)
    later = [one.at for one in restored if made_at <= one.at]
    if later:
        return Lived(Made.BEFORE, min(later))
    return Lived(Made.ASIDE if epoch else Made.NOW)
