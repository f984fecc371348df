"""Health links: the published ones open, every refusal says what to do, nothing is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.errors import (
    LinkBusy,
    LinkExpired,
    LinkFileDamaged,
    LinkHoldsNothing,
    LinkNeedsPasscode,
    LinkOutOfReach,
    LinkPasscodeWrong,
    LinkRefused,
    LinkTooBig,
    LinkTooNew,
    LinkUnreadable,
    LinkUsedUp,
    LinkWithdrawn,
)
from medilink.smart.judging import Verdict, judge_file
from medilink.smart.link_files import Answer, FileKind, OpenedLink, open_link
from medilink.smart.links import SCHEME, HealthLink, link_text, looks_like_link, read_link
from security.jose import to_base64url
from security.jwe import new_sealing_key, seal_compact
from tests.smart.cards import NOW, SPEC_ISSUER, TESTDATA, needs_published, spec_issuers

KEY = new_sealing_key()
PLACE = f"https://shl.example/{to_base64url(bytes(range(32)))}"
CARD = b'{"verifiableCredential":["a.b.c"]}'
BUNDLE = b'{"resourceType":"Bundle","type":"collection"}'
CARD_TYPE, FHIR_TYPE = "application/smart-health-card", "application/fhir+json"


@dataclass
class Server:
    """A place of links in memory, by the standard: a list for POST, files for GET, a lifetime count
    of wrong passcodes, locations that work once."""

    files: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, bytes] = field(default_factory=dict)
    passcode: str = ""
    remaining: int = 3
    active: bool = True
    locations_fail: int = 0
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, url: str, post: bytes | None = None) -> Answer:
        body = None if post is None else json.loads(post)
        self.asked.append((url, body))
        return self._manifest(body) if post is not None else self._file(url)

    def _manifest(self, body: dict[str, Any]) -> Answer:
        if not self.active:
            return Answer(404, b"")
        if self.passcode and body.get("passcode") != self.passcode:
            self.remaining -= 1
            self.active = self.remaining > 0
            return Answer(401, json.dumps({"remainingAttempts": self.remaining}).encode())
        return Answer(200, json.dumps({"files": self.files}).encode())

    def _file(self, url: str) -> Answer:
        if self.locations_fail:
            self.locations_fail -= 1
            return Answer(404, b"")
        place = url.partition("?")[0]
        return Answer(200, self.places[place]) if place in self.places else Answer(404, b"")


def link(flags: str = "", **changes: Any) -> HealthLink:
    return HealthLink(**({"url": PLACE, "key": KEY, "flags": frozenset(flags)} | changes))


def sealed(content: bytes, kind: str = FHIR_TYPE, *, packed: bool = True) -> str:
    return seal_compact(content, KEY, kind, packed=packed)


def opened(server: Any, asked: HealthLink | None = None, passcode: str = "") -> OpenedLink:
    return open_link(asked or link(), server, recipient="Kibera Clinic", now=NOW, passcode=passcode)


# ---- the published examples


def of_example(name: str) -> tuple[dict[str, Any], HealthLink, Server]:
    told = json.loads((TESTDATA / "shl-examples" / f"{name}.json").read_text("utf-8"))
    asked = read_link(told["link"])
    jwes = told["jweFiles"]
    if asked.is_one_file:
        return told, asked, Server(places={asked.url: jwes[0].encode()})
    files = json.loads((TESTDATA / "shlink-manifest.txt").read_text("utf-8"))["files"]
    places = {file["location"]: jwe.encode() for file, jwe in zip(files, jwes, strict=True)}
    return told, asked, Server(files, places, passcode=told["passcode"], remaining=told["attempts"])


@needs_published
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ERn18l4lL3_5yPXMSzx3ZejyMM_XIeWeseXa3DXsJD0", 2),
        ("jvb42XYZTjY2BTZ2mcL6nozbTFT8Vs5G2_I-_IuxCZo", 1),
    ],
)
def test_a_published_link_opens_and_its_cards_are_judged(name: str, count: int) -> None:
    told, asked, server = of_example(name)
    before = asked.exp - 1 if asked.exp else NOW
    found = open_link(asked, server, recipient="Kibera", now=before, passcode=told["passcode"])
    assert [file.kind for file in found.files] == [FileKind.CARD] * count
    cards = [one for f in found.files for one in judge_file(f.content, spec_issuers(), NOW)]
    assert {one.verdict for one in cards} == {Verdict.GENUINE}
    assert {one.iss for one in cards} == {SPEC_ISSUER}
    with pytest.raises(LinkExpired):
        open_link(asked, server, recipient="Kibera", now=NOW, passcode=told["passcode"])


@needs_published
@pytest.mark.parametrize("form", ["link", "link-direct", "link-with-viewer"])
def test_the_published_texts_are_read(form: str) -> None:
    text = (TESTDATA / f"shlink-{form}.txt").read_text("utf-8")
    payload = "payload-direct" if "direct" in form else "payload"
    wanted = json.loads((TESTDATA / f"shlink-{payload}.txt").read_text("utf-8"))
    found = read_link(text)
    assert looks_like_link(text)
    assert (found.url, found.label) == (wanted["url"], wanted["label"])
    assert to_base64url(found.key) == wanted["key"]
    assert found.flags == set(wanted["flag"])
    assert found.exp == wanted["exp"] * 1000


# ---- the text


@given(
    st.sets(st.sampled_from("LP")) | st.sets(st.sampled_from("LU")),
    st.text(max_size=80),
    st.none() | st.integers(0, 10**10).map(lambda seconds: seconds * 1000),
)
def test_a_link_is_read_back_as_it_was_written(
    flags: set[str], label: str, exp: int | None
) -> None:
    written = link("".join(flags), label=label, exp=exp)
    assert read_link(link_text(written)) == written
    assert read_link(link_text(written, "https://viewer.example/x")) == written


def test_what_is_not_known_in_a_link_is_ignored() -> None:
    told = {"url": PLACE, "key": to_base64url(KEY), "flag": "LZ", "_ours": 1, "extension": {}}
    found = read_link(SCHEME + to_base64url(json.dumps(told).encode()))
    assert found.is_lasting
    assert not found.needs_passcode


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"v": 2}, LinkTooNew),
        ({"v": "one"}, LinkUnreadable),
        ({"url": f"https://shl.example/{'a' * 128}"}, LinkUnreadable),
        ({"url": "ftp://shl.example/a"}, LinkUnreadable),
        ({"url": "https://["}, LinkUnreadable),
        ({"url": None}, LinkUnreadable),
        ({"key": "short"}, LinkUnreadable),
        ({"key": None}, LinkUnreadable),
        ({"key": to_base64url(bytes(31))}, LinkUnreadable),
        ({"flag": "PU"}, LinkUnreadable),
        ({"flag": 5}, LinkUnreadable),
        ({"exp": "soon"}, LinkUnreadable),
        ({"exp": float("nan")}, LinkUnreadable),
        ({"exp": True}, LinkUnreadable),
    ],
)
def test_a_link_that_breaks_a_rule_is_refused(
    change: dict[str, Any], error: type[LinkRefused]
) -> None:
    told = {"url": PLACE, "key": to_base64url(KEY)} | change
    with pytest.raises(error):
        read_link(SCHEME + to_base64url(json.dumps(told).encode()))


@given(st.text(max_size=100) | st.text(max_size=60).map(lambda tail: SCHEME + tail))
def test_any_text_is_a_link_or_refused(text: str) -> None:
    with pytest.raises(LinkUnreadable):
        read_link(text)


def test_a_viewer_in_front_is_never_mistaken_for_the_link() -> None:
    text = link_text(link())
    assert looks_like_link(text)
    assert not looks_like_link(f"https://evil.example/{text}")
    with pytest.raises(LinkUnreadable):
        read_link(f"https://evil.example/{text}")


# ---- the files


def test_files_come_embedded_or_from_their_place_packed_or_not() -> None:
    server = Server(
        [
            {"contentType": CARD_TYPE, "embedded": sealed(CARD, CARD_TYPE)},
            {"contentType": FHIR_TYPE, "location": f"{PLACE}/1", "lastUpdated": "2026-03-01"},
        ],
        {f"{PLACE}/1": sealed(BUNDLE, packed=False).encode()},
    )
    found = opened(server)
    assert [(f.kind, f.content) for f in found.files] == [
        (FileKind.CARD, CARD),
        (FileKind.FHIR, BUNDLE),
    ]
    assert found.files[1].last_updated == "2026-03-01"
    assert found.left_out == 0
    url, body = server.asked[0]
    assert url == PLACE
    assert body["recipient"] == "Kibera Clinic"
    assert "passcode" not in body


def test_what_is_not_for_us_or_taken_back_is_left_out_and_counted() -> None:
    file = {"contentType": FHIR_TYPE, "embedded": sealed(BUNDLE)}
    refused = [{**file, "status": s} for s in ("entered-in-error", "no-longer-valid", "retracted")]
    door = {"contentType": "application/smart-api-access", "embedded": sealed(b"{}")}
    found = opened(Server([{**file, "status": "finalized"}, *refused, door]))
    assert (len(found.files), found.left_out) == (1, 4)
    with pytest.raises(LinkHoldsNothing):
        opened(Server([door]))


def test_one_file_is_asked_for_with_the_name_of_who_asks() -> None:
    server = Server(
        places={PLACE: sealed(BUNDLE, "application/fhir+json;fhirVersion=4.0.1").encode()}
    )
    [file] = opened(server, link("LU")).files
    [(url, body)] = server.asked
    assert (file.kind, file.content, body) == (FileKind.FHIR, BUNDLE, None)
    assert parse_qs(urlsplit(url).query) == {"recipient": ["Kibera Clinic"]}
    for content, kind in ((CARD, FileKind.CARD), (BUNDLE, FileKind.FHIR)):
        untold = Server(places={PLACE: sealed(content, "").encode()})
        assert opened(untold, link("U")).files[0].kind is kind
    with pytest.raises(LinkHoldsNothing):
        opened(Server(places={PLACE: sealed(b"{}", "text/html").encode()}), link("U"))


def test_a_passcode_is_asked_for_before_anything_is_sent_and_tries_run_out() -> None:
    file = {"contentType": FHIR_TYPE, "embedded": sealed(BUNDLE)}
    server = Server([file], passcode="1234", remaining=2)
    with pytest.raises(LinkNeedsPasscode):
        opened(server, link("P"))
    assert server.asked == []
    with pytest.raises(LinkPasscodeWrong) as wrong:
        opened(server, link("P"), "0000")
    assert wrong.value.facts == {"remaining": 1}
    assert opened(server, link("P"), "1234").files[0].content == BUNDLE
    with pytest.raises(LinkUsedUp):
        opened(server, link("P"), "9999")
    with pytest.raises(LinkWithdrawn):
        opened(server, link("P"), "1234")


def test_a_place_that_worked_once_is_asked_for_anew_one_time() -> None:
    def server(fail: int) -> Server:
        listed = [{"contentType": FHIR_TYPE, "location": f"{PLACE}/1"}]
        return Server(listed, {f"{PLACE}/1": sealed(BUNDLE).encode()}, locations_fail=fail)

    again = server(1)
    assert opened(again).files[0].content == BUNDLE
    assert [body is not None for _, body in again.asked] == [True, False, True, False]
    with pytest.raises(LinkOutOfReach):
        opened(server(5))


def answering(status: int, body: bytes = b"", wait: int = 0) -> Callable[..., Answer]:
    def answer(url: str, post: bytes | None = None) -> Answer:
        return Answer(status, body, wait)

    return answer


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"", LinkWithdrawn),
        (410, b"", LinkWithdrawn),
        (429, b"", LinkBusy),
        (503, b"", LinkBusy),
        (500, b"", LinkOutOfReach),
        (403, b"", LinkOutOfReach),
        (401, b"{}", LinkNeedsPasscode),
        (401, b"no", LinkFileDamaged),
        (200, b"no", LinkFileDamaged),
        (200, b"[]", LinkFileDamaged),
        (200, b'{"files":5}', LinkFileDamaged),
        (200, b'{"files":[5]}', LinkFileDamaged),
        (200, b'{"files":[]}', LinkHoldsNothing),
        (200, b'{"files":[{"contentType":"application/fhir+json"}]}', LinkFileDamaged),
        (200, json.dumps({"files": [{}] * 21}).encode(), LinkTooBig),
    ],
)
def test_an_answer_that_is_not_the_list_says_what_to_do(
    status: int, body: bytes, error: type[LinkRefused]
) -> None:
    with pytest.raises(error):
        opened(answering(status, body))


def test_how_long_to_wait_is_said() -> None:
    for told, wanted in ((17, 17), (0, 60)):
        with pytest.raises(LinkBusy) as busy:
            opened(answering(429, wait=told))
        assert busy.value.facts == {"seconds": wanted}


def test_a_file_of_another_key_or_damaged_is_refused() -> None:
    foreign = seal_compact(BUNDLE, new_sealing_key(), FHIR_TYPE)
    for jwe in (foreign, sealed(BUNDLE)[:-4], "é", "nothing"):
        with pytest.raises(LinkFileDamaged):
            opened(Server([{"contentType": FHIR_TYPE, "embedded": jwe}]))
    with pytest.raises(LinkFileDamaged):
        opened(answering(200, "é".encode()), link("U"))


def test_files_that_are_too_big_together_are_not_held_in_memory() -> None:
    big = {"contentType": FHIR_TYPE, "embedded": sealed(b" " * (4 * 1024 * 1024))}
    with pytest.raises(LinkTooBig):
        opened(Server([big] * 6))
    bomb = {"contentType": FHIR_TYPE, "embedded": sealed(b" " * (5 * 1024 * 1024 + 1))}
    with pytest.raises(LinkFileDamaged):
        opened(Server([bomb]))
