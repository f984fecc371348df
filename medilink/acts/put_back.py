"""What a restore means for what clinics had sent each other: nothing that was sent is taken for
there, in either direction.

A clinic that was put back says so in its news; whoever has sent it something in the time it has
lost offers it again. What comes a second time is known as the same (medic/cht-core#8093 is the loss
this prevents).
"""

from __future__ import annotations

from medilink.acts.network import network_here, say_here
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.statements import PutBack, Signed, read_statement

CLOCKS_DIFFER_MS = DAY_MS  # between two laptops; sending once too often does no harm


def say_put_back(desk: Desk) -> list[Signed]:
    """That these records were restored, and from when they were, for the news; nothing where they
    never were. After several restores all that was lost by any of them."""
    restored = desk.store.backups.of_restorations()
    if not restored:
        return []
    since, epoch = min(one.made_at for one in restored), desk.store.backups.of_life().epoch
    return [say_here(desk, PutBack(max(one.at for one in restored), since, epoch))]


def lost_there(desk: Desk, clinic: bytes, sent_at: int) -> bool:
    """Whether a clinic has been put back to before something was sent to it."""
    ids = network_here(desk).known_as(clinic)
    for raw in desk.store.network.of_statements():
        one = read_statement(raw)
        if not isinstance(one.says, PutBack) or one.signer not in ids:
            continue
        if one.says.since - CLOCKS_DIFFER_MS <= sent_at <= one.says.at + CLOCKS_DIFFER_MS:
            return True
    return False
