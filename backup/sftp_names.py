"""What lies in a folder on another computer.

SFTP knows no character set (draft-ietf-secsh-filexfer-02, section 3) and paramiko knows only UTF-8:
one old name from Windows, and it lists nothing at all. Names are read here as bytes. No backup is
called like one that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import paramiko
from paramiko.sftp import CMD_CLOSE, CMD_NAME, CMD_OPENDIR, CMD_READDIR

from medilink.errors import TooManyFiles

MOST_NAMES = 100_000  # a backup a day for centuries; a computer may list without end


class Files(paramiko.SFTPClient):
    """The files of another computer."""

    def lying(self, folder: str) -> Iterator[paramiko.SFTPAttributes]:
        """All that is in a folder; `filename` is as good as it can be read. Raises TooManyFiles."""
        handle = self._ask(CMD_OPENDIR, folder).get_binary()
        seen = 0
        while True:
            try:
                answer = self._ask(CMD_READDIR, handle)
            except EOFError:  # that was the last
                break
            for _ in range(answer.get_int()):
                seen += 1
                if seen > MOST_NAMES:
                    raise TooManyFiles
                yield _entry(answer)
        self._ask(CMD_CLOSE, handle)

    def _ask(self, command: int, about: str | bytes) -> paramiko.Message:
        asked: Any = self
        kind, answer = asked._request(command, about)  # noqa: SLF001 nothing public lists bytes
        if command == CMD_READDIR and kind != CMD_NAME:
            raise paramiko.SFTPError
        return answer  # type: ignore[no-any-return]


def _entry(answer: paramiko.Message) -> paramiko.SFTPAttributes:
    name = answer.get_string().decode("utf-8", "replace")
    answer.get_string()  # the same as a line of ls -l
    entry: Any = paramiko.SFTPAttributes()
    entry._unpack(answer)  # noqa: SLF001
    entry.filename = name
    return entry  # type: ignore[no-any-return]
