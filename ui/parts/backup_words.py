"""Backups in plain words: where, when, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backup.ledger import AtPlace
from backup.rounds import HOME, Round
from medilink.backup_places import ChosenPlace
from medilink.errors import (
    BackupChanged,
    BackupDamaged,
    BackupFails,
    BackupNameTaken,
    BackupRunning,
    BackupUnwritten,
    CopyDamaged,
    DiskFull,
    KeyLocked,
    MediLinkError,
    NotLetIn,
    OtherComputer,
    PlaceFull,
    PlaceReadOnly,
    PlaceTooSlow,
    PlaceTrouble,
    PlaceVanished,
    SourceChanged,
    StoreBusy,
    StoreDamaged,
    TooBigForPlace,
    TooManyFiles,
)
from ui.backing_up import Part, Step
from ui.parts.person import moment
from ui.words import say, say_error

# What is remembered of trouble is its code alone, without the facts of its sentence.
TROUBLE_WORDS: dict[str, str] = {
    PlaceFull.code: "There is not enough room for the backup. Remove other files from this place,"
    " or choose a larger one.",
    BackupUnwritten.code: "The backup could not be written. Make room on the disk of this"
    " computer.",
    BackupFails.code: "The backup did not pass its check. If it fails again, run:"
    " python run.py audit verify",
    BackupChanged.code: "This backup opens, but what is in it does not fit together. Tell whoever"
    " looks after MediLink.",
}
_ERRORS: dict[str, type[MediLinkError]] = {
    error.code: error
    for error in (
        BackupDamaged,
        BackupNameTaken,
        CopyDamaged,
        DiskFull,
        KeyLocked,
        NotLetIn,
        OtherComputer,
        PlaceReadOnly,
        PlaceTooSlow,
        PlaceTrouble,
        PlaceVanished,
        SourceChanged,
        StoreBusy,
        StoreDamaged,
        TooBigForPlace,
        TooManyFiles,
    )
}
PART_WORDS = {
    Part.MAKE: "The backup is being made",
    Part.CHECK: "The backup is being checked",
    Part.COPY: "It is being copied to {place}",
    Part.OPEN: "It is being opened and checked at {place}",
    Part.DRILL: "Backups are being restored into a copy, to try it",
}


def names_of(places: Iterable[ChosenPlace]) -> dict[str, str]:
    """Key → what a place is called, the folder beside the store too."""
    return {HOME: say("this computer"), **{one.key: one.name for one in places}}


def trouble_words(code: str) -> str:
    """What is wrong at a place, and what to do."""
    if code in TROUBLE_WORDS:
        return say(TROUBLE_WORDS[code])
    return say_error(_ERRORS.get(code, PlaceTrouble)())


def place_words(at: AtPlace, *, on: bool) -> str:
    """How it stands with one place, in a line."""
    newest = at.newest_verified
    if newest is None:
        said = say("No verified backup here yet.")
    else:
        said = say("Last verified backup: {moment}.", moment=moment(newest.at))
    if at.opened is not None:
        said += " " + say("Opened and looked at whole: {moment}.", moment=moment(at.opened.at))
    if not on:
        return said + " " + say("Switched off: nothing is copied here.")
    if at.away:
        said += " " + say("Not there now; MediLink copies by itself when it is.")
    return said


def step_words(step: Step, names: Mapping[str, str]) -> str:
    """What a round is at, and how long that will take."""
    said = say(PART_WORDS[step.part], place=names.get(step.place, ""))
    return left_words(said, step.seconds_left)


def left_words(said: str, left: float | None) -> str:
    """What is being done, and how many seconds it will take, if that is known."""
    if left is None:
        return f"{said} …"
    if left < 60:
        return f"{said} · " + say("less than a minute left")
    return f"{said} · " + say("about {minutes} min left", minutes=round(left / 60))


def round_words(done: Round | None, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """What came of a round: what is good, and what is not."""
    if done is None:
        return "", [say("The backup did not come about. Try again; the log says more.")]
    good, bad = "", []
    if done.busy:
        bad.append(say_error(BackupRunning()))
    if done.made:
        good = say("Backup {number} was made and checked.", number=done.made.generation)
    carried = ", ".join(names[key] for key in done.carried if key in names)
    if carried:
        good = f"{good} {say('Copied to: {places}.', places=carried)}".strip()
    bad += [f"{names.get(key, '')}: {say_error(trouble)}" for key, trouble in done.troubles.items()]
    return good, bad
