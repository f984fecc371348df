"""What is signed is read by the strict reader: no tag is acted on, nothing is written two ways."""

from __future__ import annotations

import cbor2
import pytest

from security.cose import NotSigned, load_cbor, read_signed, sign_bytes
from security.node_keys import new_signing_key


@pytest.mark.parametrize(
    "raw",
    [
        cbor2.dumps(2**70), cbor2.dumps({"a": 1}), b"\xd8\x23\x63a+b", b"\xd9\xd9\xf7\x01",
        b"\xc5\x82\x1a\x7f\xff\xff\xff\x01", b"\x81" * 60_000 + b"\x01", b"\x9f\x01\xff",
        b"\x18\x01", b"\x01\x02", b"", b"\x61\xff",
    ],
)  # fmt: skip
def test_tags_maps_depth_and_a_second_way_to_write_are_refused(raw: bytes) -> None:
    with pytest.raises(NotSigned):
        load_cbor(raw)


def test_a_statement_is_read_with_its_own_tag_and_no_other() -> None:
    signed = sign_bytes(new_signing_key(), b"said")
    assert read_signed(signed).payload == b"said"
    assert cbor2.loads(signed).tag == 18
    for other in (signed[1:], b"\xd1" + signed[1:], b"\xd2" + signed, b"\xd8\x12" + signed[1:]):
        with pytest.raises(NotSigned):
            read_signed(other)


def test_nothing_unsigned_stands_beside_what_is_signed() -> None:
    signed = sign_bytes(new_signing_key(), b"said")
    protected, _, payload, signature = cbor2.loads(signed).value
    with pytest.raises(NotSigned):
        read_signed(cbor2.dumps(cbor2.CBORTag(18, [protected, {99: "more"}, payload, signature])))
