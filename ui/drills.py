"""Restore drills of this installation: by themselves once a month, or because somebody asks."""

from __future__ import annotations

from collections.abc import Sequence

from backup.archive import Progress, nobody_waits
from backup.destinations import Place
from backup.drilling import Drilling, hold_drill
from backup.folder import Folder, Home
from backup.ledger import LedgerFile
from backup.schedule import SCHEDULE
from backup.scratch import sweep_scratch
from medilink.acts.drill import last_drill, last_tried
from medilink.desk import Desk
from medilink.drills import Drill, drill_due
from medilink.errors import NothingToDrill, ScratchTaken
from ui.house import MEDILINK_ITSELF, House
from ui.rounds import HOME, KNOWN


def drill_now(
    house: House, desk: Desk, places: Sequence[Place], progress: Progress = nobody_waits
) -> Drill:
    """Restore the newest backup of the folder beside the store and of every place chosen, and keep
    what came of it. Raises NothingToDrill, ScratchTaken, Refused."""
    folder = house.config.data_dir
    everywhere = [Home(folder / HOME), *places]
    called = {place.key: str(place.path) for place in places if isinstance(place, Folder)}
    known = LedgerFile(folder / KNOWN).read()
    return hold_drill(
        Drilling(desk, folder, everywhere, known, lambda key: called.get(key, ""), progress)
    )


def drill_when_due(house: House, places: Sequence[Place]) -> Drill | None:
    """What came of a drill, if one was due; None otherwise. For the thread that makes the rounds of
    backups, after each round: it takes as long as a restore. What a drill or a look into a backup
    left that was killed goes first. Nothing under a clock in doubt."""
    sweep_scratch(house.config.data_dir)
    desk = house.desk().signed_in_as(MEDILINK_ITSELF)
    if desk.doubted:
        return None
    quiet = SCHEDULE.is_quiet(house.clock().astimezone().hour)
    if not drill_due(last_drill(desk), desk.now, last_tried(desk), quiet=quiet):
        return None
    try:
        return drill_now(house, desk, places)
    except (NothingToDrill, ScratchTaken):
        return None
