"""How the papers of a record are called as files: names that are safe on every system."""

from __future__ import annotations

import unicodedata

from medilink.attachments import JPEG, PDF
from medilink.handing_out import HandedOut

FOLDER = "documents"
_ENDINGS = {JPEG: "jpg", "image/png": "png", PDF: "pdf"}
_UNKNOWN = "bin"
_LONGEST = 60  # bytes: with folder and number still far under what any file system takes


def papers(handed: HandedOut) -> dict[bytes, str]:
    """uid → path, for every document of a record whose bytes are here, and for the photo."""
    found: dict[bytes, str] = {}
    held = (one for one in handed.record.documents if one.uid in handed.bodies)
    for number, one in enumerate(held, start=1):
        name = f"{number:03d} {safe_name(one.title)}".rstrip()
        found[one.uid] = f"{FOLDER}/{name}.{_ENDINGS.get(one.media, _UNKNOWN)}"
    photos = {profile.photo for profile in handed.record.profiles}
    shown = (uid for uid in handed.bodies if uid.hex() in photos and uid not in found)
    for number, uid in enumerate(shown, start=1):
        found[uid] = f"{FOLDER}/photo {number}.jpg"
    return found


def safe_name(title: str) -> str:
    """Letters and digits of any script; everything else is a space. So no name leaves its folder,
    and none turns around what is read (U+202E)."""
    kept = "".join(
        c if unicodedata.category(c)[0] in "LMN" else " "
        for c in unicodedata.normalize("NFC", title[:500])
    )
    return " ".join(kept.split()).encode()[:_LONGEST].decode("utf-8", "ignore").strip()
