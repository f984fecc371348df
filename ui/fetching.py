"""Requests to somebody else's server, for health links: https, and nowhere near our own network.

A scanned link chooses the address, so a stranger does. The name is resolved once, every address it
has must be a public one, and that very address is connected to: a name that changes its mind
between check and connection gains nothing. Redirects are not followed. Time and size are bounded,
of each request and of all that one link asks for.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from medilink.errors import LinkOutOfReach, LinkTooBig, LinkUnsafe
from medilink.smart.link_files import Answer

LARGEST_ANSWER_BYTES = 8 * 1024 * 1024  # a whole summary sealed without packing has 80 kB
CONNECT_S = 10
WHOLE_REQUEST_S = 40  # a slow mobile network; a server that drips bytes gains nothing
WHOLE_LINK_S = 120  # a list, its files, perhaps the list again; a nurse waits no longer
LONGEST_URL = 2048  # places in a manifest are signed addresses, longer than a link's own
_HTTPS = 443
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits

Address = IPv4Address | IPv6Address


# Documentation (RFC 9637) and 6to4 relays (RFC 7526): nobody's server stands there.
_NOBODYS = (ip_network("3fff::/20"), ip_network("192.88.99.0/24"))


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet: not loopback, private, link-local or reserved,
    nor such an IPv4 address dressed as IPv6."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local:
            return False
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address.version == net.version and address in net for net in _NOBODYS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True, slots=True)
class HttpsFetch:
    """Fetches over https what one link asks for (`medilink.smart.link_files.Fetch`), until
    `ends_at` (of `time.monotonic`). `trust` checks certificates; `may_visit` says which addresses
    may be connected to."""

    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    may_visit: Callable[[Address], bool] = is_public
    whole_request_s: float = WHOLE_REQUEST_S
    ends_at: float = field(default_factory=lambda: time.monotonic() + WHOLE_LINK_S)

    def __call__(self, url: str, post: bytes | None = None) -> Answer:
        """One answer. Raises LinkUnsafe, LinkOutOfReach, LinkTooBig."""
        parts, host, port = _taken_apart(url)
        try:
            with self._connected(host, port) as connection:
                return _asked(connection, parts, post)
        except ssl.SSLCertVerificationError:
            raise LinkUnsafe from None
        except (OSError, http.client.HTTPException):
            raise LinkOutOfReach from None

    @contextmanager
    def _connected(self, host: str, port: int) -> Iterator[http.client.HTTPSConnection]:
        where = (str(self._address(host, port)), port)
        plain = socket.create_connection(where, timeout=min(CONNECT_S, self._left()))
        with self.trust.wrap_socket(
            plain, server_hostname=host, do_handshake_on_connect=False
        ) as secured:
            # The time-out of a socket is for each read; this one is for all of them together.
            clock = threading.Timer(min(self.whole_request_s, self._left()), _hang_up, (secured,))
            clock.daemon = True
            clock.start()
            try:
                secured.do_handshake()
                connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_S)
                connection.sock = secured
                yield connection
            finally:
                clock.cancel()

    def _left(self) -> float:
        """Seconds that all requests together still have. Raises LinkOutOfReach."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise LinkOutOfReach
        return left

    def _address(self, host: str, port: int) -> Address:
        """The first address of a name, if every one of them may be visited."""
        self._left()
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses or not all(self.may_visit(address) for address in addresses):
            raise LinkUnsafe
        return addresses[0]


def _hang_up(secured: ssl.SSLSocket) -> None:
    """End a connection that another thread is waiting on: its read comes back short."""
    try:
        socket.socket.shutdown(secured, socket.SHUT_RDWR)
    except OSError:
        return  # it was over already


def _taken_apart(url: str) -> tuple[SplitResult, str, int]:
    """(parts, host, port) of an https address without a user name. Raises LinkUnsafe."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _HTTPS
        host = host.encode("idna").decode("ascii") if ":" not in host else host
    except (ValueError, UnicodeError):
        raise LinkUnsafe from None
    printable = url.isascii() and url.isprintable() and " " not in url
    plain = parts.scheme == "https" and host and parts.username is None and printable
    if not plain or len(url) > LONGEST_URL:
        raise LinkUnsafe
    return parts, host, port


def _asked(
    connection: http.client.HTTPSConnection, parts: SplitResult, post: bytes | None
) -> Answer:
    where = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json, application/jose, */*", "Accept-Encoding": "identity"}
    if post is not None:
        headers["Content-Type"] = "application/json"
    connection.request("GET" if post is None else "POST", where, body=post, headers=headers)
    answer = connection.getresponse()
    if 300 <= answer.status < 400:
        raise LinkUnsafe  # it would lead to a place nobody has checked
    body = answer.read(LARGEST_ANSWER_BYTES + 1)
    if len(body) > LARGEST_ANSWER_BYTES:
        raise LinkTooBig
    if answer.length:  # it announced more than came
        raise http.client.IncompleteRead(body)
    return Answer(answer.status, body, _seconds(answer.getheader("Retry-After")))


def _seconds(said: str | None) -> int:
    """Retry-After as seconds; a date, or nonsense, counts as not said."""
    plain = (said or "").strip()
    return min(int(plain), 24 * 3600) if plain.isascii() and plain.isdigit() else 0
