"""A bucket of an S3-compatible store as a place for backups.

An object appears there whole or not at all, under any name; it is read back all the same. What
stands in the way is told by the library as types of its own, in words nobody should have to read.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import (
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from backup.folder import MARK
from medilink.errors import NotLetIn, PlaceAway, PlaceTrouble, PlaceVanished

PATIENCE = timedelta(seconds=30)  # as for another computer (backup/sftp.py)
ONE_REQUEST = timedelta(minutes=10)  # a part over a line of 10 KB/s
PART = 5 * 1024**2  # the smallest there is (Amazon S3 API, UploadPart)
# An object is named by copying it, and one copy takes no more (Amazon S3 API, CopyObject).
LARGEST = 5 * 1024**3


@dataclass(frozen=True, slots=True)
class Bucket:
    """Which store, which bucket, and what stands before every name in it. `endpoint` is its address
    with http or https."""

    endpoint: str
    bucket: str
    folder: str
    key_id: str
    region: str = "us-east-1"
    secret: str = field(default="", repr=False)


class S3Room:
    """The bucket, while the line holds."""

    largest: int | None = LARGEST

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def names(self) -> dict[str, int]:
        with _line_holds(PlaceVanished):
            listed = obstore.list_with_delimiter(self._store)
        return {str(one["path"]).rpartition("/")[2]: one["size"] for one in listed["objects"]}

    def when(self) -> dict[str, float]:
        """When each came there, in seconds UTC, as the store tells."""
        with _line_holds(PlaceVanished):
            listed = obstore.list_with_delimiter(self._store)
        found = ((str(one["path"]), one["last_modified"]) for one in listed["objects"])
        return {path.rpartition("/")[2]: at.timestamp() for path, at in found}

    @contextlib.contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        with _line_holds(PlaceVanished):
            file = obstore.open_writer(self._store, name, buffer_size=PART)
            try:
                yield cast(BinaryIO, file)
            except BaseException:
                # So that no begun parts are left; the caller removes what then stands there.
                with contextlib.suppress(BaseError, OSError):
                    file.close()
                raise
            file.close()

    @contextlib.contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        with _line_holds(PlaceVanished):
            yield cast(BinaryIO, obstore.open_reader(self._store, name))

    def rename(self, old: str, new: str) -> None:
        with _line_holds(PlaceVanished):
            obstore.rename(self._store, old, new)

    def remove(self, name: str) -> None:
        with _line_holds(PlaceVanished), contextlib.suppress(NotFoundError, FileNotFoundError):
            obstore.delete(self._store, name)

    def free(self) -> int | None:
        return None


class S3:
    """A bucket that was chosen."""

    def __init__(self, bucket: Bucket) -> None:
        where = f"{bucket.endpoint}/{bucket.bucket}/{bucket.folder}"
        self.key = f"s3:{hashlib.sha256(where.encode()).hexdigest()[:32]}"
        self._bucket = bucket

    @contextlib.contextmanager
    def enter(self) -> Iterator[S3Room]:
        there = self._bucket
        with _line_holds(PlaceAway):
            store = S3Store(
                there.bucket,
                prefix=there.folder or None,
                endpoint=there.endpoint,
                region=there.region,
                access_key_id=there.key_id,
                secret_access_key=there.secret,
                client_options={
                    # Whatever goes there is sealed, and the secret itself is never sent.
                    "allow_http": there.endpoint.startswith("http://"),
                    "connect_timeout": PATIENCE,
                    "timeout": ONE_REQUEST,
                },
                retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
            )
            # A refusal is told apart from other trouble only where one object is asked for.
            with contextlib.suppress(NotFoundError, FileNotFoundError):
                obstore.head(store, MARK)
            obstore.list_with_delimiter(store)
        yield S3Room(store)

    def hang_up(self) -> None:
        """The library lets nobody cut it; each request ends by itself (`ONE_REQUEST`)."""


@contextlib.contextmanager
def _line_holds(otherwise: type[PlaceTrouble]) -> Iterator[None]:
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as refused:
        raise NotLetIn from refused
    except NotFoundError as missing:
        raise FileNotFoundError(str(type(missing))) from missing
    except BaseError as trouble:
        raise otherwise from trouble
