"""Is an old receipt still true of a clinic's log? This one file answers it without MediLink.

    python check_log.py FILE --receipt "MLT:..."

FILE is a proof or the whole log, as the clinic gives it out (`python run.py audit export`); a
receipt is what a patient took home, as the text of its QR code. Needs Python 3.11 and the package
`cryptography`, nothing else.

The tree is that of RFC 9162 section 2.1 with SHA-256; its leaves are the hashes that chain the
entries. Receipts and heads are COSE_Sign1 (RFC 9052) with Ed25519 in base45 (RFC 9285). The format
is written down in docs/formats/log.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = hashlib.sha256(b"MediLink audit log, version 1").digest()
RECEIPT_TAG = "MLT:"
FORMAT = "medilink log 1"
HEAD_NUMBER, RECEIPT_NUMBER = 20, 21
KEY_ID_BYTES, HASH_BYTES = 8, 32


class Doubtful(Exception):
    """Something does not fit. The message says what, in a sentence."""


# ---- the tree (RFC 9162 section 2.1)


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf (2.1.1)."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what joins two subtrees (2.1.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """A tree that grows leaf by leaf and keeps only what its root needs: the roots of its complete
    subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf hash."""
        size, complete = self.size, self._complete
        while size & 1:
            leaf = hashlib.sha256(b"\1" + complete.pop() + leaf).digest()
            size >>= 1
        complete.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of the tree so far; of an empty one, the hash of nothing."""
        if not self._complete:
            return hashlib.sha256().digest()
        return self._joined(self._complete[-1], self._complete[:-1])

    def root_with(self, rest: bytes) -> bytes:
        """The root with one more subtree at the end, smaller than any leaf's own."""
        return self._joined(rest, self._complete)

    @staticmethod
    def _joined(found: bytes, before: Sequence[bytes]) -> bytes:
        for left in reversed(before):
            found = node_hash(left, found)
        return found


class _Climb:
    """The way from a leaf up to the root, with the side each step of a proof stands on."""

    def __init__(self, place: int, last: int) -> None:
        self.place, self.last = place, last

    def up(self) -> None:
        self.place, self.last = self.place >> 1, self.last >> 1

    def step_is_left(self) -> bool:
        if self.last == 0:
            raise Doubtful("The proof is longer than it can be.")
        left = bool(self.place & 1) or self.place == self.last
        while left and self.place and not self.place & 1:
            self.up()
        self.up()
        return left

    def arrive(self) -> None:
        if self.last:
            raise Doubtful("The proof is shorter than it must be.")


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root a path leads to from the leaf at `index`, counted from 0 (2.1.3.2). Raises Doubtful
    for a path of the wrong length."""
    if not 0 <= index < size:
        raise Doubtful("The receipt names an entry after the end of the log it speaks of.")
    way, found = _Climb(index, size - 1), leaf
    for step in path:
        found = node_hash(step, found) if way.step_is_left() else node_hash(found, step)
    way.arrive()
    return found


def check_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Whether the tree of `new` leaves began as the one of `old` (2.1.4.2). Raises Doubtful."""
    if not 0 < old <= new:
        raise Doubtful("The log is shorter than the receipt says it was.")
    whole = old == new or not old & (old - 1)  # the old tree is a subtree of the new one
    steps = [old_root, *path] if whole else list(path)
    if not steps:
        raise Doubtful("The proof is shorter than it must be.")
    way = _Climb(old - 1, new - 1)
    while way.place & 1 or (whole and way.place):
        way.up()
    was = now = steps[0]
    for step in steps[1:]:
        if way.step_is_left():
            was, now = node_hash(step, was), node_hash(step, now)
        else:
            now = node_hash(now, step)
    way.arrive()
    if was != old_root or now != new_root:
        raise Doubtful("The log was rewritten after the receipt was given.")


# ---- one entry

_FIXED = struct.Struct(">QqqqHHHHH")
_NOBODY = -1


def entry_hash(before: bytes, entry: dict[str, Any]) -> bytes:
    """The hash that chains an entry to the one before it."""
    texts = [entry[name].encode() for name in ("act", "outcome", "method", "sections", "why")]
    numbers = [_NOBODY if entry[name] is None else entry[name] for name in ("account", "patient")]
    fixed = _FIXED.pack(entry["seq"], entry["at"], *numbers, *map(len, texts))
    whole = b"".join((before, fixed, *texts, bytes.fromhex(entry["commitment"])))
    return hashlib.sha256(whole).digest()


def check_detail(entry: dict[str, Any]) -> None:
    """Whether the personal detail, where it is given, is the one committed to. Raises Doubtful."""
    if not entry.get("detail"):
        return
    said = bytes.fromhex(entry.get("salt") or "") + entry["detail"].encode()
    if hashlib.sha256(said).hexdigest() != entry["commitment"]:
        raise Doubtful(f"The personal detail of entry {entry['seq']} was changed.")


