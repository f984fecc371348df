"""Why what a patient of another clinic shows does not open."""

from __future__ import annotations

from medilink.errors.rights import ShareRefused


class OfferUnreadable(ShareRefused):
    """This MediLink code cannot be read: it is damaged or incomplete. Scan it once more, flat and
    bright; if it stays, ask for a new one."""

    code = "offer-unreadable"


class OfferTooNew(ShareRefused):
    """This code was made by a newer MediLink. Update MediLink here, then scan it again."""

    code = "offer-too-new"


class OfferNotForUs(ShareRefused):
    """This code was made for another clinic or another network, so it cannot be opened here. Ask
    the patient for one for this clinic."""

    code = "offer-not-for-us"
    to_others = (
        "This code was made for another clinic or another network, so it cannot be opened here. "
        "Ask the clinic that made it for one for this clinic."
    )


class OfferForged(ShareRefused):
    """No clinic of this network has signed this. Do not rely on it; ask the patient for a new
    code."""

    code = "offer-forged"
    to_others = (
        "No clinic of this network has signed this. Do not rely on it; ask the clinic that shows "
        "it for a new code."
    )


class IssuerUnknown(ShareRefused):
    """The clinic that made this is not known here yet. Bring the network's news from another
    clinic, then scan it again."""

    code = "issuer-unknown"


class IssuerRemoved(ShareRefused):
    """The clinic that made this was removed from the network, so it counts no more. Ask the patient
    to share again from a clinic that belongs to it."""

    code = "issuer-removed"


class OfferExpired(ShareRefused):
    """This code has ended. Ask the patient to make a new one."""

    code = "offer-expired"
    to_others = "This code has ended. Ask the other clinic to show a new one."


class OfferWithdrawn(ShareRefused):
    """The patient has withdrawn this code. Ask the patient to make a new one."""

    code = "offer-withdrawn"


class OfferUsed(ShareRefused):
    """This code was for one use and was opened already. Ask the patient to make a new one."""

    code = "offer-used"


class OfferBurnt(ShareRefused):
    """The six digits were wrong too often, so this code is switched off here. Ask the patient to
    make a new one."""

    code = "offer-burnt"


class OfferNeedsCode(ShareRefused):
    """Ask the patient for the six digits that belong to this code."""

    code = "offer-needs-code"


class OfferCodeWrong(ShareRefused):
    """These six digits do not open it. Ask the patient again; {left} tries are left."""

    code = "offer-code-wrong"


class OfferFromTheFuture(ShareRefused):
    """This says it was made at a time that has not come yet. One of the two clocks is wrong: set
    the clock here, or ask the patient to share face to face."""

    code = "offer-from-the-future"


class ClockTooUncertain(ShareRefused):
    """The clock of this computer cannot be believed, so saved codes do not open. Set the clock, or
    let the patient answer face to face, if their phone reaches their own clinic."""

    code = "clock-too-uncertain"


class NewsTooOld(ShareRefused):
    """This clinic last heard {days} days ago what was withdrawn there, and the limit here is
    {limit}. Bring newer news, or let the patient answer face to face, if their phone reaches their
    own clinic."""

    code = "news-too-old"


class AnswerNotAwaited(ShareRefused):
    """This answers a question that is no longer open. Show the patient a new one."""

    code = "answer-not-awaited"


class NotReturnable(ShareRefused):
    """The patient did not allow this clinic to write back into the record."""

    code = "not-returnable"


class NothingToReturn(ShareRefused):
    """Nothing was written here for this patient since the record was opened. Write the visit first,
    then send it home."""

    code = "nothing-to-return"


class IsForThePatient(ShareRefused):
    """This is a doctor's question to a patient. It is scanned on the patient's own page, under
    Share."""

    code = "is-for-the-patient"


class IsNews(ShareRefused):
    """This is news between clinics, not a patient's code. The administrator takes it in under
    Other clinics."""

    code = "is-news"
