"""The QR code of a SMART Health Card: `shc:/` in byte mode, the digits after it in numeric mode.

One segment for both would be a byte code half as large again. The standard wants a card to print at
40 × 40 mm, so version 22 is the limit. What was drawn is checked, not hoped for.
"""

from __future__ import annotations

from typing import Any

import segno
from segno.consts import MODE_BYTE, MODE_NUMERIC

from medilink.smart.card_text import PREFIX

LARGEST_CARD_VERSION = 22  # 105 modules: 0.38 mm each at 40 mm
_LEVELS = ("L", "M", "Q", "H")


def make_card_qr(shc_text: str) -> segno.QRCode:
    """The code of a card's text. The level is L, or better where that costs no larger code. Raises
    ValueError for what is no card or does not fit."""
    digits = shc_text.removeprefix(PREFIX)
    if digits == shc_text or not (digits.isascii() and digits.isdigit()):
        raise ValueError("not the text of a health card")
    segments: Any = [(PREFIX, MODE_BYTE), (digits, MODE_NUMERIC)]  # segno's stubs know one only
    try:
        code = segno.make_qr(segments, error="L", boost_error=True)
    except segno.DataOverflowError:
        raise ValueError("too much for one QR code") from None
    if int(code.version) > LARGEST_CARD_VERSION or code.error not in _LEVELS:
        raise ValueError("too much for one QR code")
    return code