# ---- what is signed


class Signed(NamedTuple):
    """A head (`seq` and `entry` empty) or a receipt, as it was signed. `at`: ms UTC."""

    signer: bytes
    log: bytes
    size: int
    root: bytes
    at: int
    seq: int
    entry: bytes
    proven: tuple[bytes, bytes]


def read_receipt(text: str) -> Signed:
    """A receipt from the text of its code. Raises Doubtful."""
    if not text.startswith(RECEIPT_TAG):
        raise Doubtful("This is no receipt of a log.")
    return read_signed(_base45(text[len(RECEIPT_TAG) :]))


def read_signed(raw: bytes) -> Signed:
    """A signed head or receipt; the signature is not checked yet. Raises Doubtful."""
    try:
        protected, unprotected, payload, signature = _cbor_whole(raw)
        header, fields = _cbor_whole(protected), _cbor_whole(payload)
        kind, *rest = fields
        if unprotected != {} or header[1] != -8:
            raise ValueError
        if kind == HEAD_NUMBER:
            log, size, root, entry, at = rest[:5]
            seq = size
        elif kind == RECEIPT_NUMBER:
            log, size, root, at, seq, entry = rest[:6]
        else:
            raise ValueError
        signer = header[4]
        for number in (size, at, seq):
            if type(number) is not int:
                raise ValueError
        if (len(signer), len(log), len(root), len(entry)) != (8, 8, 32, 32):
            raise ValueError
        proven = (_to_be_signed(protected, payload), signature)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as trouble:
        raise Doubtful("The receipt is damaged.") from trouble
    return Signed(signer, log, size, root, at, seq, entry, proven)


