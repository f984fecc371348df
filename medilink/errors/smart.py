"""Why a health card cannot be made, and why what a health link points to cannot be read."""

from __future__ import annotations

from medilink.errors.invalid import NotValid


class CardTooFull(NotValid):
    """This is more than one card can hold. Leave out a part, or give the patient the printed
    record."""

    code = "card-too-full"


class CardHasNoIssuer(NotValid):
    """This clinic has no internet address for its cards yet, so nobody could check them. Ask the
    administrator to write it down under Settings."""

    code = "card-has-no-issuer"


class CardUnreadable(NotValid):
    """What this health card says cannot be shown here. Ask for the record on paper, or as a
    file."""

    code = "card-unreadable"


class LinkRefused(NotValid):
    """This health link cannot be opened here. Ask the patient to make a new one."""

    code = "link-refused"


class LinkUnreadable(LinkRefused):
    """This is not a whole health link. Scan the code once more, or ask for the link again."""

    code = "link-unreadable"


class LinkTooNew(LinkRefused):
    """This health link was made by a newer system than this MediLink knows. Ask for a health card
    or the record on paper."""

    code = "link-too-new"


class LinkExpired(LinkRefused):
    """This health link is out of date. Ask the patient to make a new one."""

    code = "link-expired"


class LinkNeedsPasscode(LinkRefused):
    """This health link asks for a passcode. Ask the patient for it."""

    code = "link-needs-passcode"


class LinkPasscodeWrong(LinkRefused):
    """The passcode is not right; {remaining} tries are left. Ask the patient once more before the
    next try."""

    code = "link-passcode-wrong"


class LinkUsedUp(LinkRefused):
    """The wrong passcode was tried too often, and this health link is switched off. Ask the patient
    to make a new one."""

    code = "link-used-up"


class LinkWithdrawn(LinkRefused):
    """This health link is no longer active. Ask the patient to make a new one."""

    code = "link-withdrawn"


class LinkBusy(LinkRefused):
    """The place where the record lies is busy. Try again in {seconds} s."""

    code = "link-busy"


class LinkOutOfReach(LinkRefused):
    """The place where the record lies cannot be reached. Check the internet connection and try
    again, or ask for a health card instead."""

    code = "link-out-of-reach"


class LinkUnsafe(LinkRefused):
    """This health link points to a place that is not safe to open. Nothing was fetched. Ask the
    patient where it comes from."""

    code = "link-unsafe"


class LinkTooBig(LinkRefused):
    """The record behind this health link is too big to open here. Ask for a summary instead."""

    code = "link-too-big"


class LinkFileDamaged(LinkRefused):
    """A file behind this health link is damaged or was locked with another key. Ask the patient to
    make a new link."""

    code = "link-file-damaged"


class LinkHoldsNothing(LinkRefused):
    """This health link holds nothing that can be read here. Ask for the record as a file."""

    code = "link-holds-nothing"
