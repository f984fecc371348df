"""What other systems sent, byte for byte: taken in once, handed out as it came."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, bindparam, insert, select

from database import schema
from database.statement import Statement
from medilink.people import PatientId
from medilink.receiving import (
    Original,
    ReceivedEntry,
    ReceivedPatient,
    patient_uid,
    received_uid,
)

_TABLE, _ENTRY, _BODIES = schema.received, schema.entry, schema.document_body
_ALL = Statement(
    select(_TABLE.c.kind, _TABLE.c.uid, _TABLE.c.body)
    .where(_TABLE.c.patient_id == bindparam("patient"))
    .order_by(_TABLE.c.kind, _TABLE.c.uid)
)
_BEFORE = Statement(
    select(_TABLE.c.digest).where(
        _TABLE.c.patient_id == bindparam("patient"),
        _TABLE.c.kind == bindparam("kind"),
        _TABLE.c.uid == bindparam("uid"),
    )
)
_KEEP = Statement(
    insert(_TABLE).values(
        {name: bindparam(name) for name in ("patient_id", "kind", "uid", "digest", "body")}
    )
)
_ENTRIES = Statement(select(_ENTRY.c.uid).where(_ENTRY.c.patient_id == bindparam("patient")))
_BODY = Statement(select(_BODIES.c.id).where(_BODIES.c.uid == bindparam("uid")))


def originals_of(connection: Connection, patient: PatientId) -> list[Original]:
    """Everything that came in for a patient, in a fixed order."""
    rows = _ALL.run(connection, patient=patient).all()
    return [Original(row[0], row[1], *_unpacked(row[2])) for row in rows]


def take_in(
    connection: Connection, patient: PatientId, whole: ReceivedPatient, *, known: bool
) -> list[ReceivedEntry]:
    """Keep what is not here yet, as it came, and say what that was. `known`: the patient is no new
    one. What MediLink wrote itself is here already where its uid is."""
    here: set[bytes] = set()
    if known:
        entries = _ENTRIES.run(connection, patient=patient).all()
        here = {patient_uid(whole.source_id), *(row[0] for row in entries)}
    fresh = (part for part in whole.entries if part.own not in here)
    return [part for part in fresh if _keep(connection, patient, whole.source_id, part)]


def keep_originals(
    connection: Connection, patient: PatientId, originals: Iterable[Original]
) -> None:
    """Keep what another MediLink had kept, under the same uids; what is here already stays."""
    for one in originals:
        _keep_under(connection, patient, one)


def _keep(connection: Connection, patient: PatientId, source_id: str, part: ReceivedEntry) -> bool:
    uid = received_uid(source_id, part.kind, part.source_id)
    return _keep_under(connection, patient, Original(part.kind, uid, part.body, part.address))


def _keep_under(connection: Connection, patient: PatientId, one: Original) -> bool:
    if _BEFORE.run(connection, patient=patient, kind=one.kind, uid=one.uid).first():
        return False
    _KEEP.run(
        connection,
        patient_id=patient,
        kind=one.kind,
        uid=one.uid,
        digest=hashlib.sha256(one.body).digest(),
        body=_packed(one),
    )
    return True


def attached_to(
    connection: Connection, parts: Iterable[ReceivedEntry]
) -> Iterator[tuple[bytes, bytes]]:
    """The documents of what is new, by uid."""
    for part in parts:
        yield from unknown_bodies(connection, part.attached)


def unknown_bodies(
    connection: Connection, bodies: Iterable[tuple[bytes, bytes]]
) -> Iterator[tuple[bytes, bytes]]:
    """Those that are not here. One that another record has already stays there."""
    for uid, body in bodies:
        if not _BODY.run(connection, uid=uid).first():
            yield uid, body


def _packed(part: Original) -> bytes:
    """A resource deflated and, behind the end of that stream, its address in a second one."""
    address = zlib.compress(part.address.encode(), 9) if part.address else b""
    return zlib.compress(part.body, 6) + address


def _unpacked(kept: bytes) -> tuple[bytes, str]:
    stream = zlib.decompressobj()
    body = stream.decompress(kept)
    address = zlib.decompress(stream.unused_data) if stream.unused_data else b""
    return body, address.decode()
