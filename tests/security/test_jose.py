"""Keys, signatures and seals: checked by a library that did not make them, and against abuse."""

from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe as other_jwe
from joserfc import jws as other_jws
from joserfc.jwk import ECKey, OctKey

from security.jose import (
    LARGEST_CONTENT_BYTES,
    JoseWrong,
    deflate,
    from_base64url,
    inflate,
    is_signed_by,
    new_rid,
    new_signing_key,
    open_compact,
    public_jwk,
    read_public_jwk,
    sign_compact,
    thumbprint,
    to_base64url,
)
from security.jwe import new_sealing_key, seal_compact, unseal_compact

KEY = new_signing_key()
PAYLOAD = b'{"iss":"https://clinic.example"}'
SIGNED = sign_compact(PAYLOAD, KEY)  # once: a signature is another one each time it is made
SEAL = new_sealing_key()
# The library knows `zip` for seals only; what it verifies is the signature over the packed text.
ANY_HEADER = other_jws.JWSRegistry(strict_check_header=False)


def rule_of(broken: str) -> str:
    with pytest.raises(JoseWrong) as wrong:
        open_compact(broken)
    return wrong.value.rule


# ---- keys


def test_a_key_is_32_bytes_and_its_kid_is_the_thumbprint_another_library_computes() -> None:
    jwk = public_jwk(KEY)
    assert len(KEY) == 32
    assert jwk["kid"] == ECKey.import_key(jwk).thumbprint()
    assert set(jwk) == {"kty", "kid", "use", "alg", "crv", "x", "y"}


def test_the_thumbprint_of_the_published_example_key() -> None:
    # HL7 SMART Health Cards, the example of a jwks.json
    x, y = (
        "7xbC_9ZmFwKqOHpwX6-LnlhIh5SMIuNwl0PW1yVI_sk",
        "7k2fdIRNDHdf93vL76wxdXEPtj_GiMTTyecm7EUUMQo",
    )
    assert thumbprint(x, y) == "_IY9W2kRRFUigDfSB9r8jHgMRrT0w4p5KN93nGThdH8"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kty": "RSA"}, "key-kty"),
        ({"use": "enc"}, "key-use"),
        ({"alg": "ES384"}, "key-alg"),
        ({"crv": "P-384"}, "key-crv"),
        ({"kid": "mine"}, "key-kid"),
        ({"d": to_base64url(KEY)}, "key-private"),
        ({"x": to_base64url(bytes(32))}, "key-point"),
        ({"y": 5}, "key-point"),
    ],
)
def test_a_key_that_is_not_what_cards_are_signed_with_is_refused(
    change: dict[str, object], rule: str
) -> None:
    with pytest.raises(JoseWrong) as wrong:
        read_public_jwk(public_jwk(KEY) | change)
    assert wrong.value.rule == rule


# ---- signing


@given(st.binary(min_size=1, max_size=2000))
def test_another_library_verifies_what_was_signed_here(payload: bytes) -> None:
    jws = sign_compact(payload, KEY)
    found = other_jws.deserialize_compact(
        jws, ECKey.import_key(public_jwk(KEY)), registry=ANY_HEADER
    )
    assert zlib.decompress(found.payload, wbits=-15) == payload
    assert found.protected == {"zip": "DEF", "alg": "ES256", "kid": public_jwk(KEY)["kid"]}


def test_what_another_library_signed_is_verified_here() -> None:
    other = ECKey.generate_key("P-256", private=True)
    header = {"alg": "ES256", "zip": "DEF", "kid": other.thumbprint()}
    jws = other_jws.serialize_compact(header, deflate(PAYLOAD), other, registry=ANY_HEADER)
    jwk = other.as_dict(private=False) | {"kid": other.thumbprint(), "use": "sig", "alg": "ES256"}
    opened = open_compact(jws)
    assert opened.payload == PAYLOAD
    assert is_signed_by(opened, read_public_jwk(jwk))
    assert not is_signed_by(opened, read_public_jwk(public_jwk(KEY)))


@given(st.data())
def test_no_character_of_a_signed_text_can_be_changed(data: st.DataObject) -> None:
    jws = SIGNED
    place = data.draw(st.integers(0, len(jws) - 1))
    letter = data.draw(st.sampled_from("ABYZabyz0189-_").filter(lambda c: c != jws[place]))
    changed = jws[:place] + letter + jws[place + 1 :]
    try:
        opened = open_compact(changed)
    except JoseWrong:
        return
    assert not is_signed_by(opened, read_public_jwk(public_jwk(KEY)))


