"""Why something about a patient cannot be written as it was typed."""

from __future__ import annotations

from medilink.errors.invalid import NotValid


class AllergyBothNoneAndListed(NotValid):
    """Allergies are written down for this patient, so "no known allergies" cannot be true. End
    those that are wrong first."""

    code = "allergy-none-and-listed"


class DoseMissing(NotValid):
    """This medicine has no dose. Write the dose, or write that it is not known."""

    code = "dose-missing"


class PatientReacts(NotValid):
    """The patient reacts to this medicine. Choose another, or write why it is given all the
    same."""

    code = "patient-reacts"

    def __init__(self, *, reactions: object) -> None:
        self.reactions = reactions
        super().__init__()


class AlreadySaid(NotValid):
    """This is already in the record. Nothing was added."""

    code = "already-said"


class FileTooBig(NotValid):
    """This file is too big ({found} MB; at most {limit} MB). Take a smaller picture, or scan it
    with fewer dots."""

    code = "file-too-big"


class FileNotAPicture(NotValid):
    """This is not a picture or a PDF that can be kept, whatever its name says. Take a photo of the
    paper, or save it as PDF."""

    code = "file-not-a-picture"


class FileHoldsAProgram(NotValid):
    """This PDF carries a program or other files inside, so it is not kept. Print it to a plain PDF
    and add that one."""

    code = "file-holds-a-program"


class MergedAway(NotValid):
    """This registration was merged into another one of the same person. Find the person again and
    go on there."""

    code = "merged-away"


class NotSuspected(NotValid):
    """Only registrations that MediLink suspects to be one person can be merged. Let it look through
    everybody first."""

    code = "not-suspected"


class TooManyWishes(NotValid):
    """Many wishes are waiting for an answer already. Ask at the clinic to have them answered
    first."""

    code = "too-many-wishes"


class LicenceExpired(NotValid):
    """This licence has expired. Write down the new date it is valid until, then send it."""

    code = "licence-expired"


class ParentYounger(NotValid):
    """The guardian would be younger than a parent can be. Check both birth dates."""

    code = "parent-younger"


class ChildIsGrown(NotValid):
    """This person is an adult, so nobody else can be given the record as a guardian."""

    code = "child-is-grown"


class ReasonMissing(NotValid):
    """Write the reason in a few words; it stays on record."""

    code = "reason-missing"


class CodeUnknown(NotValid):
    """{field}: choose one of the list."""

    code = "code-unknown"
