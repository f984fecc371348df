"""A desk over a copy of the store that came out of a backup and is thrown away."""

from __future__ import annotations

from dataclasses import replace

from medilink.desk import Desk, Visitor
from medilink.errors import NotValid
from medilink.store import Store
from security.key_ring import EphemeralKeys


def desk_in_copy(desk: Desk, copy: Store) -> Desk:
    """The same desk over a copy. What is logged there goes with it: what somebody sees of it is
    logged in the store by its gate. Raises NotValid for the store itself."""
    if copy is desk.store:
        raise NotValid
    clinic = copy.settings.of_clinic()
    return replace(
        desk, store=copy, clinic=clinic, visitor=Visitor(), seen={}, waiting=EphemeralKeys()
    )
