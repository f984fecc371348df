"""Which network this clinic belongs to, and its own keys in use: what other acts begin with.

Everything clinics say to each other is a signed statement; how it travels does not matter. A lone
clinic is a network of one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from medilink.acts.refusing import check_task
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import AddressNotSecure, NotAMember, RemovedHere
from medilink.network import Network, network_from
from medilink.permissions import Task
from medilink.statements import Signed, Statement, as_payload, read_statement
from medilink.store_network import Membership, NetworkChange, OwnKey
from security.key_ring import KeyRing, Use
from security.node_keys import Keypair, key_id


def ring_of(desk: Desk) -> KeyRing:
    """This clinic's own keys, ready for use."""
    keys: dict[Use, list[Keypair]] = {use: [] for use in Use}
    for held in desk.store.network.of_keys():
        private = desk.keys.unwrap_private(held.wrapped, held.use.encode())
        keys[held.use].append(Keypair(private, held.public))
    return KeyRing(keys)


def network_here(desk: Desk) -> Network:
    """The network this clinic belongs to, as far as it has heard."""
    held = desk.store.network.of_membership()
    if held is None:
        raise NotAMember
    return network_from(held.root, map(read_statement, desk.store.network.of_statements()))


def network_for_sharing(desk: Desk) -> Network:
    """The same, for what is shared in it. Raises RemovedHere where this clinic belongs to it no
    more, NotAMember."""
    network = network_here(desk)
    if network.removed_at(own_id(desk)) is not None:
        raise RemovedHere
    return network


def _signing_keys(desk: Desk) -> list[bytes]:
    return [key.public for key in desk.store.network.of_keys() if key.use is Use.SIGN]


def own_id(desk: Desk) -> bytes:
    """The id of the key this clinic signs with: what others call it by."""
    return key_id(own_key(desk))


def own_ids(desk: Desk) -> frozenset[bytes]:
    """The ids of every key this clinic has ever signed with."""
    return frozenset(map(key_id, _signing_keys(desk)))


def own_key(desk: Desk) -> bytes:
    """The public key this clinic signs with, to be compared by its words."""
    return _signing_keys(desk)[0]


def membership_here(desk: Desk) -> Membership | None:
    """Which network this clinic belongs to, and its rules."""
    return desk.store.network.of_membership()


def own_keys_kept(desk: Desk) -> list[OwnKey]:
    """Every key this clinic signs or has signed with, the present one first; one that is newer than
    the present one waits for the founder of the network."""
    check_task(desk, Task.NETWORK, Act.MAKE_KEYS)
    return [key for key in desk.store.network.of_keys() if key.use is Use.SIGN]


def say_here(desk: Desk, says: Statement, use: Use = Use.SIGN) -> Signed:
    """A statement signed with a key of this clinic."""
    return read_statement(ring_of(desk).sign(as_payload(says), use))


def floor_now(desk: Desk, network: Network) -> int:
    """The time for what other clinics have dated: never earlier than anything this clinic has
    written or its network's founder has signed, so that no clock set back revives a share."""
    return max(desk.now, desk.store.log.latest_time(), network.heard)


def floor_of_codes(desk: Desk, network: Network) -> int:
    """The same for saved codes and cards, which lie in somebody's pocket for as long as they like:
    never earlier than it has ever been here, whatever clock was confirmed since."""
    return max(floor_now(desk, network), desk.store.log.highest_time())


def keep_network_settings(desk: Desk, *, news_days: int, card_address: str) -> None:
    """How many days old news may be before saved codes of other clinics are refused (1 to 365), and
    the https address under which this clinic's card keys are published. Raises AddressNotSecure."""
    check_task(desk, Task.NETWORK, Act.CHANGE_SETTINGS)
    held = desk.store.network.of_membership()
    if held is None:
        raise NotAMember
    address = card_address.strip().rstrip("/")
    if address and not _ADDRESS.fullmatch(address):
        raise AddressNotSecure
    changed = replace(held, news_days=min(max(news_days, 1), 365), card_address=address)
    event = desk.event(Act.CHANGE_SETTINGS, news_days=changed.news_days, cards=address)
    desk.store.network.change(NetworkChange(changed), audit=[event])


_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]+)?")
