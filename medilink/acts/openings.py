"""What follows when a clinic hears where shares were opened: the patient's log, and second uses."""

from __future__ import annotations

from dataclasses import replace

from medilink.acts.network import network_here, own_id, own_ids, say_here
from medilink.audit import Act, Actor
from medilink.desk import Desk
from medilink.network import Network
from medilink.people import Role
from medilink.statements import Opened, Signed, UsedTwice, proof_text
from medilink.store_network import NetworkChange
from security.subkeys import proof_of


def told_of_openings(desk: Desk, fresh: list[Signed]) -> int:
    """A share of ours was opened elsewhere: it stands in the patient's log, and a second use of a
    share for one use is told to everyone it concerns. Only who has opened it can prove it."""
    own, network, twice = own_ids(desk), network_here(desk), 0
    for one in fresh:
        if isinstance(one.says, Opened) and one.says.issuer in own and is_proven(desk, one):
            twice += _opened_elsewhere(desk, network, one)
    return twice


def is_proven(desk: Desk, one: Signed) -> bool:
    """Whether whoever says that they opened a share of this clinic knows its secret."""
    if not isinstance(one.says, Opened):
        return False
    secret = desk.keys.share_secret(one.says.share)
    return one.says.proof == proof_of(secret, proof_text(one.says, one.signer))


def _opened_elsewhere(desk: Desk, network: Network, one: Signed) -> int:
    said = one.says
    grant = desk.store.grants.by_share_id(said.share) if isinstance(said, Opened) else None
    if grant is None or not isinstance(said, Opened):
        return 0
    clinic = network.name_of(one.signer)
    told = desk.event(
        Act.OPENED_ELSEWHERE,
        grant.patient,
        sections=grant.sections,
        why=grant.purpose,
        clinic=clinic,
        opened=said.at,
        code=grant.id,
    )
    event = replace(told, actor=Actor(None, f"{said.who}, {clinic}", Role.PROVIDER))
    desk.store.abroad.used_elsewhere(grant.id, audit=event)
    proven = {other.signer for other in network.openings_of(said.share) if is_proven(desk, other)}
    places = proven | ({own_id(desk)} if grant.opened_by else set())
    if not grant.single_use or len(places) < 2:
        return 0
    twice = say_here(desk, UsedTwice(said.share, desk.now, tuple(sorted(places))))
    event = desk.event(Act.USED_TWICE, grant.patient, sections=grant.sections, code=grant.id)
    desk.store.network.change(NetworkChange(said=[twice]), audit=[event])
    return 1


def told_of_second_uses(desk: Desk, fresh: list[Signed]) -> int:
    """The clinic that made a share says that it was opened twice, once of it here: the
    administrator hears."""
    own, told = own_ids(desk), 0
    for one in fresh:
        if not isinstance(one.says, UsedTwice) or one.signer in own:
            continue
        held = desk.store.visiting.of_key(one.signer + one.says.share)
        if held is not None and own & set(one.says.clinics):
            desk.store.log.write(desk.event(Act.USED_TWICE, share=one.says.share.hex()))
            told += 1
    return told
