"""What is said of a checked document: never more than is known, and in words of the record."""

from __future__ import annotations

from dataclasses import replace

from medilink.changed_places import ChangedPlace, What
from medilink.document_check import NOTHING, Checked, Signer, State, Trust
from ui.parts.document_words import places_sentence, state_sentence, what_to_do


def test_a_clinic_nobody_knows_is_not_said_to_be_genuine() -> None:
    own = Checked(State.GENUINE, Signer(Trust.OWN, "Kisumu Clinic"), form="PDF")
    forger = Checked(State.GENUINE, Signer(Trust.UNKNOWN, "Kisumu Clinic"), form="PDF")
    assert state_sentence(own) == "Genuine and unchanged."
    assert "pages" in state_sentence(replace(own, form=""))  # a code from paper
    assert "enuine" not in state_sentence(forger)


def test_a_changed_entry_is_named_as_on_the_pages() -> None:
    places = (
        ChangedPlace(What.ENTRY, "Medication 2025-07-14"),
        ChangedPlace(What.ENTRY, "AllergyIntolerance"),
        ChangedPlace(What.PAGE, "2"),
    )
    told = places_sentence(places)
    assert told == "Where: the entry Medicines 2025-07-14, the entry Allergies, page 2."


def test_whoever_gives_an_ordinary_file_is_told_what_to_give() -> None:
    assert "just as the clinic gave it" in what_to_do(NOTHING)
    assert what_to_do(Checked(State.GENUINE, Signer(Trust.OWN))) == ""
