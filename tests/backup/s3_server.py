"""A bucket of an S3-compatible store: the parts of its protocol that are used, over real HTTP.

Names are as Amazon's: PutObject, multipart uploads, GetObject with ranges, CopyObject,
ListObjectsV2, DeleteObjects. Faults are switched on by attribute.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY_ID, SECRET = "clinic", "correct horse"
WHEN = "2026-03-02T12:00:00.000Z"


class Store:
    """What lies there, and what is wrong with it."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.numbers = itertools.count(1)
        self.changes_bytes = self.refuses = False
        self.heard = b""
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("OfStore", (Answer,), {"store": self})
        )

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def keep(self, path: str, content: bytes) -> None:
        changed = bytes([content[0] ^ 1]) + content[1:] if self.changes_bytes else content
        self.objects[path] = changed


class Answer(BaseHTTPRequestHandler):
    """One request."""

    store: Store
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def begin(self) -> tuple[str, dict[str, str], bytes] | None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.store.heard += str(self.headers).encode() + self.path.encode()
        signed = f"Credential={KEY_ID}/" in (self.headers.get("Authorization") or "")
        if self.store.refuses or not signed:
            self.say(403, b"<Error><Code>AccessDenied</Code></Error>")
            return None
        asked = urlsplit(self.path)
        query = parse_qs(asked.query, keep_blank_values=True)
        return unquote(asked.path), {name: one[0] for name, one in query.items()}, content

    def do_PUT(self) -> None:
        if not (found := self.begin()):
            return
        path, query, content = found
        if source := self.headers.get("x-amz-copy-source"):
            self.store.objects[path] = self.store.objects["/" + unquote(source).lstrip("/")]
            body = f"<CopyObjectResult><ETag>x</ETag><LastModified>{WHEN}</LastModified>"
            self.say(200, f"{body}</CopyObjectResult>".encode())
            return
        if "partNumber" in query:
            self.store.uploads[query["uploadId"]][int(query["partNumber"])] = content
        else:
            self.store.keep(path, content)
        self.say(200, ETag='"x"')

    def do_POST(self) -> None:
        if not (found := self.begin()):
            return
        path, query, content = found
        if "delete" in query:
            keys = re.findall(r"<Key>(.*?)</Key>", content.decode())
            for key in keys:
                self.store.objects.pop(f"{path.rstrip('/')}/{key}", None)
            body = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self.say(200, f"<DeleteResult>{body}</DeleteResult>".encode())
            return
        if "uploads" in query:
            number = str(next(self.store.numbers))
            self.store.uploads[number] = {}
            body = f"<InitiateMultipartUploadResult><UploadId>{number}</UploadId>"
            self.say(200, f"{body}</InitiateMultipartUploadResult>".encode())
            return
        parts = self.store.uploads.pop(query["uploadId"])
        self.store.keep(path, b"".join(parts[number] for number in sorted(parts)))
        body = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        self.say(200, body.encode())

    def do_GET(self) -> None:
        if not (found := self.begin()):
            return
        path, query, _ = found
        if "list-type" in query:
            self.say(200, _listed(self.store, path, query.get("prefix", "")).encode())
            return
        if path not in self.store.objects:
            self.say(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        content = self.store.objects[path]
        if not (wanted := self.headers.get("Range")):
            self.say(200, content, ETag='"x"', Last_Modified="Mon, 02 Mar 2026 12:00:00 GMT")
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        part = content[int(first) : int(last) + 1]
        span = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        self.say(
            206,
            part,
            Content_Range=span,
            ETag='"x"',
            Last_Modified="Mon, 02 Mar 2026 12:00:00 GMT",
        )

    do_HEAD = do_GET


def _listed(store: Store, bucket: str, prefix: str) -> str:
    inside = f"{bucket.rstrip('/')}/{prefix}"
    found = [
        f"<Contents><Key>{escape(path.removeprefix(bucket.rstrip('/') + '/'))}</Key>"
        f"<LastModified>{WHEN}</LastModified><ETag>x</ETag><Size>{len(content)}</Size></Contents>"
        for path, content in sorted(store.objects.items())
        if path.startswith(inside)
    ]
    return f"<ListBucketResult>{''.join(found)}</ListBucketResult>"


@contextmanager
def s3_store() -> Iterator[Store]:
    """A store that answers while the context lasts."""
    store = Store()
    answering = threading.Thread(target=store.server.serve_forever, daemon=True)
    answering.start()
    try:
        yield store
    finally:
        store.server.shutdown()
        store.server.server_close()
        answering.join()
