"""Every published example and negative vector is judged right, each by the rule it breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medilink.smart.card_text import LONGEST_IN_ONE_CODE, jws_of_codes
from medilink.smart.judging import Judged, Verdict, judge_card, judge_codes, judge_file
from medilink.smart.published import (
    DocumentWrong,
    KnownIssuer,
    crl_document,
    read_crl,
    read_jwks,
)
from security.jose import open_compact
from tests.smart.cards import (
    NOW,
    SPEC,
    SPEC_ISSUER,
    TESTDATA,
    Issuer,
    needs_published,
    new_issuer,
    payload_of,
    spec_issuers,
)

pytestmark = needs_published
GENUINE, MALFORMED, ALTERED = Verdict.GENUINE, Verdict.MALFORMED, Verdict.ALTERED
UNKNOWN, EXPIRED = Verdict.UNKNOWN_ISSUER, Verdict.EXPIRED


def told(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def judged(path: Path) -> Judged:
    return judge_card(told(path), spec_issuers(), NOW)


# ---- the examples of the specification

EXAMPLES = [("00", GENUINE), ("01", GENUINE), ("02", GENUINE), ("03", EXPIRED)]
BEFORE_IT_EXPIRED = 1_716_000_000_000


@pytest.mark.parametrize(("number", "verdict"), EXAMPLES)
def test_an_example_is_judged_right_in_every_form(number: str, verdict: Verdict) -> None:
    jws = judged(SPEC / f"example-{number}-d-jws.txt")
    [file] = judge_file(
        (SPEC / f"example-{number}-e-file.smart-health-card").read_bytes(), spec_issuers(), NOW
    )
    codes = [told(path) for path in SPEC.glob(f"example-{number}-f-qr-code-numeric-value-*.txt")]
    scanned = judge_codes(codes, spec_issuers(), NOW)
    assert (jws.verdict, file.verdict, scanned.verdict) == (verdict, verdict, verdict)
    assert jws.signed
    assert jws.bundle == file.bundle == scanned.bundle
    assert (
        jws.bundle
        == payload_of(told(SPEC / f"example-{number}-d-jws.txt"))["vc"]["credentialSubject"][
            "fhirBundle"
        ]
    )


@pytest.mark.parametrize(("number", "_"), EXAMPLES)
def test_the_digits_of_an_example_are_its_jws(number: str, _: Verdict) -> None:
    codes = [told(path) for path in SPEC.glob(f"example-{number}-f-qr-code-numeric-value-*.txt")]
    assert jws_of_codes(codes) == told(SPEC / f"example-{number}-d-jws.txt")
    assert jws_of_codes(codes[::-1]) == told(SPEC / f"example-{number}-d-jws.txt")


def test_the_revoked_example_is_revoked_by_its_list_and_before_it_expired_was_not() -> None:
    jws = told(SPEC / "example-03-d-jws.txt")
    known = spec_issuers()[SPEC_ISSUER]
    kid = open_compact(jws).kid

    def with_list(rid: str) -> Judged:
        revoked = {kid: read_crl(crl_document(kid, 1, [rid]), kid, known_at=NOW)}
        issuer = KnownIssuer(known.iss, known.keys, known.announced, revoked)
        return judge_card(jws, {SPEC_ISSUER: issuer}, BEFORE_IT_EXPIRED)

    assert judge_card(jws, spec_issuers(), BEFORE_IT_EXPIRED).verdict is GENUINE
    assert judge_card(jws, spec_issuers(), BEFORE_IT_EXPIRED).revocations_behind
    assert with_list("vwAjHdarZuc").verdict is Verdict.REVOKED
    assert with_list("vwAjHdarZuc.1715107764").verdict is Verdict.REVOKED
    # A list may void only the cards issued before a moment; this one came after.
    later = with_list("vwAjHdarZuc.1638311286")
    assert later.verdict is GENUINE
    assert later.revocations_known_at == NOW
    assert not later.revocations_behind


# ---- the 24 negative vectors: 16 signed texts, 8 in digits

SIGNED = [
    ("bad-fhir-metadata", MALFORMED, "resource-meta"),
    ("der-signature", MALFORMED, "signature-form"),
    ("der-signature-r-neg", MALFORMED, "signature-form"),
    ("der-signature-rs-neg", MALFORMED, "signature-form"),
    ("der-signature-s-neg", MALFORMED, "signature-form"),
    ("invalid-signature", ALTERED, "signature"),
    ("issuer-kid-mismatch", UNKNOWN, "key-not-of-issuer"),
    ("issuer-not-valid-with-smart-key", UNKNOWN, "issuer-unknown"),
    ("jws_too_long", MALFORMED, "nbf"),  # its length is none's fault any more; its claims are
    ("no_deflate", MALFORMED, "header-zip"),
    ("no_jws_header_alg", MALFORMED, "header-alg"),
    ("no_jws_header_kid", MALFORMED, "header-kid"),
    ("no_jws_header_zip", MALFORMED, "header-zip"),
    ("trailing_chars", MALFORMED, "jws-form"),
    ("utf8_bom_prefix", MALFORMED, "payload-json"),
    ("wrong_jws_header_kid", UNKNOWN, "key-not-of-issuer"),
]


@pytest.mark.parametrize(("name", "verdict", "rule"), SIGNED)
def test_a_bad_jws_is_rejected_by_its_rule(name: str, verdict: Verdict, rule: str) -> None:
    found = judged(TESTDATA / f"test-example-00-d-jws-{name}.txt")
    assert (found.verdict, found.rule) == (verdict, rule)


def test_no_signed_vector_is_missing_from_the_table() -> None:
    files = {path.stem for path in TESTDATA.glob("test-example-00-d-jws-*.txt")}
    assert files == {f"test-example-00-d-jws-{name}" for name, _, _ in SIGNED}


IN_DIGITS = [
    ("00*value-0-index-out-of-range", "qr-chunk-number"),
    ("00*value-0-number-too-big", "qr-number"),
    ("00*value-0-odd-count", "qr-odd"),
    ("00*value-0-trailing_chars", "qr-form"),
    ("00*value-0-wrong-multi-chunk", "qr-chunk-needless"),
    ("00*value-0-wrong_qr_header", "qr-form"),
    ("00*qr_chunk_too_small", "qr-chunk-needless"),
    ("02*qr_chunk_too_big", "qr-chunk-too-long"),
]


@pytest.mark.parametrize(("names", "rule"), IN_DIGITS)
def test_bad_digits_are_rejected_by_their_rule(names: str, rule: str) -> None:
    paths = sorted(TESTDATA.glob(f"test-example-{names}.txt"))
    assert paths
    found = judge_codes([told(path) for path in paths], spec_issuers(), NOW)
    assert (found.verdict, found.rule) == (MALFORMED, rule)


def test_no_vector_in_digits_is_missing_from_the_table() -> None:
    files = set(TESTDATA.glob("*-f-qr-code-numeric-*.txt"))
    assert files == {p for n, _ in IN_DIGITS for p in TESTDATA.glob(f"test-example-{n}.txt")}


def test_one_code_of_several_is_not_a_card() -> None:
    for path in [*SPEC.glob("example-02-f-*.txt"), *TESTDATA.glob("*too_small.txt")]:
        assert judged(path).rule == "qr-chunk-missing"


def test_the_longest_card_in_one_code_is_taken() -> None:
    text = told(TESTDATA / "test-example-1195-byte-qrnumeric.txt")
    assert len(jws_of_codes([text])) == LONGEST_IN_ONE_CODE - 1
    assert judge_card(text, spec_issuers(), NOW).verdict is GENUINE


# ---- files

FILES = [
    ("e-file-bad_jwks.smart-health-card", [(UNKNOWN, "issuer-unknown")]),
    ("e-file-invalid_deflate.smart-health-card", [(MALFORMED, "deflate")]),
    ("e-file-invalid_issuer_url.smart-health-card", [(UNKNOWN, "issuer-unknown")]),
    ("e-file-invalid_issuer_url_http.smart-health-card", [(MALFORMED, "iss-https")]),
    ("e-file-issuer_url_with_trailing_slash.smart-health-card", [(MALFORMED, "iss-slash")]),
    ("e-file-jws_too_long.smart-health-card", [(MALFORMED, "nbf")]),
    ("e-file-multi-jws-issues.smart-health-card", [(MALFORMED, "header-alg"), (GENUINE, "")]),
    ("e-file-multi-jws.smart-health-card", [(GENUINE, ""), (GENUINE, "")]),
    ("e-file-no_deflate.smart-health-card", [(MALFORMED, "header-zip")]),
    ("e-file-trailing_chars.smart-health-card", [(GENUINE, "")]),  # spaces around JSON are JSON
    ("e-file.wrong-extension", [(GENUINE, "")]),  # the name of a file proves nothing
    ("fhirhealthcard.json", [(GENUINE, "")]),
    ("fhirhealthcard-multi-jws.json", [(GENUINE, ""), (GENUINE, "")]),
    ("fhirhealthcard-with-resource-link.json", [(GENUINE, "")] * 2),
]


@pytest.mark.parametrize(("name", "wanted"), FILES)
def test_the_cards_of_a_file_are_judged_one_by_one(
    name: str, wanted: list[tuple[Verdict, str]]
) -> None:
    data = (TESTDATA / f"test-example-00-{name}").read_bytes()
    assert [(j.verdict, j.rule) for j in judge_file(data, spec_issuers(), NOW)] == wanted


# ---- payloads and bundles, signed by an issuer of our own

SIGNED_HERE: list[tuple[str, Verdict, str]] = [
    ("b-jws-payload-expanded-exp_milliseconds", MALFORMED, "exp-milliseconds"),
    ("b-jws-payload-expanded-expired", EXPIRED, "exp"),
    ("b-jws-payload-expanded-missing-shc-vc-type", MALFORMED, "vc-type"),
    ("b-jws-payload-expanded-nbf_milliseconds", MALFORMED, "nbf-milliseconds"),
    ("b-jws-payload-expanded-nbf_not_yet_valid", Verdict.NOT_YET_VALID, "nbf"),
    ("b-jws-payload-expanded-optional-vc-type", GENUINE, ""),
    ("b-jws-payload-expanded-pre-expired", MALFORMED, "exp-before-nbf"),
    ("b-jws-payload-expanded-unknown-vc-types", GENUINE, ""),
    ("a-fhirBundle-bad_meta_extra_key", MALFORMED, "resource-meta"),
    ("a-fhirBundle-bad_meta_non_security", MALFORMED, "resource-meta"),
    ("a-fhirBundle-bad_meta_wrong_security", MALFORMED, "resource-meta"),
    ("a-fhirBundle-empty-values", MALFORMED, "empty-value"),
    ("a-short-refs", MALFORMED, "full-url"),
]


def signed_here(name: str, issuer: Issuer) -> str:
    found: dict[str, Any] = json.loads(told(TESTDATA / f"test-example-00-{name}.json"))
    if "fhirBundle" in name or "short-refs" in name:
        found.pop("id", None)  # has a rule of its own, tested elsewhere
        subject = {"fhirVersion": "4.0.1", "fhirBundle": found}
        kinds = ["https://smarthealth.cards#health-card"]
        found = {"nbf": NOW // 1000, "vc": {"type": kinds, "credentialSubject": subject}}
    else:
        found["vc"]["credentialSubject"]["fhirBundle"].pop("id", None)
    return issuer.sign(found | {"iss": issuer.iss})


@pytest.mark.parametrize(("name", "verdict", "rule"), SIGNED_HERE)
def test_a_payload_of_the_vectors_is_judged_right(name: str, verdict: Verdict, rule: str) -> None:
    issuer = new_issuer()
    found = judge_card(signed_here(name, issuer), issuer.known(), NOW)
    assert (found.verdict, found.rule) == (verdict, rule)


# ---- published documents


@pytest.mark.parametrize("name", ["valid_key", "valid_keys", "valid_key_with_x5c"])
def test_a_good_key_set_is_taken_whole(name: str) -> None:
    data = (TESTDATA / f"{name}.json").read_bytes()
    issuer = read_jwks(data, "https://there.example")
    assert set(issuer.keys) == {jwk["kid"] for jwk in json.loads(data)["keys"]}
    assert issuer.left_out == ()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("wrong_alg_key", "key-alg"),
        ("wrong_curve_key", "key-alg"),
        ("wrong_kid_key", "key-kid"),
        ("wrong_kty_key", "key-kty"),
        ("wrong_use_key", "key-use"),
    ],
)
def test_a_bad_key_is_not_taken(name: str, rule: str) -> None:
    with pytest.raises(DocumentWrong) as wrong:
        read_jwks((TESTDATA / f"{name}.json").read_bytes(), "https://there.example")
    assert wrong.value.rule == rule


def test_what_is_no_key_set_is_none() -> None:
    with pytest.raises(DocumentWrong, match="jwks-json"):
        read_jwks(
            (TESTDATA / "badjwks/.well-known/jwks.json").read_bytes(), "https://there.example"
        )


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("duplicate-rid", "crl-rid-twice"),
        ("invalid-method", "crl-method"),
        ("non-base64url-rid", "crl-rid"),
        ("too-long-rid", "crl-rid"),
    ],
)
def test_a_bad_list_of_revoked_cards_is_not_taken(name: str, rule: str) -> None:
    [path] = (TESTDATA / "badcrl" / name).glob(".well-known/crl/*.json")
    with pytest.raises(DocumentWrong) as wrong:
        read_crl(path.read_bytes(), path.stem)
    assert wrong.value.rule == rule


def test_a_list_newer_than_announced_is_fine_and_an_older_one_is_said() -> None:
    folder = TESTDATA / "badcrl/version-mismatch"
    [path] = folder.glob(".well-known/crl/*.json")
    jws = told(folder / "jws-crl-version-mismatch.txt")
    iss = payload_of(jws)["iss"]
    keys = read_jwks((folder / ".well-known/jwks.json").read_bytes(), iss)
    held = read_crl(path.read_bytes(), path.stem)
    newer = KnownIssuer(iss, keys.keys, keys.announced, {held.kid: held})
    older = KnownIssuer(iss, keys.keys, {held.kid: 3}, {held.kid: held})
    assert held.ctr == 2
    assert not judge_card(jws, {iss: newer}, NOW).revocations_behind
    assert judge_card(jws, {iss: older}, NOW).revocations_behind
