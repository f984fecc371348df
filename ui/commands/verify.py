"""`python run.py verify FILE …`: is this document genuine, unchanged, and whose is it.

Files MediLink made, or pictures of the code on their paper. No connection and no sign-in is needed:
without an installation that can be opened, the six words of the key are to be compared by hand, or
`--key` names the public key of the clinic that is expected.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from exports.document import number_text
from medilink.acts.check_document import check_document_code, check_document_file, judge_any
from medilink.bundles import Tag
from medilink.document_check import Checked, KnownKeys, State, Trust, judge_code
from medilink.errors import FileUnreadable, MediLinkError
from medilink.proving import container_of, read_issued
from security.node_keys import KEY_BYTES, key_id
from ui.commands.options import FAILED, FINE, config_of, opened_house, parser
from ui.parts.document_words import (
    document_facts,
    places_sentence,
    signer_sentence,
    state_sentence,
    what_to_do,
)
from ui.reading import read_codes

Check = Callable[[bytes], Checked]


def main(argv: list[str]) -> int:
    """0 where every file is genuine, unchanged, and by a clinic that is known (or whose key was
    given); 1 otherwise."""
    options = parser("verify", "Is a document that MediLink made genuine and unchanged?")
    options.add_argument("files", nargs="+", type=Path, metavar="FILE|PICTURE")
    options.add_argument("--key", metavar="HEX", default="", help="the clinic's public key")
    options.add_argument(
        "--alone", action="store_true", help="without this computer's installation and its log"
    )
    options.add_argument("--json", action="store_true")
    given = options.parse_args(argv)
    try:
        check, close = _checker(given)
    except MediLinkError as error:
        print(error.sentence)
        return FAILED
    try:
        return max(_one(path, check, as_json=given.json) for path in given.files)
    finally:
        close()


def _checker(given: argparse.Namespace) -> tuple[Check, Callable[[], None]]:
    """How to check a file's bytes, and what to do after."""
    if given.key or given.alone or not config_of(given).slots_file.is_file():
        known = KnownKeys(_named(given.key), "the clinic with this key", None, _now())
        return lambda raw: _judged(raw, known), lambda: None
    house = opened_house(config_of(given))
    desk = house.system_desk()

    def check(raw: bytes) -> Checked:
        text = _code_in(raw)
        return check_document_code(desk, text) if text else check_document_file(desk, raw)

    return check, house.close


def _named(key: str) -> dict[bytes, bytes]:
    if not key:
        return {}
    try:
        public = bytes.fromhex(key.strip())
    except ValueError:
        public = b""
    if len(public) != KEY_BYTES:
        raise FileUnreadable(why="the key is not 64 characters from 0 to 9 and a to f.")
    return {key_id(public): public}


def _now() -> int:
    return time.time_ns() // 1_000_000


def _judged(raw: bytes, known: KnownKeys) -> Checked:
    text = _code_in(raw)
    return judge_code(*read_issued(text), known) if text else judge_any(raw, known)


def _code_in(raw: bytes) -> str:
    """The text of the code in a picture; empty for a file."""
    if container_of(raw) is not None:
        return ""
    return next((text for text in read_codes(raw) if text.startswith(Tag.ISSUED)), "")


def _one(path: Path, check: Check, *, as_json: bool) -> int:
    try:
        found = check(path.read_bytes())
    except OSError as trouble:
        print(f"{path}: it could not be read: {trouble.strerror}.")
        return FAILED
    except MediLinkError as error:
        print(f"{path}: {error.sentence}")
        return FAILED
    if as_json:
        print(json.dumps({"file": str(path), **_as_json(found)}, ensure_ascii=False))
    else:
        _say(path, found)
    return FINE if found.sound else FAILED


def _say(path: Path, found: Checked) -> None:
    print(f"{path}: {state_sentence(found)}")
    if found.state is State.CHANGED:
        print(f"  {places_sentence(found.changed)}")
    if advice := what_to_do(found):
        print(f"  {advice}")
    if found.state in (State.FORGED, State.NO_PROOF):
        return
    print(f"  {signer_sentence(found.signer)}")
    for label, value in document_facts(found):
        print(f"  {label}: {value}")
    if found.signer.trust is Trust.UNKNOWN and found.signer.words:
        print("  Only the file itself names this key: compare its words with the clinic's.")


def _as_json(found: Checked) -> dict[str, object]:
    return {
        "state": found.state.value,
        "sound": found.sound,
        "clinic": found.signer.name,
        "trust": found.signer.trust.value,
        "key_words": found.signer.words,
        "document": number_text(found.number) if found.number else "",
        "purpose": found.purpose.value if found.purpose else "",
        "made_at": found.at,
        "kind": found.form,
        "document_words": found.words,
        "changed": [[one.what.value, one.named] for one in found.changed],
    }
