"""No changed backup is taken for a good one: bits, cuts, pieces put elsewhere, other labels."""

from __future__ import annotations

import io
import json
import os
import random
from pathlib import Path

import cbor2
import pyrage
import pytest
import zstandard

from backup import format as layout
from backup.archive import label_of, nobody_waits, read_archive, write_archive
from backup.format import (
    HEAD_BYTES,
    MOST_NAMES,
    Label,
    label_frame,
    label_length,
    read_label,
    slot_bytes,
)
from backup.restoring import check_backup, rebuild_store
from database.migrate import NEWEST
from database.pages import PAGE
from database.snapshot import frozen
from medilink import statements
from medilink.acts.back_up import recipients_of, recovery_key_held, say_backup
from medilink.acts.log_proof import say_head
from medilink.acts.network import say_here
from medilink.errors import BackupChanged, BackupDamaged, BackupTooNew, BackupTrouble
from medilink.statements import Signed
from security.age_files import new_identity, recipient_of
from tests.backup.backed_up import STORE_ID, BackedUp
from tests.clinics import new_clinic
from tests.counts import times

FLIPS, CUTS = times(3_000, 100_000), times(700, 10_000)


class Nowhere:
    """Takes pages and forgets them."""

    def write(self, plain: bytes) -> None: ...

    def close(self) -> None: ...


def accepted(path: Path, identity: str) -> bool:
    """Whether a file is taken for whole, before any page of it is even looked at."""
    try:
        read_archive(path, identity, lambda _: Nowhere())
    except BackupTrouble:
        return False
    return True


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_changed_bit_and_no_cut_is_accepted(kisumu: BackedUp, tmp_path: Path) -> None:
    content = kisumu.path(kisumu.take()).read_bytes()
    path, chance = tmp_path / "changed.age", random.Random(20261121)
    path.write_bytes(content)
    assert accepted(path, kisumu.identity)
    wrongly = 0
    for _ in range(FLIPS):
        changed = bytearray(content)
        changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        wrongly += accepted(path, kisumu.identity)
    for length in {0, 1, len(content) - 1, *(chance.randrange(len(content)) for _ in range(CUTS))}:
        path.write_bytes(content[:length])
        wrongly += accepted(path, kisumu.identity)
    for _ in range(CUTS // 2):
        path.write_bytes(content + chance.randbytes(chance.randrange(1, 200)))
        wrongly += accepted(path, kisumu.identity)
        one, other = sorted(chance.sample(range(0, len(content) - 512, 512), 2))
        swapped = bytearray(content)
        swapped[one : one + 512] = content[other : other + 512]
        swapped[other : other + 512] = content[one : one + 512]
        path.write_bytes(swapped)
        wrongly += accepted(path, kisumu.identity)
    assert wrongly == 0


def test_a_file_that_is_no_backup_is_one_sentence(kisumu: BackedUp, tmp_path: Path) -> None:
    for content in (b"", b"hello", b"age-encryption.org/v1\n", os.urandom(5000)):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(BackupDamaged):
            read_archive(tmp_path / "file", kisumu.identity, lambda _: Nowhere())


# ---- somebody who has the keys


def sealed(path: Path, identity: str, plain: bytes) -> Path:
    recipient = pyrage.x25519.Recipient.from_str(recipient_of(identity))
    path.write_bytes(pyrage.encrypt(plain, [recipient]))
    return path


def opened(path: Path, identity: str) -> tuple[bytes, bytes]:
    """(the label's frame, the packed pages) of a backup."""
    key = pyrage.x25519.Identity.from_str(identity)
    plain = bytes(pyrage.decrypt(path.read_bytes(), [key]))
    end = layout.HEAD_BYTES + label_length(plain)
    return plain[:end], plain[end:]


def test_pages_that_are_not_what_the_label_says(kisumu: BackedUp, tmp_path: Path) -> None:
    frame, packed = opened(kisumu.path(kisumu.take()), kisumu.identity)
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    pack = zstandard.ZstdCompressor().compress
    forged = {
        "fewer pages": pack(plain[:-PAGE]),
        "more pages": pack(plain + bytes(PAGE)),
        "half a page": pack(plain[:-1]),
        "a bomb": pack(bytes(64 * 1024 * 1024)),
        "no database": pack(bytes(len(plain))),
        "a page of zeros": pack(plain[: 9 * PAGE] + bytes(PAGE) + plain[10 * PAGE :]),
        "not packed": plain,
        "nothing": b"",
    }
    for what, pages in forged.items():
        path = sealed(tmp_path / "forged", kisumu.identity, frame + pages)
        with pytest.raises(BackupTrouble):
            rebuild_store(path, kisumu.identity, tmp_path / "a.db", lambda _: bytes(32))
            pytest.fail(what)
        assert not list(tmp_path.glob("a.db*")), what


def relabelled(kisumu: BackedUp, path: Path, said: Signed, head: Signed) -> Path:
    held = recovery_key_held(kisumu.clinic.admin)
    assert held
    label = label_frame(held.held, said, head)
    with frozen(kisumu.clinic.store.file) as snapshot, path.open("wb") as file:
        write_archive(snapshot, label, recipients_of(kisumu.clinic.admin), file)
    return path


def test_a_label_that_does_not_fit_what_is_in_it(kisumu: BackedUp, tmp_path: Path) -> None:
    kisumu.take()
    desk = kisumu.clinic.admin
    [row] = desk.store.backups.of_backups()
    with frozen(kisumu.clinic.store.file) as snapshot:
        count = snapshot.count
    says = statements.BackedUp(STORE_ID, "Kisumu", 1, row.at, NEWEST, count, 0, row.before)
    other = new_clinic(tmp_path / "other", "Other Clinic", "9AB").admin
    true_said, true_head = say_backup(desk, says), say_head(desk)
    wrong = {
        "another generation": (say_backup(desk, says._replace(generation=2)), true_head),
        "another chain": (say_backup(desk, says._replace(before=b"x" * 32)), true_head),
        "signed by another clinic": (say_backup(other, says), true_head),
        "the log of another clinic": (true_said, say_head(other)),
        "a log it never had": (true_said, say_here(desk, true_head.says._replace(root=bytes(32)))),
    }
    scratch = tmp_path / "scratch.db"
    for what, (said, head) in wrong.items():
        path = relabelled(kisumu, tmp_path / "file", said, head)
        with pytest.raises(BackupChanged):
            check_backup(path, kisumu.identity, scratch, bytes(32))
            pytest.fail(what)
    path = relabelled(kisumu, tmp_path / "file", true_said, true_head)
    assert check_backup(path, kisumu.identity, scratch, bytes(32)).entries >= true_head.says.size


def test_labels_of_any_shape_are_refused(kisumu: BackedUp, tmp_path: Path) -> None:
    frame, packed = opened(kisumu.path(kisumu.take()), kisumu.identity)
    fields = cbor2.loads(frame[layout.HEAD_BYTES :])

    def framed(content: bytes) -> bytes:
        return layout.MAGIC + len(content).to_bytes(4, "little") + content

    bad: list[bytes] = [
        b"",
        frame[:6],
        b"\0" * 8 + frame[8:],
        layout.MAGIC + b"\xff\xff\xff\x7f" + frame[8:],
        framed(b""),
        framed(b"\xa0"),
        framed(cbor2.dumps(fields[:3])),
        framed(cbor2.dumps([1, b"[]", *fields[2:]])),
        framed(cbor2.dumps([1, fields[1], fields[3], fields[2]])),
        framed(cbor2.dumps([1, fields[1], b"", b""])),
    ]
    for label in bad:
        path = sealed(tmp_path / "file", kisumu.identity, label + packed)
        with pytest.raises(BackupDamaged):
            read_archive(path, kisumu.identity, lambda _: Nowhere())
    path = sealed(
        tmp_path / "file", kisumu.identity, framed(cbor2.dumps([2, *fields[1:]])) + packed
    )
    with pytest.raises(BackupTooNew):
        read_archive(path, kisumu.identity, lambda _: Nowhere())


def test_progress_may_stop_it(kisumu: BackedUp) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, of: int) -> None:
        assert done <= of
        raise Stopped

    with frozen(kisumu.clinic.store.file) as snapshot, pytest.raises(Stopped):
        write_archive(snapshot, b"", [recipient_of(new_identity())], io.BytesIO(), stop)
    assert nobody_waits(1, 2) is None


