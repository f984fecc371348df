"""A browser without a window: Streamlit's own WebSocket protocol, one page run at a time.

with PageClient.connect("http://127.0.0.1:8600", cookie) as page:
    page.rerun(page="record")
    assert "Wanjiku" in " ".join(page.texts())
    page.rerun(page="record", widget_states=[page.press("Save")])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

COOKIE = "medilink"
PATIENCE_S = 30.0
# Fields of Streamlit's elements that a person reads.
_READ = frozenset({"body", "label", "text", "title", "value", "default", "placeholder", "options"})


class PageClient:
    """One open page of one browser."""

    def __init__(self, connection: ClientConnection, leaving: ExitStack) -> None:
        self._connection, self._leaving = connection, leaving
        self._drawn: list[ForwardMsg] = []

    @classmethod
    def connect(cls, base_url: str, cookie: str = "") -> PageClient:
        """Open the page's connection. Raises websockets' InvalidStatus or ConnectionClosed when
        the server does not want this cookie (the latter at the first rerun)."""
        address = urlsplit(base_url)
        scheme = "wss" if address.scheme == "https" else "ws"
        headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
        opening = connect(
            f"{scheme}://{address.netloc}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=headers,
            compression=None,
            max_size=None,
        )
        leaving = ExitStack()
        return cls(leaving.enter_context(opening), leaving)

    def __enter__(self) -> PageClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the page."""
        self._leaving.close()

    def rerun(
        self, page: str = "", widget_states: Iterable[WidgetState] = (), query: str = ""
    ) -> list[ForwardMsg]:
        """Run a page (by its address) and wait until it is drawn; every message that came."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        asked.rerun_script.widget_states.widgets.extend(widget_states)
        asked.rerun_script.context_info.timezone = "Africa/Nairobi"
        asked.rerun_script.context_info.locale = "en"
        self._connection.send(asked.SerializeToString())
        self._drawn = list(self._until_finished())
        return self._drawn

    def _until_finished(self) -> Iterator[ForwardMsg]:
        """Messages up to the end of the run; a run that starts another one is not the end."""
        while True:
            received = self._connection.recv(PATIENCE_S, decode=False)
            message = ForwardMsg.FromString(received)
            yield message
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return

    # ---- what is on the page

    def elements(self) -> Iterator[Element]:
        """Every element of the last run, in the order it was drawn."""
        for message in self._drawn:
            if message.WhichOneof("type") == "delta":
                if message.delta.WhichOneof("type") == "new_element":
                    yield message.delta.new_element

    def texts(self) -> list[str]:
        """Every text of the last run, those of tabs and expanders too."""
        found: list[str] = []
        for message in self._drawn:
            if message.WhichOneof("type") == "delta":
                found += _texts(message.delta)
        return found

    def widget(self, label: str) -> str:
        """The id of the widget with a label. Raises KeyError."""
        for element in self.elements():
            part: Any = getattr(element, str(element.WhichOneof("type")))
            if getattr(part, "label", None) == label and getattr(part, "id", ""):
                return str(part.id)
        raise KeyError(label)

    def press(self, label: str) -> WidgetState:
        """A button pressed, for `widget_states`."""
        return WidgetState(id=self.widget(label), trigger_value=True)

    def type_in(self, label: str, text: str) -> WidgetState:
        """A text field filled in, for `widget_states`."""
        return WidgetState(id=self.widget(label), string_value=text)


def _texts(part: Message) -> Iterator[str]:
    for field, value in part.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else [value]:
                if isinstance(inner, Message):
                    yield from _texts(inner)
        elif field.type == field.TYPE_STRING and field.name in _READ:
            yield from value if field.is_repeated else [value]
