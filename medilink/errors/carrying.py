"""Why something carried in a code or a moving picture cannot be packed or read."""

from __future__ import annotations

from medilink.errors.invalid import NotValid
from medilink.errors.rights import ShareRefused


class TooMuchForOneCode(NotValid):
    """This record is too long for one code. Show it as a moving code instead, or share fewer
    sections."""

    code = "too-much-for-one-code"


class NoClinicChosen(NotValid):
    """Choose at least one clinic, or choose every clinic."""

    code = "no-clinic-chosen"


class PayloadUnreadable(ShareRefused):
    """What this code carries is damaged or was not made by MediLink. Ask for a new code."""

    code = "payload-unreadable"


class PayloadTooNew(ShareRefused):
    """This code was made by a newer MediLink. Update MediLink on this device, then scan it
    again."""

    code = "payload-too-new"


class TooDenseForCamera(NotValid):
    """This code is too fine for the camera that is to read it. Show it larger, or as a moving
    code."""

    code = "too-dense-for-camera"