def test_a_label_names_who_and_when(kisumu: BackedUp) -> None:
    seen: list[Label] = []

    def begin(label: Label) -> Nowhere:
        seen.append(label)
        return Nowhere()

    kept = kisumu.take()
    assert read_archive(kisumu.path(kept), kisumu.identity, begin) == kept.digest
    assert seen[0].says.clinic == "Kisumu Clinic"
    assert seen[0].says.store == STORE_ID


def test_names_in_a_label_are_user_names_and_nothing_else(kisumu: BackedUp) -> None:
    """Whoever can seal to a clinic's backups may write what they like there."""
    kept = kisumu.take()
    label = label_of(kisumu.path(kept), kisumu.identity)

    def with_names(content: bytes) -> bytes:
        frame = label_frame(slot_bytes(label.slot), label.said, label.head, b"", b"", b"", content)
        return frame[HEAD_BYTES:]

    odd = ["grace", "\x1b[2Jgrace", "x" * 50_000, "\ud800", "otieno.b", "ML-2345-6789"]
    assert read_label(with_names(json.dumps(odd).encode())).administrators == ("grace", "otieno.b")
    many = json.dumps([f"administrator.{number}" for number in range(3_000)]).encode()
    assert len(read_label(with_names(many)).administrators) == MOST_NAMES
    with pytest.raises(BackupDamaged):
        read_label(with_names(b"[" * 30_000))
