"""A restore drill in plain words, in the reader's language: on the page and on the paper an
inspector is shown."""

from __future__ import annotations

from exports.report_paper import Section
from medilink.drills import Came, Drill, Step, Tried, promised_ms
from ui.parts.log_words import REFUSAL_WORDS
from ui.parts.person import moment
from ui.words import say, say_kept, say_many, say_number

CAME_WORDS = {
    Came.PASSED: "Restored, checked and worked with",
    Came.FAILED: "FAILED",
    Came.AWAY: "Was not there",
    Came.EMPTY: "Holds no checked backup",
}
# Before the colon of a place's key (`Place.key`).
PLACE_WORDS = {
    "home": "Folder beside the records",
    "folder": "Folder",
    "stick": "USB stick",
    "sftp": "Other computer",
    "s3": "Storage on the internet",
}
STEP_WORDS = {
    Step.FETCH: "Read from its place",
    Step.RESTORE: "Decrypted and restored",
    Step.CHECK: "Checked",
    Step.SIGN_IN: "Signed in",
    Step.OPEN: "Opened a record",
}
# What is wrong where the words of the log would say it of a copy that is made.
TROUBLE_WORDS = {
    "source-changed": "the file is not what it was when it was made",
    "backup-damaged": "the file is damaged",
    "backup-changed": "what is in it does not fit together",
    "backup-other-key": "the key of this store does not open it",
    "backup-too-new": "a newer MediLink has made it",
    "drill-fails": "the copy did not work as it should",
    "place-vanished": "the place went away while it was read",
    "copy-damaged": "the disk of this computer does not keep what is written",
    "not-let-in": "the other computer did not let MediLink in",
    "other-computer": "another computer answered",
    "place-trouble": "the place could not be read",
    "store-newer": "a newer MediLink has made it",
}
_KILO, _MEGA, _GIGA = 1000, 1_000_000, 1_000_000_000


def drill_title(drill: Drill) -> str:
    """What the report is, of whom and when."""
    return say("Restore drill of {clinic}, {moment}", clinic=drill.clinic, moment=moment(drill.at))


def verdict_words(drill: Drill) -> str:
    """What came of it, in a sentence."""
    passed = sum(one.came is Came.PASSED for one in drill.tried)
    failed = sum(one.came is Came.FAILED for one in drill.tried)
    if drill.passed:
        return say_many(
            "Passed: a backup from {number} place was restored, and the copy worked.",
            "Passed: backups from {number} places were restored, and each copy worked.",
            passed,
        )
    if failed:
        return say_many(
            "FAILED: the backup from {number} place could not be restored.",
            "FAILED: the backups from {number} places could not be restored.",
            failed,
        )
    return say("FAILED: no place with a backup was there.")


def drill_facts(drill: Drill) -> list[str]:
    """What stands below the title."""
    return [
        verdict_words(drill),
        say("Made by {who}, {moment}.", who=say_kept(drill.by), moment=moment(drill.at)),
        say(
            "The newest checked backup of each place was restored into a copy, which was worked"
            " with and then deleted. No content of any record was shown or noted."
        ),
        say("The clinic has sealed this file: any MediLink can tell whether it is unchanged."),
    ]


def drill_sections(drill: Drill) -> list[Section]:
    """Every place with what was checked there; what failed first of all."""
    ordered = sorted(drill.tried, key=lambda one: one.came is not Came.FAILED)
    return [_overview(drill), *(_place(one) for one in ordered if one.name), _promise()]


def place_words(tried: Tried) -> str:
    """Where a backup was, as people call it; by the beginning of its mark where nobody has."""
    words, called = kind_words(tried.place), tried.called or tried.place.partition(":")[2][:6]
    return f"{words}: {called}" if called else words


def kind_words(key: str) -> str:
    """What kind of place a key names."""
    kind = key.partition(":")[0]
    return say(PLACE_WORDS[kind]) if kind in PLACE_WORDS else kind


def trouble_words(code: str) -> str:
    """Why a place failed."""
    known = TROUBLE_WORDS.get(code) or REFUSAL_WORDS.get(code) or "something went wrong"
    return say(known)


def came_words(tried: Tried) -> str:
    """What came of a place, with the reason where it failed."""
    words = say(CAME_WORDS[tried.came])
    return f"{words}: {trouble_words(tried.why)}" if tried.why else words


def _overview(drill: Drill) -> Section:
    rows = tuple((place_words(one), came_words(one)) for one in drill.tried)
    return Section(say("Places"), "", (say("From where"), say("What came of it")), rows)


def _place(tried: Tried) -> Section:
    note = say(
        "Backup {number}, made {moment}, {size}.",
        number=tried.generation,
        moment=moment(tried.made_at),
        size=size_words(tried.size),
    )
    if tried.came is Came.FAILED:
        note = f"{came_words(tried)}. {note}"
    if tried.came is Came.AWAY:
        return Section(place_words(tried), f"{came_words(tried)}. {note}")
    rows = (*_checks(tried), *_times(tried))
    head = (say("Step"), say("What came of it"))
    return Section(place_words(tried), note, head if rows else (), rows)


def _checks(tried: Tried) -> tuple[tuple[str, str], ...]:
    if tried.came is not Came.PASSED:
        return ()
    good = say("in order")
    shut, opened = good, say("nobody is registered yet")
    if tried.opened is None:
        shut = opened
    else:
        opened = say_many(
            "in order; {number} entry decoded", "in order; {number} entries decoded", tried.opened
        )
    return (
        (say("The file is the one that was made (SHA-256)"), good),
        (say("Decrypted and unpacked to its end"), size_words(tried.restored)),
        (say("Every page, index and reference of the store"), good),
        (say("The log, entry by entry, up to the head the clinic has signed"), _count(tried)),
        (say("Patients registered in it"), say_number(str(tried.patients))),
        (say("Signing in to the copy with a password"), good),
        (say("A record stays shut to whoever has no right to it"), shut),
        (say("One record opened, and its reading in the copy's log"), opened),
    )


def _count(tried: Tried) -> str:
    return say_many("{number} entry, whole", "{number} entries, whole", tried.entries)


def _times(tried: Tried) -> tuple[tuple[str, str], ...]:
    each = tuple(
        (say("Time: {step}", step=say(STEP_WORDS[Step(step)])), time_words(taken))
        for step, taken in tried.steps
        if step in set(Step)
    )
    if tried.came is not Came.PASSED:
        return each
    promised = say("at most {time}", time=time_words(promised_ms(tried.restored)))
    kept = say("as promised") if tried.in_time else say("SLOWER THAN PROMISED")
    return (
        *each,
        (say("Time in all"), f"{time_words(tried.took)} ({promised}: {kept})"),
    )


def _promise() -> Section:
    return Section(
        say("What is promised"),
        say(
            "Up to 1 GB of records is back within 10 minutes, 10 GB within an hour. A drill is held"
            " every month; without one for 35 days MediLink warns everybody who works here."
        ),
    )


def size_words(size: int) -> str:
    """Bytes as people say it."""
    for unit, name in ((_GIGA, "GB"), (_MEGA, "MB")):
        if size >= unit:
            return f"{say_number(f'{size / unit:.1f}')} {name}"
    return f"{say_number(str(-(-size // _KILO)))} kB"


def time_words(taken: int) -> str:
    """Milliseconds as people say it."""
    seconds = taken / 1000
    if seconds < 10:
        return say("{seconds} s", seconds=say_number(f"{seconds:.1f}"))
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return say("{seconds} s", seconds=rest)
    return say("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
