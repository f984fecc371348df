"""Why somebody may not do something, now or at all."""

from __future__ import annotations

from medilink.errors.base import MediLinkError


class Refused(MediLinkError):
    """You may not do this."""

    code = "refused"


class NotSignedIn(Refused):
    """You have been signed out. Sign in again; what was saved is safe."""

    code = "not-signed-in"


class SignInFailed(Refused):
    """The name and the password do not belong together. Check both and try again."""

    code = "sign-in-failed"


class OwnPasswordWrong(Refused):
    """That is not your password. Type the one with which you signed in."""

    code = "own-password-wrong"


class LastPassphrase(Refused):
    """This is the last passphrase that opens the clinic. Let another administrator's passphrase
    open it first."""

    code = "last-passphrase"


class TooManyTries(Refused):
    """Too many tries. Wait {seconds} s, then try again."""

    code = "too-many-tries"


class AccountDisabled(Refused):
    """This account is switched off. Ask the clinic's administrator."""

    code = "account-disabled"


class NoRight(Refused):
    """You have no right to open this record. Ask the patient for a code, or record that the
    patient is here for a visit."""

    code = "no-right"


class NotVerified(Refused):
    """This clinic opens records only to providers whose licence is checked and valid. Send yours
    under My profile, or ask the administrator."""

    code = "not-verified"


class NotYours(Refused):
    """Only the person it belongs to can change this."""

    code = "not-yours"


class ShareRefused(Refused):
    """This code does not open a record."""

    code = "share-refused"


class CodeWrong(ShareRefused):
    """No record opens with that code. Check the six digits with the patient and try again."""

    code = "code-wrong"


class CodeExpired(ShareRefused):
    """This code has expired. Ask the patient to make a new one."""

    code = "code-expired"


class CodeRevoked(ShareRefused):
    """The patient has withdrawn this code. Ask the patient to make a new one."""

    code = "code-revoked"


class CodeUsed(ShareRefused):
    """This code was for one use and has been used. Ask the patient to make a new one."""

    code = "code-used"


class CodeBurnt(ShareRefused):
    """This code was tried wrongly too often and is switched off. Ask the patient to make a
    new one."""

    code = "code-burnt"


class IdNeeded(ShareRefused):
    """Three wrong codes. Type the patient's MediLink ID together with the code."""

    code = "id-needed"


class QrNotOurs(ShareRefused):
    """This is a QR code, but not one from MediLink. Ask the patient to open Share in
    MediLink and show that code."""

    code = "qr-not-ours"
    to_others = (
        "This is not the code that is asked for here. Ask the other clinic to show its MediLink "
        "code, and scan that."
    )


class QrOtherClinic(ShareRefused):
    """This QR code works only in the clinic that made it, or is damaged. Ask the patient to share
    with Code to take along, or for the six digits made here."""

    code = "qr-other-clinic"


class DigitsUnreadable(ShareRefused):
    """These are not six digits. Type the six digits the patient has, for example 123 456."""

    code = "digits-unreadable"


class PictureUnreadable(ShareRefused):
    """No QR code was found in this picture. Hold the code flat and bright, and fill most of
    the picture with it."""

    code = "picture-unreadable"


class PictureIsPdf(ShareRefused):
    """This is a PDF, not a picture. Open it, make a screenshot of the code or hold the printed page
    before the camera, and try again."""

    code = "picture-is-pdf"
