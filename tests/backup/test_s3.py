"""A bucket as a place for backups: whole, read back, and the secret never said."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest

from backup.chosen import choose_bucket, place_of
from backup.destinations import Wanted, check_there, put
from backup.s3 import S3, Bucket
from medilink.errors import CopyDamaged, NotLetIn, PlaceAway, PlaceTrouble
from tests.backup.s3_server import KEY_ID, SECRET, Store, s3_store

BODY = os.urandom(12_000_000)  # three parts
FILE = Wanted("x.db.zst.age", len(BODY), hashlib.sha256(BODY).digest())


@pytest.fixture
def store() -> Iterator[Store]:
    with s3_store() as made:
        yield made


@pytest.fixture
def bucket(store: Store) -> Bucket:
    return Bucket(store.endpoint, "clinic", "kisumu/backups", KEY_ID, secret=SECRET)


def test_a_file_arrives_in_parts_is_read_back_and_removed(store: Store, bucket: Bucket) -> None:
    with S3(bucket).enter() as room:
        put(room, FILE, BytesIO(BODY))
        assert store.objects == {"/clinic/kisumu/backups/x.db.zst.age": BODY}
        assert room.names() == {FILE.name: FILE.size}
        check_there(room, FILE)
        room.remove(FILE.name)
        room.remove(FILE.name)
        assert room.names() == {}
    assert SECRET.encode() not in store.heard


def test_what_is_changed_there_gets_no_name(store: Store, bucket: Bucket) -> None:
    store.changes_bytes = True
    with S3(bucket).enter() as room, pytest.raises(CopyDamaged):
        put(room, FILE, BytesIO(BODY))
    assert store.objects == {}


def test_what_is_called_off_leaves_nothing(store: Store, bucket: Bucket) -> None:
    class CalledOff(Exception):
        pass

    def stop(done: int, _of: int) -> None:
        if done > FILE.size // 2:
            raise CalledOff

    with S3(bucket).enter() as room, pytest.raises(CalledOff):
        put(room, FILE, BytesIO(BODY), stop)
    assert (store.objects, store.uploads) == ({}, {})


def test_a_wrong_key_and_a_store_that_is_not_there_are_told_apart(
    store: Store, bucket: Bucket
) -> None:
    with pytest.raises(NotLetIn), S3(replace(bucket, key_id="somebody")).enter():
        pass
    with pytest.raises(PlaceAway), S3(replace(bucket, endpoint="http://127.0.0.1:9")).enter():
        pass


def test_a_key_that_is_taken_back_meanwhile_ends_it(store: Store, bucket: Bucket) -> None:
    with S3(bucket).enter() as room:
        store.refuses = True
        with pytest.raises(PlaceTrouble):
            put(room, FILE, BytesIO(BODY))


def test_a_chosen_bucket_is_gone_to_again_and_its_secret_is_in_no_text(
    store: Store, bucket: Bucket
) -> None:
    chosen = choose_bucket(bucket)
    assert place_of(chosen).key == chosen.key == S3(bucket).key
    assert SECRET not in f"{chosen}{bucket}"
    with pytest.raises(NotLetIn):
        choose_bucket(replace(bucket, key_id="somebody"))
