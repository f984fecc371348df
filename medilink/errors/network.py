"""Why what another clinic says cannot be taken."""

from __future__ import annotations

from medilink.errors.rights import Refused


class NetworkTrouble(Refused):
    """This did not work between the two clinics. Try again, or take another way."""

    code = "network-trouble"


class StatementUnreadable(NetworkTrouble):
    """This is not something MediLink clinics say to each other, or it is damaged. Ask for it
    again."""

    code = "statement-unreadable"


class StatementTooNew(NetworkTrouble):
    """This was made by a newer MediLink. Update MediLink here, then try again."""

    code = "statement-too-new"


class StatementForged(NetworkTrouble):
    """The signature does not fit: this was changed on its way, or it is not from whom it says.
    Ask the other clinic for it again, on another way."""

    code = "statement-forged"


class ForAnotherNetwork(NetworkTrouble):
    """This belongs to another network of clinics. Check with the other clinic which network it is
    in."""

    code = "another-network"


class NotForUs(NetworkTrouble):
    """This was made for another clinic. Ask for one made for this clinic."""

    code = "not-for-us"


class NotTheRoot(NetworkTrouble):
    """Only the clinic that founded the network can do this."""

    code = "not-the-root"


class NotAMember(NetworkTrouble):
    """The other clinic is not known in this network. Bring its news first, or let it join."""

    code = "not-a-member"


class MemberRemoved(NetworkTrouble):
    """That clinic was removed from the network, so nothing it says counts any more."""

    code = "member-removed"


class RemovedHere(NetworkTrouble):
    """This clinic was removed from its network of clinics, so nothing can be shared with other
    clinics now. An administrator begins anew under Other clinics."""

    code = "removed-here"


class AmongOthers(NetworkTrouble):
    """This clinic is in a network with others. Leave it first; a clinic that founded its network
    removes the others first."""

    code = "among-others"


class RequestTooOld(NetworkTrouble):
    """This request is older than {days} days. Ask the other clinic to make it again."""

    code = "request-too-old"


class LastMember(NetworkTrouble):
    """The clinic that founded the network cannot leave it, or be removed. To join another network,
    remove the other clinics first."""

    code = "founder-stays"


class AddressNotSecure(NetworkTrouble):
    """Write the address as it stands in a browser, beginning with https:// and without spaces."""

    code = "address-not-secure"


class NameTaken(NetworkTrouble):
    """A clinic of the network has this name or one of these keys already. Give the other clinic a
    name of its own under Settings, and let it ask again."""

    code = "name-taken"
