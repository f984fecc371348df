"""Texts as small numbers: whatever it is, the same text comes back; hostile values are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.carrying.cbor import read_cbor, write_cbor
from medilink.carrying.small_numbers import (
    birth_in,
    birth_out,
    day_in,
    day_of,
    day_out,
    id_in,
    id_out,
    phone_in,
    phone_out,
    value_in,
    value_out,
)
from medilink.days import date_text, day_as_time
from medilink.errors import PayloadUnreadable
from medilink.people import make_medilink_id

PAIRS: list[tuple[Callable[[str], Any], Callable[[Any], str]]] = [
    (birth_in, birth_out),
    (phone_in, phone_out),
    (id_in, id_out),
    (value_in, value_out),
]
told = (
    st.text(max_size=12)
    | st.text("0123456789+-.", max_size=14)
    | st.dates().map(str)
    | st.dates().map(lambda day: str(day)[:7])
    | st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.from_regex(r"ML-[0-9A-Z]{4}-[0-9A-Z]{4}", fullmatch=True)
)


@given(told)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    for small, out in PAIRS:
        assert out(read_cbor(write_cbor(small(text)))) == text


@given(st.none() | st.integers() | st.floats() | st.binary(max_size=6) | st.booleans())
def test_any_other_value_is_read_or_refused(value: object) -> None:
    for _, out in PAIRS:
        try:
            assert isinstance(out(value), str)
        except PayloadUnreadable:
            continue


@pytest.mark.parametrize(
    ("small", "text"),
    [
        (birth_in, "1984-05-23"), (birth_in, "1984-05"), (birth_in, "1984"),
        (phone_in, "+254712345678"), (value_in, "37.10"), (value_in, "0.5"), (value_in, "-1.25"),
    ],
)  # fmt: skip
def test_usual_texts_become_numbers(small: Callable[[str], Any], text: str) -> None:
    assert isinstance(small(text), int)


@given(
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=3, max_size=3), st.integers(0, 2**20 - 1)
)
def test_a_medilink_id_becomes_five_bytes(node: str, number: int) -> None:
    medilink_id = make_medilink_id(node, number)
    assert len(id_in(medilink_id)) == 5
    assert id_out(id_in(medilink_id)) == medilink_id


@given(
    st.dates(date(1700, 1, 1), date(2200, 1, 1)), st.sampled_from([4, 7, 10]), st.integers(0, 9999)
)
def test_a_day_stays_as_exact_as_it_was(day: date, length: int, after: int) -> None:
    at = day_as_time(str(day)[:length])
    newest = day_of(at) + after
    assert day_out(day_in(at, newest), newest) == at


@given(st.integers(-(1 << 50), 1 << 50))
def test_a_moment_with_an_hour_becomes_its_day(at: int) -> None:
    kept = day_out(day_in(at, day_of(at)), day_of(at))
    assert day_of(kept) == day_of(at)
    assert date_text(at) in ("", date_text(kept))


# ---- CBOR with nothing surprising in it

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


def as_tuples(value: Any) -> Any:
    return tuple(map(as_tuples, value)) if isinstance(value, list) else value


def depth(value: Any) -> int:
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(plain.filter(lambda value: depth(value) <= 5))
def test_plain_things_come_back(value: object) -> None:
    assert read_cbor(write_cbor(value)) == as_tuples(value)


@pytest.mark.parametrize(
    "body",
    [
        cbor2.dumps(2**70), cbor2.dumps({"a": 1}), b"\x81" * 60_000 + b"\x01", b"\x9f\x01\xff",
        b"\xc5\x82\x1a\x7f\xff\xff\xff\x01", b"\xd8\x23\x63a+b", b"\xd9\xd9\xf7\x01",
        b"\xd8\x1c\x81\xd8\x1d\x00", b"\x9b\x00\x00\x00\x10\x00\x00\x00\x00",
        b"\x5a\xff\xff\xff\xff",
        b"\x01\x02", b"", b"\x61\xff",
    ],
)  # fmt: skip
def test_tags_maps_depth_and_lies_about_length_are_refused(body: bytes) -> None:
    with pytest.raises(PayloadUnreadable):
        read_cbor(body)


@given(st.binary(max_size=300))
def test_rubbish_is_read_or_refused(body: bytes) -> None:
    try:
        read_cbor(body)
    except PayloadUnreadable as told:
        assert told.code == "payload-unreadable"
