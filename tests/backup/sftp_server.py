"""Another computer with a folder: a real SSH and SFTP server (paramiko's) on a port of its own.

Faults are switched on by attribute: a disk that is full after so many bytes, a line that is cut
after so many, a disk that changes what it is given, a folder that is write-protected, one that
lists without end.
"""

from __future__ import annotations

import errno
import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko

USER, PASSWORD = "clinic", "correct horse"


class Computer:
    """What the server is and what is wrong with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host_key = paramiko.ECDSAKey.generate()
        self.user_key = paramiko.ECDSAKey.generate()
        self.full_after = self.cut_after = -1
        self.changes_bytes = self.protected = self.endless = False
        self.written = 0
        self.said_passwords: list[str] = []
        self.lines: list[paramiko.Transport] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]

    @property
    def user_key_text(self) -> str:
        text = io.StringIO()
        self.user_key.write_private_key(text)
        return text.getvalue()

    @property
    def host_key_line(self) -> str:
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"

    def answer(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            line = paramiko.Transport(connection)
            line.add_server_key(self.host_key)
            line.set_subsystem_handler("sftp", paramiko.SFTPServer, Folder, self)
            self.lines.append(line)
            try:
                line.start_server(event=threading.Event(), server=Door(self))
            except (paramiko.SSHException, EOFError):
                continue

    def cut(self) -> None:
        for line in tuple(self.lines):  # not the ones of the next try
            line.close()


class Door(paramiko.ServerInterface):
    def __init__(self, computer: Computer) -> None:
        self.computer = computer

    def get_allowed_auths(self, _username: str) -> str:
        return "publickey,password"

    def check_auth_password(self, username: str, password: str) -> int:
        self.computer.said_passwords.append(password)
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        right = username == USER and key == self.computer.user_key
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, _kind: str, _chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class Endless(list[paramiko.SFTPAttributes]):
    """As many files as are asked for, a thousand at a time."""

    def __getitem__(self, part: slice) -> list[paramiko.SFTPAttributes]:  # type: ignore[override]
        one = paramiko.SFTPAttributes()
        one.filename = "photo.jpg"
        return [one] * 1000 if part.stop else self


class Folder(paramiko.SFTPServerInterface):
    def __init__(self, server: paramiko.ServerInterface, computer: Computer) -> None:
        super().__init__(server)
        self.computer = computer

    def real(self, path: str) -> Path:
        return self.computer.root / path.lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        if self.computer.endless:
            return Endless()
        try:
            return [
                # Bytes, as a file system has them: many a name is no UTF-8.
                paramiko.SFTPAttributes.from_stat(entry.stat(), os.fsencode(entry.name))
                for entry in os.scandir(self.real(path))
            ]
        except OSError as trouble:
            return paramiko.SFTPServer.convert_errno(trouble.errno or 0)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self.real(path).stat())
        except OSError as trouble:
            return paramiko.SFTPServer.convert_errno(trouble.errno or 0)

    lstat = stat

    def open(
        self, path: str, flags: int, _attr: paramiko.SFTPAttributes
    ) -> paramiko.SFTPHandle | int:
        if self.computer.protected and flags & (os.O_WRONLY | os.O_RDWR):
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            handle = os.open(self.real(path), flags, 0o600)
        except OSError as trouble:
            return paramiko.SFTPServer.convert_errno(trouble.errno or 0)
        file = os.fdopen(handle, "wb" if flags & os.O_WRONLY else "rb")
        return Handle(file, self.computer, flags)

    def rename(self, oldpath: str, newpath: str) -> int:
        if self.real(newpath).exists():
            return paramiko.SFTP_FAILURE
        self.real(oldpath).rename(self.real(newpath))
        return paramiko.SFTP_OK

    def remove(self, path: str) -> int:
        try:
            self.real(path).unlink()
        except OSError as trouble:
            return paramiko.SFTPServer.convert_errno(trouble.errno or 0)
        return paramiko.SFTP_OK


class Handle(paramiko.SFTPHandle):
    def __init__(self, file: object, computer: Computer, flags: int) -> None:
        super().__init__(flags)
        self.readfile = self.writefile = file
        self.computer = computer
        self.dead = False

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

    def write(self, offset: int, data: bytes) -> int:
        computer = self.computer
        computer.written += len(data)
        if self.dead:  # what was on its way already goes into no file of the next try
            return paramiko.SFTP_FAILURE
        if 0 <= computer.cut_after < computer.written:
            self.dead = True
            computer.cut()
            return paramiko.SFTP_FAILURE
        if 0 <= computer.full_after < computer.written:
            return paramiko.SFTPServer.convert_errno(errno.ENOSPC)
        changed = bytes([data[0] ^ 1]) + data[1:] if computer.changes_bytes else data
        return int(super().write(offset, changed))


@contextmanager
def another_computer(root: Path) -> Iterator[Computer]:
    """A server that answers while the context lasts."""
    root.mkdir()
    computer = Computer(root)
    answering = threading.Thread(target=computer.answer, daemon=True)
    answering.start()
    try:
        yield computer
    finally:
        # shutdown wakes accept(), which close alone does not
        computer.listening.shutdown(socket.SHUT_RDWR)
        computer.listening.close()
        answering.join()
        computer.cut()
        for line in computer.lines:
            line.join()
