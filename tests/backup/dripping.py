"""A line to a server here that can be made slow: what the server says comes a byte at a time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PAUSE_S = 0.05


class Line:
    """`port` leads to the server. `clock` is one on which hours pass while it drips."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.drips, self._closed = threading.Event(), threading.Event()
        self.dripped = 0
        self.now = 0.0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def clock(self) -> float:
        self.now += 600 if self.drips.is_set() else 0.001
        return self.now

    def answer(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(("127.0.0.1", self._to))
                for one in (here, there):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for way in ((here, there, False), (there, here, True)):
                    threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError), source, target:
            while part := source.recv(65_536):
                if answers and self.drips.is_set():
                    self._drip(part, target)
                else:
                    target.sendall(part)

    def _drip(self, part: bytes, target: socket.socket) -> None:
        for at in range(len(part)):
            if self._closed.wait(PAUSE_S):
                return
            target.sendall(part[at : at + 1])
            self.dripped += 1

    def close(self) -> None:
        self._closed.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def dripping(port: int) -> Iterator[Line]:
    """A line that answers while the context lasts."""
    line = Line(port)
    answering = threading.Thread(target=line.answer, daemon=True)
    answering.start()
    try:
        yield line
    finally:
        line.close()
        answering.join()