def check_signer(said: Signed, keys: Iterable[bytes]) -> None:
    """Whether one of these public keys signed it. Raises Doubtful."""
    for public in keys:
        if hashlib.sha256(public).digest()[:KEY_ID_BYTES] != said.signer:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(said.proven[1], said.proven[0])
        except (InvalidSignature, ValueError) as trouble:
            raise Doubtful("The signature is wrong: the receipt was changed.") from trouble
        return
    raise Doubtful("The receipt is from another clinic, or of a key that is not given here.")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The CBOR of ["Signature1", protected, b"", payload] (RFC 9052 section 4.4)."""

    def string(raw: bytes) -> bytes:
        head = bytes([0x40 | len(raw)]) if len(raw) < 24 else b"\x59" + len(raw).to_bytes(2)
        return (b"\x58" + bytes([len(raw)]) if 24 <= len(raw) < 256 else head) + raw

    return b"\x84\x6aSignature1" + string(protected) + b"\x40" + string(payload)


_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _base45(text: str) -> bytes:
    out = bytearray()
    try:
        numbers = [_ALPHABET.index(letter) for letter in text]
        for start in range(0, len(numbers), 3):
            three = numbers[start : start + 3]
            value = sum(digit * 45**place for place, digit in enumerate(three))
            out += value.to_bytes(len(three) - 1)
            if len(three) == 1:
                raise ValueError
    except (ValueError, OverflowError) as trouble:
        raise Doubtful("The receipt is damaged.") from trouble
    return bytes(out)


def _cbor_whole(raw: bytes) -> Any:
    found, end = _cbor(raw, 0)
    if end != len(raw):
        raise ValueError
    return found


def _cbor(raw: bytes, at: int, depth: int = 8) -> tuple[Any, int]:
    """One CBOR item (RFC 8949) of the few kinds that occur; a tag is passed over."""
    if not depth:
        raise ValueError
    major, number, at = _cbor_head(raw, at)
    if major < 2:
        return (-1 - number if major else number), at
    if major < 4:
        body = raw[at : at + number]
        if len(body) != number:
            raise ValueError
        return (body if major == 2 else body.decode()), at + number
    if major == 6:
        return _cbor(raw, at, depth - 1)
    items = []
    for _ in range(number * (major - 3)):
        item, at = _cbor(raw, at, depth - 1)
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2], strict=True))), at


def _cbor_head(raw: bytes, at: int) -> tuple[int, int, int]:
    major, code = raw[at] >> 5, raw[at] & 31
    width = 1 << (code - 24) if code >= 24 else 0
    end = at + 1 + width
    if code > 27 or major > 6 or end > len(raw):
        raise ValueError
    number = int.from_bytes(raw[at + 1 : end]) if width else code
    if major in (4, 5) and number > 64:
        raise ValueError
    return major, number, end


# ---- the two files a clinic gives out


def check_file(lines: Iterator[str], receipts: Sequence[str]) -> list[str]:
    """What is true of a file and these receipts, in sentences. Raises Doubtful for the first thing
    that is not."""
    try:
        head = json.loads(next(lines))
        if head["format"] != FORMAT:
            raise Doubtful("This file is not a log MediLink gave out, or of a newer one.")
        keys = [bytes.fromhex(key) for key in head["keys"]]
        newest = read_signed(bytes.fromhex(head["head"]))
        check_signer(newest, keys)
        if head.get("proofs") is not None:
            return _check_proofs(head, newest, keys, receipts)
        return _check_log(lines, newest, keys, receipts)
    except (StopIteration, ValueError, KeyError, TypeError, struct.error) as trouble:
        raise Doubtful("This file is damaged.") from trouble


def _check_proofs(
    head: dict[str, Any], newest: Signed, keys: list[bytes], receipts: Sequence[str]
) -> list[str]:
    said = [f"The log stood at {newest.size} entries when this proof was made."]
    proofs = {proof["receipt"]: proof for proof in head["proofs"]}
    for text in receipts or proofs:
        receipt = _genuine(text, newest, keys)
        proof = proofs.get(text)
        if proof is None:
            raise Doubtful("This file proves nothing about that receipt.")
        path, entry = [bytes.fromhex(step) for step in proof["inclusion"]], proof.get("entry")
        leaf = leaf_hash(receipt.entry)
        if root_from_inclusion(leaf, receipt.seq - 1, receipt.size, path) != receipt.root:
            raise Doubtful("The entry of the receipt is not in the log the receipt speaks of.")
        grown = [bytes.fromhex(step) for step in proof["consistency"]]
        check_consistency(receipt.size, receipt.root, newest.size, newest.root, grown)
        said.append(_kept(receipt))
        if entry:
            if entry_hash(bytes.fromhex(proof["before"]), entry) != receipt.entry:
                raise Doubtful(f"Entry {receipt.seq} was changed.")
            check_detail(entry)
            said.append(f"Entry {entry['seq']} says: {entry['act']}, {entry['outcome']}.")
    return said


def _check_log(
    lines: Iterator[str], newest: Signed, keys: list[bytes], receipts: Sequence[str]
) -> list[str]:
    wanted = [_genuine(text, newest, keys) for text in receipts]
    roots: dict[int, bytes] = dict.fromkeys([newest.size, *(one.size for one in wanted)], b"")
    hashes: dict[int, bytes] = dict.fromkeys((one.seq for one in wanted), b"")
    tree, before = Frontier(), GENESIS
    for line in lines:
        before = _chained(json.loads(line), tree.size + 1, before)
        tree.add(leaf_hash(before))
        if tree.size in roots:
            roots[tree.size] = tree.root
        if tree.size in hashes:
            hashes[tree.size] = before
    if tree.size != newest.size:
        raise Doubtful(f"The clinic has signed for {newest.size} entries; here are {tree.size}.")
    if roots[newest.size] != newest.root:
        raise Doubtful("The entries are not those the clinic has signed for.")
    for one in wanted:
        if roots[one.size] != one.root or hashes[one.seq] != one.entry:
            raise Doubtful("The log was rewritten after the receipt was given.")
    return [f"{tree.size} entries, none changed or missing.", *map(_kept, wanted)]


def _chained(entry: dict[str, Any], seq: int, before: bytes) -> bytes:
    """The hash of the next entry. Raises Doubtful where it does not fit."""
    if entry["seq"] != seq:
        raise Doubtful(f"Entry {seq} is missing.")
    check_detail(entry)
    found = entry_hash(before, entry)
    if found.hex() != entry["hash"]:
        raise Doubtful(f"Entry {seq} was changed, or one before it was removed.")
    return found


def _genuine(text: str, newest: Signed, keys: list[bytes]) -> Signed:
    receipt = read_receipt(text.strip())
    check_signer(receipt, keys)
    if receipt.log != newest.log:
        raise Doubtful("The receipt is of another log.")
    if receipt.size > newest.size:
        raise Doubtful("The log is shorter than it was when the receipt was given.")
    return receipt


def _kept(receipt: Signed) -> str:
    return (
        f"Receipt of entry {receipt.seq}: signed by the key {receipt.signer.hex()}, and the log"
        f" still begins with the {receipt.size} entries it had then."
    )


def main(given: list[str] | None = None) -> int:
    """0 when everything fits, 1 when something does not."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("file", type=Path)
    options.add_argument("--receipt", action="append", default=[], metavar="TEXT")
    chosen = options.parse_args(given)
    try:
        with chosen.file.open(encoding="utf-8") as lines:
            for sentence in check_file(lines, chosen.receipt):
                print(sentence)
    except (Doubtful, OSError, UnicodeDecodeError) as trouble:
        print(f"NOT PROVEN. {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
