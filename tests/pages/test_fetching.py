"""Fetching from a stranger's server: a real https server on this machine, good and bad."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from medilink.errors import LinkOutOfReach, LinkTooBig, LinkUnsafe
from medilink.smart.link_files import open_link
from medilink.smart.links import HealthLink
from security.certificate import certificate_files
from security.jwe import new_sealing_key, seal_compact
from ui.fetching import LARGEST_ANSWER_BYTES, HttpsFetch, is_public

KEY = new_sealing_key()
BUNDLE = b'{"resourceType":"Bundle","type":"collection"}'


class Stranger(BaseHTTPRequestHandler):
    """A server that does what its paths say."""

    asked: list[tuple[str, str, bytes]] = []

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.asked.append((self.command, self.path, self.rfile.read(length)))
        what = self.path.partition("?")[0]
        if what == "/elsewhere":
            self.answer(302, b"", Location="https://127.0.0.1/secret")
        elif what == "/busy":
            self.answer(429, b"", **{"Retry-After": "7"})
        elif what == "/endless":
            self.answer(200, bytes(LARGEST_ANSWER_BYTES + 10))
        elif what == "/short":
            self.answer(200, b"half", **{"Content-Length": "400"})
        elif what == "/slow":
            self.drip()
        else:
            self.answer(200, seal_compact(BUNDLE, KEY, "application/fhir+json").encode())

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """One byte at a time, for ever."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            while not STOP.wait(0.02):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            return


STOP = threading.Event()


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what some of these tests are about."""


@contextmanager
def serving(certificate: Path, key: Path) -> Iterator[int]:
    server = QuietServer(("127.0.0.1", 0), Stranger)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    STOP.clear()
    Stranger.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        STOP.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[tuple[str, HttpsFetch]]:
    """Its address, and a fetch that trusts it and may visit this machine."""
    certificate, key = certificate_files(tmp_path, ["127.0.0.1"])
    trust = ssl.create_default_context(cafile=certificate)
    with serving(certificate, key) as port:
        yield f"https://127.0.0.1:{port}", HttpsFetch(trust, may_visit=lambda _: True)


def test_a_file_is_fetched_over_https(stranger: tuple[str, HttpsFetch]) -> None:
    address, fetch = stranger
    link = HealthLink(f"{address}/file", KEY, frozenset("U"))
    found = open_link(link, fetch, recipient="Kibera Clinic & co", now=1)
    assert found.files[0].content == BUNDLE
    [(method, path, body)] = Stranger.asked
    assert (method, path, body) == ("GET", "/file?recipient=Kibera+Clinic+%26+co", b"")


def test_a_body_is_posted_as_json_and_waiting_times_are_read(
    stranger: tuple[str, HttpsFetch],
) -> None:
    address, fetch = stranger
    answer = fetch(f"{address}/busy", b'{"recipient":"x"}')
    assert (answer.status, answer.retry_after_s) == (429, 7)
    assert Stranger.asked == [("POST", "/busy", b'{"recipient":"x"}')]


def test_a_redirect_is_not_followed(stranger: tuple[str, HttpsFetch]) -> None:
    address, fetch = stranger
    with pytest.raises(LinkUnsafe):
        fetch(f"{address}/elsewhere")
    assert len(Stranger.asked) == 1


def test_too_much_and_too_little_are_refused(stranger: tuple[str, HttpsFetch]) -> None:
    address, fetch = stranger
    with pytest.raises(LinkTooBig):
        fetch(f"{address}/endless")
    with pytest.raises(LinkOutOfReach):
        fetch(f"{address}/short")


def test_all_requests_of_one_link_share_their_time(stranger: tuple[str, HttpsFetch]) -> None:
    """A list of twenty files, each dripping for almost as long as one request may."""
    address, fetch = stranger
    begun = time.monotonic()
    hurried = replace(fetch, ends_at=begun + 0.5)
    with pytest.raises(LinkOutOfReach):
        hurried(f"{address}/slow")
    asked = len(Stranger.asked)
    for _ in range(20):
        with pytest.raises(LinkOutOfReach):
            hurried(f"{address}/file")
    assert len(Stranger.asked) == asked, "nobody is asked once the time is over"
    assert time.monotonic() - begun < 5


def test_a_server_that_drips_is_left(stranger: tuple[str, HttpsFetch]) -> None:
    address, fetch = stranger
    hurried = HttpsFetch(fetch.trust, fetch.may_visit, whole_request_s=0.3)
    begun = time.monotonic()
    with pytest.raises(LinkOutOfReach):
        hurried(f"{address}/slow")
    assert time.monotonic() - begun < 5


def test_a_certificate_nobody_vouches_for_is_unsafe(stranger: tuple[str, HttpsFetch]) -> None:
    address, fetch = stranger
    with pytest.raises(LinkUnsafe):
        HttpsFetch(may_visit=fetch.may_visit)(f"{address}/file")
    assert Stranger.asked == []


def test_a_certificate_of_another_place_is_unsafe(tmp_path: Path) -> None:
    certificate, key = certificate_files(tmp_path, ["127.0.0.2"])
    trust = ssl.create_default_context(cafile=certificate)
    with serving(certificate, key) as port, pytest.raises(LinkUnsafe):
        HttpsFetch(trust, may_visit=lambda _: True)(f"https://127.0.0.1:{port}/file")
    assert Stranger.asked == []


def test_our_own_network_is_never_asked(stranger: tuple[str, HttpsFetch]) -> None:
    address, fetch = stranger
    careful = HttpsFetch(fetch.trust)
    for url in (address, address.replace("127.0.0.1", "localhost"), "https://[::1]/x"):
        with pytest.raises(LinkUnsafe):
            careful(f"{url}/file")
    assert Stranger.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https:///x",
        "https://me:word@example.org/x",
        "https://example.org:99999/x",
        "https://example.org/a b",
        "https://example.org/a\r\nHost: other",
        "https://example.org/é",
        "https://[/x",
        f"https://example.org/{'a' * 2100}",
    ],
)
def test_an_address_that_is_not_plain_https_is_unsafe(url: str) -> None:
    with pytest.raises(LinkUnsafe):
        HttpsFetch()(url)


def test_nobody_there_is_out_of_reach(stranger: tuple[str, HttpsFetch]) -> None:
    with pytest.raises(LinkOutOfReach):
        stranger[1]("https://127.0.0.1:9/x")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 an address to refuse, not to listen on
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
    ],
)
def test_what_counts_as_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public