def test_signatures_of_nothing_are_not_signatures() -> None:
    head = sign_compact(PAYLOAD, KEY).rpartition(".")[0]
    for signature in (bytes(64), b"\xff" * 64):
        opened = open_compact(f"{head}.{to_base64url(signature)}")
        assert not is_signed_by(opened, read_public_jwk(public_jwk(KEY)))


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ({"alg": "none", "zip": "DEF", "kid": "k"}, "header-alg"),
        ({"alg": "HS256", "zip": "DEF", "kid": "k"}, "header-alg"),
        ({"alg": "ES256", "kid": "k"}, "header-zip"),
        ({"alg": "ES256", "zip": "DEF"}, "header-kid"),
        ({"alg": "ES256", "zip": "DEF", "kid": 5}, "header-kid"),
        (["alg"], "header-json"),
    ],
)
def test_only_one_header_is_taken(header: object, rule: str) -> None:
    told = to_base64url(json.dumps(header).encode())
    assert rule_of(f"{told}.{to_base64url(deflate(PAYLOAD))}.{'A' * 86}") == rule


@pytest.mark.parametrize("broken", ["", "a.b", "a.b.c.d", "..", "!!.a.b", "é.a.b", "AB.CD.E"])
def test_what_is_no_jws_is_none(broken: str) -> None:
    assert rule_of(broken) == "jws-form"


# ---- bounds


def test_a_bomb_is_not_inflated() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(LARGEST_CONTENT_BYTES + 1)) + packer.flush()
    assert len(bomb) < 6000
    with pytest.raises(JoseWrong, match="deflate"):
        inflate(bomb, "deflate")


@given(st.binary(max_size=300))
def test_any_bytes_inflate_or_are_refused(packed: bytes) -> None:
    try:
        inflate(packed, "deflate")
    except JoseWrong as wrong:
        assert wrong.rule == "deflate"


@pytest.mark.parametrize(
    "packed", [zlib.compress(PAYLOAD), deflate(PAYLOAD) + b"more", deflate(PAYLOAD)[:-1]]
)
def test_only_whole_raw_deflate_is_taken(packed: bytes) -> None:
    with pytest.raises(JoseWrong, match="deflate"):
        inflate(packed, "deflate")


@given(st.binary(max_size=100))
def test_base64url_is_written_in_one_way_only(content: bytes) -> None:
    text = to_base64url(content)
    assert from_base64url(text, "x") == content
    for other in (text + "=", text + "\n", " " + text):
        with pytest.raises(JoseWrong):
            from_base64url(other, "x")


def test_revocation_ids_differ_and_fit() -> None:
    rids = {new_rid() for _ in range(100)}
    assert len(rids) == 100
    assert {len(rid) for rid in rids} == {11}


# ---- sealing


@pytest.mark.parametrize("packed", [True, False])
def test_another_library_opens_what_was_sealed_here(packed: bool) -> None:
    sealed = seal_compact(PAYLOAD, SEAL, "application/fhir+json", packed=packed)
    found = other_jwe.decrypt_compact(
        sealed, OctKey.import_key(SEAL), algorithms=["dir", "A256GCM", "DEF"]
    )
    assert found.plaintext == PAYLOAD
    assert found.protected["cty"] == "application/fhir+json"
    assert unseal_compact(sealed, SEAL) == ("application/fhir+json", PAYLOAD)


def test_no_two_seals_share_an_iv() -> None:
    ivs = {seal_compact(PAYLOAD, SEAL, "text/plain").split(".")[2] for _ in range(200)}
    assert len(ivs) == 200


def test_another_key_or_a_changed_text_opens_nothing() -> None:
    sealed = seal_compact(PAYLOAD, SEAL, "text/plain")
    told, _, iv, body, tag = sealed.split(".")
    other = to_base64url(b'{"alg":"dir","enc":"A256GCM","cty":"text/html"}')
    for text, key in (
        (sealed, new_sealing_key()),
        (f"{other}..{iv}.{body}.{tag}", SEAL),
        (f"{told}..{iv}.{to_base64url(b'x' * 20)}.{tag}", SEAL),
    ):
        with pytest.raises(JoseWrong, match="jwe-sealed"):
            unseal_compact(text, key)


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ({"alg": "RSA1_5", "enc": "A256GCM"}, "jwe-header"),
        ({"alg": "dir", "enc": "A128CBC-HS256"}, "jwe-header"),
        ({"alg": "dir", "enc": "A256GCM", "zip": "GZ"}, "jwe-header"),
        ({"alg": "dir", "enc": "A256GCM", "crit": ["x"]}, "jwe-header"),
    ],
)
def test_other_ways_of_sealing_are_refused(header: dict[str, object], rule: str) -> None:
    rest = seal_compact(PAYLOAD, SEAL, "text/plain").partition(".")[2]
    with pytest.raises(JoseWrong, match=rule):
        unseal_compact(f"{to_base64url(json.dumps(header).encode())}.{rest}", SEAL)


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b.c.d.e", "eyJ9....", "e30..AAAA.AAAA.AAAA"])
def test_what_is_no_jwe_is_none(text: str) -> None:
    with pytest.raises(JoseWrong):
        unseal_compact(text, SEAL)
