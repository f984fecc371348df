"""Many codes in a row that carry what one cannot: RaptorQ frames (RFC 6330), docs/formats/mlf.md.

Whoever has caught as many different frames as there are pieces has it all, whichever they were.
Frames prove nothing: the content must carry its own proof (it is sealed before it comes here).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import base45
import raptorq

TAG = "MLF:"
VERSION = 1
MOST_BYTES = 8 * 1024 * 1024
MOST_PIECES = 8_192  # of one transfer: a quarter of an hour at 10 a second
SMALLEST_SYMBOL = 64
ALIGNMENT = 8  # RFC 6330 4.3: a symbol is a multiple of it
LONGEST_TEXT = 4_296  # characters of the largest alphanumeric QR
HEAD_BYTES, PAYLOAD_ID_BYTES = 9, 4
BLOCKS = 1  # source blocks: one holds 56,403 symbols (RFC 6330 5.1.2)
# Frames taken at most for each piece. One more than there are pieces suffices but once in 65,536.
MORE_THAN_NEEDED = 2
OTHERS_UNTIL_ANEW = 30  # frames of one other transfer in a row: three seconds of it
MOST_STILL = 8  # codes that are shown standing still, by number: two sheets of paper

# Symbols that fill a QR with the tag and base45, level L: version → bytes
SYMBOL_BY_VERSION = {10: 240, 15: 488, 20: 816, 25: 1216, 30: 1664}


def make_frames(content: bytes, symbol: int, *, spare: float = 1.0) -> list[str]:
    """The texts of all frames, `symbol` bytes of the content in each; `spare` times as many again
    are there for those that are missed. They are shown in a loop. The first of them are the pieces
    in their order: all of these are the whole.

    Raises ValueError for more than 8 MiB, an empty content or a symbol that does not fit.
    """
    pieces = -(-len(content) // symbol)
    fits = content and len(content) <= MOST_BYTES and pieces <= MOST_PIECES
    if not fits or symbol < SMALLEST_SYMBOL or symbol % ALIGNMENT:
        raise ValueError("this cannot be shown as frames")
    padded = content + _padding(content, pieces * symbol - len(content))
    encoder = raptorq.Encoder.with_defaults(padded, symbol)
    head = bytes([VERSION]) + transfer_id(content) + len(content).to_bytes(4, "big")
    packets = encoder.get_encoded_packets(round(pieces * spare))
    return [TAG + base45.b45encode(head + packet).decode() for packet in packets]


def transfer_id(content: bytes) -> bytes:
    """The four bytes that tell transfers apart."""
    return hashlib.sha256(content).digest()[:4]


def _padding(content: bytes, size: int) -> bytes:
    """What fills the last piece. Zeros would make its code smaller: the picture would jump."""
    return hashlib.shake_256(content).digest(size)


# ---- catching


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer has come. `taken`: the last frame was a new one of it. `missing`: which of
    the first codes, counted from 1, have not been seen; empty where there are more than
    MOST_STILL, and once it is whole."""

    got: int
    needed: int
    taken: bool = False
    missing: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(self.got / self.needed, 1.0) if self.needed else 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, checked as far as it can be alone."""

    transfer: bytes
    length: int
    packet: bytes

    @property
    def symbol(self) -> int:
        """Bytes of the content in it."""
        return len(self.packet) - PAYLOAD_ID_BYTES

    @property
    def pieces(self) -> int:
        """How many symbols the content has."""
        return -(-self.length // self.symbol)

    @property
    def payload_id(self) -> bytes:
        """Which symbol it is: source block and number in it (RFC 6330 3.2)."""
        return self.packet[:PAYLOAD_ID_BYTES]


def read_frame(text: str) -> Frame | None:
    """The frame in a text; None for anything else. Of its payload id only the source block can be
    out of range: any number of a symbol in it may be."""
    if not text.startswith(TAG) or len(text) > LONGEST_TEXT:
        return None
    try:
        body = base45.b45decode(text.removeprefix(TAG))
    except ValueError:
        return None
    if len(body) < HEAD_BYTES + PAYLOAD_ID_BYTES + SMALLEST_SYMBOL:
        return None
    if body[0] != VERSION or body[HEAD_BYTES] >= BLOCKS:
        return None
    frame = Frame(body[1:5], int.from_bytes(body[5:9], "big"), body[HEAD_BYTES:])
    fits = 0 < frame.length <= MOST_BYTES and not frame.symbol % ALIGNMENT
    return frame if fits and frame.pieces <= MOST_PIECES else None


class Catcher:
    """Puts one transfer together from the texts a camera reads, in any order.

    A frame is looked at before the decoder sees it, whose Rust code panics on a bad one. Another
    transfer is begun only after `reset`, or when for 30 frames nothing of the first came.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._first: Frame | None = None
        self._decoder: raptorq.Decoder | None = None
        self._seen: set[bytes] = set()
        self._other: bytes = b""
        self._others = 0
        self.content: bytes | None = None

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._progress(taken=False)

    def take(self, text: str) -> Progress:
        """Look at one text. Once `content` is there, the transfer is whole."""
        frame = read_frame(text)
        if frame is None or not self._is_ours(frame):
            return self.progress
        assert self._first is not None  # noqa: S101 set by _is_ours
        if frame.payload_id in self._seen or self.content is not None:
            return self.progress
        if len(self._seen) >= MORE_THAN_NEEDED * self._first.pieces + 16:
            self.reset()  # that many different frames make a whole, unless somebody made them up
            return self.progress
        self._seen.add(frame.payload_id)
        self._decode(frame)
        return self._progress(taken=self._first is not None)

    def _progress(self, *, taken: bool) -> Progress:
        if self._first is None:
            return Progress(0, 0)
        needed = self._first.pieces
        got = needed if self.content is not None else min(len(self._seen), needed)
        return Progress(got, needed, taken, self._missing(needed))

    def _missing(self, needed: int) -> tuple[int, ...]:
        """A payload id is the source block, of which there is one, and the number in it."""
        if needed > MOST_STILL or self.content is not None:
            return ()
        ids = enumerate((at.to_bytes(PAYLOAD_ID_BYTES, "big") for at in range(needed)), start=1)
        return tuple(number for number, payload_id in ids if payload_id not in self._seen)

    def _is_ours(self, frame: Frame) -> bool:
        """Whether it belongs to the transfer that is being caught; the first one begins it."""
        first = self._first
        if first is None:
            self._begin(frame)
            return True
        if frame.transfer == first.transfer:
            self._others = 0
            return (frame.length, frame.symbol) == (first.length, first.symbol)
        self._others = self._others + 1 if frame.transfer == self._other else 1
        self._other = frame.transfer
        if self._others < OTHERS_UNTIL_ANEW:
            return False
        self.reset()
        self._begin(frame)
        return True

    def _begin(self, frame: Frame) -> None:
        self._first = frame
        padded = frame.pieces * frame.symbol
        self._decoder = raptorq.Decoder.with_defaults(padded, frame.symbol)

    def _decode(self, frame: Frame) -> None:
        assert self._decoder is not None  # noqa: S101 made with the first frame
        try:
            whole = self._decoder.decode(frame.packet)
        except BaseException as trouble:
            if type(trouble).__name__ == "PanicException":  # Rust's, which no module names
                self.reset()
                return
            raise
        if whole is not None:
            self._finish(whole)

    def _finish(self, whole: bytes) -> None:
        """Believe it as far as four bytes of its hash go; else all was for nothing."""
        assert self._first is not None  # noqa: S101 set with the first frame
        content = whole[: self._first.length]
        if transfer_id(content) != self._first.transfer:
            self.reset()
            return
        self.content, self._decoder = content, None
