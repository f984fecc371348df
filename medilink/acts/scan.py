"""What a provider has scanned, typed or picked: find out what it is and do what follows.

One door for everything: six digits, a code of this clinic, a saved code or card of another one, a
visit that comes home, a consent receipt, a health card of anybody. A receipt of the log and the
code on a document may be scanned by anyone who is signed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.cards import ShownCard, judge_shown_card
from medilink.acts.check_document import check_document_code
from medilink.acts.coming_home import TakenIn, take_return
from medilink.acts.log_proof import CheckedReceipt
from medilink.acts.log_proof import check_receipt as check_log_receipt
from medilink.acts.network import own_ids
from medilink.acts.open_offer import open_offer
from medilink.acts.receipts import Receipt, check_receipt
from medilink.acts.receive import open_own_offer, open_share
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Method
from medilink.bundles import Tag, from_text, tag_of
from medilink.desk import Desk
from medilink.document_check import Checked
from medilink.errors import (
    AnswerNotAwaited,
    IsForThePatient,
    IsNews,
    OfferTooNew,
    OfferUnreadable,
    QrNotOurs,
)
from medilink.log_receipts import read_line
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.smart.card_text import looks_like_card
from medilink.visiting import Mode
from security.envelope import Head, NotAnEnvelope, read_envelope
from security.node_keys import SHORT_ID_BYTES

LONGEST_CARD_TEXT = 50_000  # characters: a card in a dozen codes
LONGEST_SCANNED = 12_000_000  # characters: a whole record as a file


@dataclass(frozen=True, slots=True)
class Scanned:
    """What it was: a patient of this clinic, what one of another shares (under the key it is kept
    by), or one of the rest."""

    patient: PatientId | None = None
    visiting: bytes | None = None
    taken: TakenIn | None = None
    card: ShownCard | None = None
    receipt: Receipt | None = None
    log_receipt: CheckedReceipt | None = None
    document: Checked | None = None


def take_scanned(desk: Desk, text: str, digits: str = "") -> Scanned:
    """Open what was scanned. `digits`: the patient's six, once they were asked for.

    Raises OfferNeedsCode where they are missing, and the Refused that says why not; every refusal
    is in the log.
    """
    text = text.strip()
    if tag_of(text) is Tag.LOG_RECEIPT or read_line(text):
        return Scanned(log_receipt=check_log_receipt(desk, text))
    if tag_of(text) is Tag.ISSUED:
        return Scanned(document=check_document_code(desk, text))
    return _taken(desk, text, digits)


def _taken(desk: Desk, text: str, digits: str) -> Scanned:
    check_task(desk, Task.SCAN, Act.REDEEM)
    if looks_like_card(text):
        if len(text) > LONGEST_CARD_TEXT:
            _refuse(desk, QrNotOurs())
        return Scanned(card=judge_shown_card(desk, text.split()))
    match tag_of(text):
        case Tag.SEALED:
            return _sealed(desk, text, digits)
        case Tag.RECEIPT:
            return Scanned(receipt=check_receipt(desk, text))
        case Tag.ASK:
            _refuse(desk, IsForThePatient())
        case Tag.SAID | Tag.NEWS:
            _refuse(desk, IsNews())
        case Tag.FRAME:
            _refuse(desk, OfferUnreadable())
    return Scanned(patient=open_share(desk, text))


def _sealed(desk: Desk, text: str, digits: str) -> Scanned:
    head = _head(desk, text)
    match head.mode:
        case Mode.NEWS:
            _refuse(desk, IsNews())
        case Mode.ANSWER | Mode.WHOLE:
            _refuse(desk, AnswerNotAwaited())
        case Mode.RETURN:
            return Scanned(taken=take_return(desk, text))
    own = head.issuer in {one[:SHORT_ID_BYTES] for one in own_ids(desk)}
    if own and head.mode == Mode.OFFER:
        return Scanned(patient=open_own_offer(desk, head.share, digits))
    return Scanned(visiting=open_offer(desk, text, digits).key)


def _head(desk: Desk, text: str) -> Head:
    with refusals_logged(desk, Act.REDEEM, method=Method.QR):
        if len(text) > LONGEST_SCANNED:
            raise QrNotOurs
        try:
            return read_envelope(from_text(Tag.SEALED, text)).head
        except NotAnEnvelope as trouble:
            raise (OfferTooNew if trouble.newer else OfferUnreadable) from trouble


def _refuse(desk: Desk, why: Exception) -> None:
    with refusals_logged(desk, Act.REDEEM, method=Method.QR):
        raise why
