"""A clinic belongs no more: removed by the founder, or gone by its own word; and beginning anew.

Its shares open at the others no more once they have heard, whenever it says it made them. What it
has written itself stays its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.network import network_here, own_id, own_ids, say_here
from medilink.acts.network_keys import begin_epoch, found_alone
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.bundles import bundle_text
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import AmongOthers, LastMember, NotAMember, NotTheRoot
from medilink.network import network_from
from medilink.permissions import Task
from medilink.statements import Left, Removed, Signed, read_statement
from medilink.visiting import VisitingState

GOODBYE_DAYS = 60  # after that the others have refused its saved codes for old news long since


@dataclass(frozen=True, slots=True)
class Goodbye:
    """That this clinic left a network, as text the others take in like news."""

    network: str
    at: int
    text: str


def remove_clinic(desk: Desk, clinic: bytes) -> None:
    """A clinic no longer belongs, and the key it held is replaced. Raises NotTheRoot, LastMember,
    NotAMember."""
    check_task(desk, Task.NETWORK, Act.REMOVE_CLINIC)
    held = desk.store.network.of_membership()
    network = network_here(desk)
    with refusals_logged(desk, Act.REMOVE_CLINIC):
        if held is None or not held.founder:
            raise NotTheRoot
        if clinic == network.founder:
            raise LastMember
        if clinic not in network.members:
            raise NotAMember
    _take_out(desk, clinic, network.name_of(clinic))


def _take_out(desk: Desk, clinic: bytes, name: str, why: str = "") -> None:
    event = desk.event(Act.REMOVE_CLINIC, why=why, clinic=name, key=clinic.hex())
    begin_epoch(desk, [clinic], audit=event)


def confirm_leavers(desk: Desk) -> None:
    """The founder puts its own word to that of a clinic that left, and replaces the key it held."""
    held = desk.store.network.of_membership()
    if held is None or not held.founder:
        return
    network = network_here(desk)
    said = [read_statement(raw).says for raw in desk.store.network.of_statements()]
    confirmed = {one.clinic for one in said if isinstance(one, Removed)}
    for member in network.members.values():
        if member.left and member.id not in confirmed:
            _take_out(desk, member.id, member.says.name, why="left")


def leave_network(desk: Desk) -> None:
    """Belong to no network but one of this clinic alone from now on. What other clinics' patients
    shared here is erased; `goodbye_here` gives what the others are to be told.

    Raises LastMember for the clinic that founded it.
    """
    check_task(desk, Task.NETWORK, Act.LEAVE_NETWORK)
    network = network_here(desk)
    with refusals_logged(desk, Act.LEAVE_NETWORK):
        if network.founder == own_id(desk):
            raise LastMember
    end_visiting(desk, "left")
    left = say_here(desk, Left(network.root, desk.now))
    found_alone(desk, Act.LEAVE_NETWORK, [left])


def begin_anew(desk: Desk) -> None:
    """A removed clinic is a network of its own again, under new keys: it can let others in, or join
    them. Raises AmongOthers for one that was not removed."""
    check_task(desk, Task.NETWORK, Act.BEGIN_ANEW)
    with refusals_logged(desk, Act.BEGIN_ANEW):
        if network_here(desk).removed_at(own_id(desk)) is None:
            raise AmongOthers
    end_visiting(desk, "removed")
    found_alone(desk, Act.BEGIN_ANEW)


def end_visiting(desk: Desk, why: str) -> int:
    """Erase everything other clinics' patients have shared here. How much there was."""
    known = list(network_here(desk).members)
    keys = [one.key for one in desk.store.visiting.of_issuers(known)]
    event = desk.event(Act.END_VISITING, why=why)
    return desk.store.visiting.end(keys, VisitingState.ENDED, audit=event) if keys else 0


def goodbye_here(desk: Desk) -> Goodbye | None:
    """What the others of the network this clinic left last are to be told; None where it left
    none lately."""
    check_task(desk, Task.NETWORK, Act.LEAVE_NETWORK)
    said = [read_statement(raw) for raw in desk.store.network.of_statements()]
    own = own_ids(desk)
    lately = desk.now - GOODBYE_DAYS * DAY_MS
    left = [one for one in said if one.signer in own and _left_at(one) > lately]
    newest = max(left, key=_left_at, default=None)
    if newest is None or not isinstance(newest.says, Left):
        return None
    name = network_from(newest.says.root, said).name
    return Goodbye(name, newest.says.at, bundle_text([newest.raw]))


def _left_at(one: Signed) -> int:
    return one.says.at if isinstance(one.says, Left) else 0
