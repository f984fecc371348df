"""What a document says of itself, and how it is checked, as lines of text."""

from __future__ import annotations

from exports.document import ClinicalDocument, Proof
from exports.rows import sections_said, when_text
from exports.wording import Wording
from medilink.handing_out import PURPOSE_WORDS


def facts_of(document: ClinicalDocument, words: Wording) -> list[tuple[str, str]]:
    """Whom it is about, what it covers, who made it; each fact under its heading."""
    say, asked = words.say, document.asked
    facts = [
        (say("Patient"), document.patient.details.full_name),
        (say("MediLink ID"), document.patient.medilink_id),
        (say("Made for"), say(PURPOSE_WORDS[asked.purpose])),
        (say("Holds"), sections_said(document.record.sections, words)),
        (say("From (UTC)"), when_text(asked.since)),
        (say("Before (UTC)"), when_text(asked.until)),
        (say("Clinic"), document.handed.clinic),
        (say("Made by"), document.author),
        (say("Licence"), document.standing),
        (say("Made on (UTC)"), when_text(document.handed.made_at)),
        (say("Document number"), document.called),
    ]
    return [(heading, told) for heading, told in facts if told]


def checking_lines(document: ClinicalDocument, proof: Proof, words: Wording) -> list[str]:
    """How somebody finds out whether it was changed."""
    say = words.say
    return [
        say(
            "To check it: at any clinic with MediLink, choose Check a document and give this file."
        ),
        f"{say('Document number')}: {document.called}",
        f"{say('Words of the document')}: {proof.document_words}",
        f"{say('Words of the key')}: {proof.key_words}",
        say("All times are in UTC (Greenwich)."),
    ]
