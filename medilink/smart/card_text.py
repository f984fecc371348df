"""How a signed card travels as text: the `shc:/` digits of a QR code, several codes, or a file.

HL7 SMART Health Cards, "Encoding QRs": each character of the JWS is two digits, its code less 45
(the code of "-", the lowest that occurs). Cards in several codes are deprecated since 2022: they
are read, never made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

PREFIX = "shc:/"
FILE_ENDING = ".smart-health-card"
FILE_TYPE = "application/smart-health-card"
LONGEST_IN_ONE_CODE = 1195  # characters of JWS in a version 22 QR at level L
LONGEST_IN_ONE_OF_SEVERAL = 1191
MOST_CODES = 99  # more would hold more than any card ever published
MOST_CARDS_IN_FILE = 100
LARGEST_FILE_BYTES = 2 * 1024 * 1024

_LOWEST = 45
_HIGHEST = 122 - _LOWEST  # "z"
_WHOLE = re.compile(r"shc:/([0-9]+)")
_CHUNK = re.compile(r"shc:/([0-9]{1,3})/([0-9]{1,3})/([0-9]+)")


class CardTextWrong(Exception):
    """A text is not a card. `rule` names what is broken."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


def card_digits(jws: str) -> str:
    """A JWS as the digits of a QR code, without the prefix."""
    return "".join(f"{ord(letter) - _LOWEST:02d}" for letter in jws)


def card_text(jws: str) -> str:
    """A JWS as the text of one QR code. ValueError for one that is too long for it."""
    if len(jws) > LONGEST_IN_ONE_CODE:
        raise ValueError("too much for one QR code")
    return PREFIX + card_digits(jws)


def looks_like_card(text: str) -> bool:
    """Whether a scanned text wants to be a card, or one code of several."""
    return text.lstrip()[:4].lower() == "shc:"


def place_among_codes(text: str) -> tuple[int, int]:
    """(which, of how many) a scanned code is; (1, 1) for a whole card. Raises CardTextWrong."""
    found = _CHUNK.fullmatch(text)
    if found is None:
        if not _WHOLE.fullmatch(text):
            raise CardTextWrong("qr-form")
        return 1, 1
    which, of = int(found[1]), int(found[2])
    if not 1 <= which <= of <= MOST_CODES:
        raise CardTextWrong("qr-chunk-number")
    return which, of


def jws_of_codes(texts: Sequence[str]) -> str:
    """The JWS of all codes of a card, in any order. Raises CardTextWrong.

    A card that would have fitted in one code was split against the rules: whoever did so could
    hide that a part is missing.
    """
    places = [place_among_codes(text) for text in texts]
    whole = len(texts) == 1 and _WHOLE.fullmatch(texts[0])
    if whole:
        return _letters(whole[1])
    count = places[0][1] if places else 0
    if any(of != count for _, of in places) or len(set(places)) != len(places):
        raise CardTextWrong("qr-chunk-number")
    if count == 1:
        raise CardTextWrong("qr-chunk-needless")
    if len(places) != count:
        raise CardTextWrong("qr-chunk-missing")
    pieces = [
        _letters(text.rpartition("/")[2]) for _, text in sorted(zip(places, texts, strict=True))
    ]
    if any(len(piece) > LONGEST_IN_ONE_OF_SEVERAL for piece in pieces):
        raise CardTextWrong("qr-chunk-too-long")
    jws = "".join(pieces)
    if len(jws) <= LONGEST_IN_ONE_CODE:
        raise CardTextWrong("qr-chunk-needless")
    return jws


def _letters(digits: str) -> str:
    if len(digits) % 2:
        raise CardTextWrong("qr-odd")
    values = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    if any(value > _HIGHEST for value in values):
        raise CardTextWrong("qr-number")
    return "".join(chr(value + _LOWEST) for value in values)


# ---- files


def card_file(cards: Sequence[str]) -> bytes:
    """The content of a `.smart-health-card` file."""
    return json.dumps({"verifiableCredential": list(cards)}, separators=(",", ":")).encode()


def cards_of_file(data: bytes) -> list[str]:
    """Every JWS in a `.smart-health-card` file, or in the FHIR Parameters of an issuer's
    $health-cards-issue. Raises CardTextWrong("file")."""
    try:
        content = json.loads(data.decode("utf-8")) if len(data) <= LARGEST_FILE_BYTES else None
    except (ValueError, RecursionError):
        raise CardTextWrong("file") from None
    found = _cards_in(content) if isinstance(content, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_CARDS_IN_FILE:
        raise CardTextWrong("file")
    if not all(isinstance(card, str) for card in found):
        raise CardTextWrong("file")
    return found


def _cards_in(content: dict[str, object]) -> object:
    parameters = content.get("parameter")
    if content.get("resourceType") != "Parameters" or not isinstance(parameters, list):
        return content.get("verifiableCredential")
    named = [p for p in parameters if isinstance(p, dict)]
    return [p.get("valueString") for p in named if p.get("name") == "verifiableCredential"]
