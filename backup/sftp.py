"""Another computer as a place for backups, reached over SFTP (draft-ietf-secsh-filexfer-02).

That computer is known by its host key, shown to an administrator when it is chosen; whoever answers
with another key is sent nothing, not even the password. SFTP knows no order to flush to the disk:
a copy counts once it was read back over the line.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from stat import S_ISREG
from typing import BinaryIO, cast

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from backup.sftp_names import Files
from medilink.errors import (
    KeyLocked,
    NotLetIn,
    OtherComputer,
    PlaceAway,
    PlaceTrouble,
    PlaceVanished,
)

PATIENCE_S = 30.0  # a clinic's line may be slow; one that says nothing for so long is gone
READ_AHEAD = 64  # requests of 32 KiB under way: enough for a line of 100 ms, and 2 MiB at most
MOST_AHEAD = 64 << 30  # bytes: what it says of its size is not to be believed
_RSA = "ssh-rsa"  # the type of the key; signatures with it are rsa-sha2-* (RFC 8332)
_KINDS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True, slots=True)
class Address:
    """Where, as whom, and which folder. `host_key` is the line `read_host_key` gave."""

    host: str
    user: str
    folder: str
    host_key: str
    port: int = 22
    private_key: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class SftpRoom:
    """The folder on the other computer, while the line holds."""

    largest: int | None = None

    def __init__(self, sftp: Files, folder: str) -> None:
        self._sftp, self._folder = sftp, folder

    def names(self) -> dict[str, int]:
        with self._line_holds():
            return {
                one.filename: one.st_size or 0
                for one in self._sftp.lying(self._folder)
                if S_ISREG(one.st_mode or 0)
            }

    def when(self) -> dict[str, float]:
        """When each came there, in seconds UTC, as that computer tells."""
        with self._line_holds():
            found = self._sftp.lying(self._folder)
            return {one.filename: float(one.st_mtime or 0) for one in found}

    @contextlib.contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        with self._line_holds(), self._sftp.open(self._path(name), "wb") as file:
            file.set_pipelined(True)
            yield cast(BinaryIO, file)
            # Sent one after the other without waiting, paramiko drops the answers: a full disk
            # shows in the size alone.
            file.flush()
            if file.stat().st_size != file.tell():
                raise PlaceTrouble

    @contextlib.contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        with self._line_holds(), self._sftp.open(self._path(name), "rb") as file:
            file.prefetch(min(file.stat().st_size or 0, MOST_AHEAD), READ_AHEAD)
            yield cast(BinaryIO, file)

    def rename(self, old: str, new: str) -> None:
        with self._line_holds():
            self._sftp.rename(self._path(old), self._path(new))

    def remove(self, name: str) -> None:
        with self._line_holds(), contextlib.suppress(FileNotFoundError):
            self._sftp.remove(self._path(name))

    def free(self) -> int | None:
        return None

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    @contextlib.contextmanager
    def _line_holds(self) -> Iterator[None]:
        """paramiko tells of a broken line in several ways, one an OSError without number."""
        try:
            yield
        except (paramiko.SSHException, EOFError, TimeoutError) as broken:
            raise PlaceVanished from broken
        except OSError as trouble:
            channel = self._sftp.get_channel()
            if channel is None or channel.closed:
                raise PlaceVanished from trouble
            raise


class Sftp:
    """A folder on another computer."""

    def __init__(self, address: Address) -> None:
        where = f"{address.user}@{address.host}:{address.port}:{address.folder}"
        self.key = f"sftp:{hashlib.sha256(where.encode()).hexdigest()[:32]}"
        self._address = address
        self._line: paramiko.Transport | None = None

    @contextlib.contextmanager
    def enter(self) -> Iterator[SftpRoom]:
        with _line(self._address.host, self._address.port) as line:
            self._line = line
            _greet(line, self._address.host_key)
            _sign_in(line, self._address)
            yield SftpRoom(_open_files(line), self._address.folder)

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()


def read_host_key(host: str, port: int = 22) -> str:
    """The key a computer shows, as a line "type base64", for somebody who knows it to confirm.
    Raises PlaceAway."""
    with _line(host, port) as line:
        _start(line)
        shown = _shown(line)
        return f"{shown.get_name()} {shown.get_base64()}"


def fingerprint(host_key: str) -> str:
    """A host key the way ssh-keygen -l shows it."""
    digest = hashlib.sha256(base64.b64decode(host_key.split(" ")[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@contextlib.contextmanager
def _line(host: str, port: int) -> Iterator[paramiko.Transport]:
    try:
        connection = socket.create_connection((host, port), PATIENCE_S)
    except OSError as trouble:
        raise PlaceAway from trouble
    line = paramiko.Transport(connection)
    try:
        yield line
    finally:
        line.close()


def _start(line: paramiko.Transport) -> None:
    try:
        line.start_client(timeout=PATIENCE_S)
    except (paramiko.SSHException, EOFError, OSError) as trouble:
        raise PlaceAway from trouble


def _shown(line: paramiko.Transport) -> paramiko.PKey:
    """The key that was shown; who is still greeting after all that time has shown none."""
    try:
        return line.get_remote_server_key()
    except paramiko.SSHException as silent:
        raise PlaceAway from silent


def _greet(line: paramiko.Transport, host_key: str) -> None:
    """Make sure who answers before anything is said. Raises OtherComputer."""
    kind, known = host_key.split(" ")[:2]
    # Only the kind that is known: a computer may have several keys, and would show its newest.
    wanted = ["rsa-sha2-512", "rsa-sha2-256"] if kind == _RSA else [kind]
    line.get_security_options().key_types = wanted
    try:
        line.start_client(timeout=PATIENCE_S)
    except IncompatiblePeer as other:
        raise OtherComputer from other
    except (paramiko.SSHException, EOFError, OSError) as trouble:
        raise PlaceAway from trouble
    shown = _shown(line)
    if (shown.get_name(), shown.get_base64()) != (kind, known):
        raise OtherComputer


def _sign_in(line: paramiko.Transport, address: Address) -> None:
    try:
        if address.private_key:
            line.auth_publickey(address.user, _read_key(address.private_key))
        else:
            line.auth_password(address.user, address.password)
    except paramiko.AuthenticationException as refused:
        raise NotLetIn from refused
    except (paramiko.SSHException, EOFError, OSError) as trouble:
        raise PlaceVanished from trouble


def _read_key(text: str) -> paramiko.PKey:
    """Raises KeyLocked, NotLetIn."""
    if "BEGIN ENCRYPTED" in text:  # PKCS #8, of which paramiko says only that it is no key
        raise KeyLocked
    for kind in _KINDS:
        try:
            return kind.from_private_key(io.StringIO(text))
        except paramiko.PasswordRequiredException as locked:
            raise KeyLocked from locked
        except (paramiko.SSHException, ValueError):
            continue
    raise NotLetIn


def _open_files(line: paramiko.Transport) -> Files:
    try:
        sftp = Files.from_transport(line)
    except (paramiko.SSHException, EOFError, OSError) as trouble:
        raise PlaceVanished from trouble
    channel = sftp.get_channel() if sftp else None
    if sftp is None or channel is None:
        raise PlaceVanished
    channel.settimeout(PATIENCE_S)
    return sftp
