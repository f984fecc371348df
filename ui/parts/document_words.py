"""What a check of a document has found, in plain words."""

from __future__ import annotations

from exports.document import number_text
from medilink.changed_places import ChangedPlace, What
from medilink.choices import SECTION_WORDS
from medilink.document_check import Checked, Signer, State, Trust
from medilink.handing_out import PURPOSE_WORDS
from medilink.records import Section
from ui.parts.person import moment
from ui.words import say

STATE_WORDS = {
    State.GENUINE: "Genuine and unchanged.",
    State.CHANGED: "Changed: this is not what the clinic has signed.",
    State.FORGED: "Not genuine: the signature does not fit.",
    State.RESAVED: (
        "The record inside is genuine, but another program has saved this file again: its pages"
        " and tables cannot be vouched for."
    ),
    State.NO_PROOF: "Nothing in this file was signed by a clinic with MediLink.",
    State.UNKNOWN_KEY: "Signed by a clinic that is not known here.",
}
PLACE_WORDS = {
    What.PAGE: "page {named}",
    What.MEMBER: "the file {named} inside",
    What.ENTRY: "the entry {named}",
    What.PERSON: "whom it is about",
    What.ABOUT: "what it says of itself",
    What.RECORD: "the record inside",
    What.LINE: "line {named}",
    What.FONT: "the letters it is written with",
    What.FRAME: "between its parts",
    What.SEAL: "the seal at its end, or how it begins",
}
# What entries are called in MediLink's own files and in FHIR, by where a reader looks for them.
_PART_OF_KIND = {
    "Alert": Section.ALERTS,
    "Flag": Section.ALERTS,
    "Allergy": Section.ALLERGIES,
    "AllergyIntolerance": Section.ALLERGIES,
    "Condition": Section.CONDITIONS,
    "Medication": Section.MEDICATIONS,
    "MedicationRequest": Section.MEDICATIONS,
    "MedicationStatement": Section.MEDICATIONS,
    "Observation": Section.VITALS,
    "DiagnosticReport": Section.RESULTS,
    "Encounter": Section.VISITS,
    "Immunization": Section.IMMUNISATIONS,
    "Procedure": Section.PROCEDURES,
    "Document": Section.DOCUMENTS,
    "DocumentReference": Section.DOCUMENTS,
    "Profile": Section.PERSON,
    "Contact": Section.CONTACTS,
    "RelatedPerson": Section.CONTACTS,
    "Coverage": Section.INSURANCE,
}


def state_sentence(found: Checked) -> str:
    """Genuine or not. Nothing is called genuine that only says itself whose it is, and a code says
    nothing of the pages it stands on."""
    if found.state is State.GENUINE and not found.vouched:
        return say(
            "Unchanged since it was signed; but whether a clinic you can trust signed it is not"
            " known."
        )
    if found.state is State.GENUINE and not found.form:
        return say(
            "The code is genuine. Whether the pages are what was signed, only the file can show."
        )
    if found.state is State.RESAVED and not found.vouched:
        return say(
            "Another program has saved this file again: its pages and tables cannot be vouched for."
            " Whether a clinic you can trust signed the record inside is not known."
        )
    return say(STATE_WORDS[found.state])


def what_to_do(found: Checked) -> str:
    """With a document that is not simply genuine; empty where nothing is to be done."""
    match found.state:
        case State.CHANGED | State.FORGED:
            return say("Do not rely on it. Ask the clinic for the document again.")
        case State.RESAVED:
            return say(
                "Ask for the file just as the clinic gave it, not printed, scanned or saved again."
            )
        case State.NO_PROOF:
            return say(
                "It may be an ordinary file, or a scan of a paper. Choose the file just as the"
                " clinic gave it, or a photo of the square code on the paper."
            )
    return ""


def signer_sentence(signer: Signer) -> str:
    """Who signed, and what this clinic knows of them."""
    match signer.trust:
        case Trust.OWN:
            return say("Signed by this clinic, {clinic}.", clinic=signer.name)
        case Trust.MEMBER:
            return say("Signed by {clinic}, a clinic of your network.", clinic=signer.name)
        case Trust.REMOVED | Trust.LEFT:
            return say(
                "Signed by {clinic}, which belongs to your network no more since {moment}. Ask the"
                " clinic before you rely on it.",
                clinic=signer.name,
                moment=moment(signer.since or 0),
            )
        case Trust.EXPIRED:
            return say(
                "Signed by {clinic}; its certificate ended {moment}. Exchange news with the"
                " network to learn whether it still belongs.",
                clinic=signer.name,
                moment=moment(signer.since or 0),
            )
    return _unknown(signer)


def _unknown(signer: Signer) -> str:
    if not signer.name:
        return say("This clinic does not know who signed it. Ask for the file itself.")
    return say(
        "The file says it is from {clinic}, which is not known here. Call that clinic, and compare"
        " the six words of its key:",
        clinic=signer.name,
    )


def places_sentence(places: tuple[ChangedPlace, ...]) -> str:
    """Where it was changed."""
    told = [say(PLACE_WORDS[one.what], named=_named(one)) for one in places]
    return say("Where: {list}.", list=", ".join(told))


def _named(place: ChangedPlace) -> str:
    """Entries go by the part of the record they stand in, as on every page."""
    if place.what is not What.ENTRY:
        return place.named
    kind, _, day = place.named.partition(" ")
    part = _PART_OF_KIND.get(kind)
    return " ".join(filter(None, (say(SECTION_WORDS[part]) if part else kind, day)))


def document_facts(found: Checked) -> list[tuple[str, str]]:
    """What is known of the document: label and value."""
    facts = []
    if found.number:
        facts.append((say("Document"), number_text(found.number)))
    if found.purpose:
        facts.append((say("What for"), say(PURPOSE_WORDS[found.purpose])))
    if found.at:
        facts.append((say("Made"), moment(found.at)))
    if found.form:
        facts.append((say("Kind of file"), found.form))
    if found.words:
        facts.append((say("Words of the document"), found.words))
    if found.signer.words:
        facts.append((say("Words of the clinic's key"), found.signer.words))
    return facts
