"""Many records as FHIR NDJSON, one resource a line, in the files the FHIR Bulk Data Access guide
(HL7, 2.0) asks for: some of each type, and a manifest that names them.

References are `Type/id`, as there is no Bundle around them, and ids are of what is kept here, so
that no two are the same. Every other character of what came from
elsewhere is as it came. One patient and one batch of lines are in memory at a time, and nothing is
written but what `store` is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from exports.fhir import Part, parts_of
from exports.fhir_parts import as_json, instant
from exports.fhir_pool import Pool
from exports.raw_json import on_one_line, with_members
from medilink.fhir_names import read_uid, written_uid
from medilink.handing_out import HandedOut
from medilink.intake.fhir_kinds import ABOUT_A_PATIENT
from security.codes import uid_from_name

MANIFEST = "manifest.json"
BATCH_BYTES = 4 * 1024 * 1024

Store = Callable[[str, bytes], None]
Progress = Callable[[int, int], None]


def bulk_lines(everybody: Iterable[HandedOut]) -> Iterator[tuple[str, bytes]]:
    """Type and line of every resource, one patient after the other. Who and what several patients
    have in common (a practitioner, a house) comes once."""
    shared: set[tuple[str, str]] = set()
    for handed in everybody:
        yield from _of_one(handed, shared)


def write_bulk(
    everybody: Iterable[HandedOut],
    store: Store,
    of: int,
    made_at: int,
    progress: Progress = lambda _done, _of: None,
) -> int:
    """Everybody's lines, file by file to `store`, the manifest last; how many lines there were.

    `of`: how many patients there are; `progress` is told after each, and may raise to stop: then
    there is no manifest, and what was stored is to be thrown away.
    """
    batches, shared = _Batches(store), set[tuple[str, str]]()
    for done, handed in enumerate(everybody, start=1):
        for kind, line in _of_one(handed, shared):
            batches.add(kind, line)
        progress(done, of)
    batches.close()
    store(MANIFEST, _manifest(batches.files, made_at))
    return sum(count for _, _, count in batches.files)


def into_zip(archive: ZipFile, made_at: int) -> Store:
    """A `store` that adds to an open zip archive; the same lines give the same bytes."""
    at = datetime.fromtimestamp(made_at // 1000, UTC).timetuple()[:6]

    def store(name: str, content: bytes) -> None:
        member = ZipInfo(name, at)
        member.compress_type = ZIP_DEFLATED
        archive.writestr(member, content)

    return store


@dataclass
class _Batches:
    """Lines by type, stored as soon as they are enough. `files`: type, name and lines of each."""

    store: Store
    files: list[tuple[str, str, int]] = field(default_factory=list)
    _held: dict[str, list[bytes]] = field(default_factory=dict)
    _size: int = 0
    _number: int = 0

    def add(self, kind: str, line: bytes) -> None:
        self._held.setdefault(kind, []).append(line)
        self._size += len(line)
        if self._size >= BATCH_BYTES:
            self.close()

    def close(self) -> None:
        """Store what is held."""
        for kind, lines in sorted(self._held.items()):
            name = f"{kind}.{self._number:03d}.ndjson"
            self.store(name, b"".join(line + b"\n" for line in lines))
            self.files.append((kind, name, len(lines)))
        self._held, self._size, self._number = {}, 0, self._number + 1


def _manifest(files: Iterable[tuple[str, str, int]], made_at: int) -> bytes:
    """The guide's "response - complete status"; there was no request, and the files lie beside."""
    output = [{"type": kind, "url": name, "count": count} for kind, name, count in files]
    return as_json(
        {
            "transactionTime": instant(made_at),
            "request": "urn:medilink:bulk",
            "requiresAccessToken": False,
            "output": output,
            "error": [],
        }
    )


# ---- one patient


def _of_one(handed: HandedOut, shared: set[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    pool = Pool(parts_of(handed))
    ids = _ids(pool.parts)
    for part in pool.parts:
        own = (part.kind, ids[part.address])
        if own in shared:
            continue
        if _is_shared(part):
            shared.add(own)
        body = pool.with_references(part, lambda _said, met: f"{met.kind}/{ids[met.address]}")
        if part.content.get("id") != own[1]:
            body = with_members(body, {"id": own[1]})
        yield part.kind, on_one_line(body)


def _ids(parts: Iterable[Part]) -> dict[str, str]:
    """An id for each resource by its address. What is about a patient has that of what is kept
    here, as two files may call theirs the same; the rest keeps its UUID, to be known again."""
    found: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for part in parts:
        said = str(part.content.get("id"))
        is_uuid = bool(read_uid(said)) and len(said) == len(written_uid(bytes(16)))
        kept = part.original.uid if part.original else uid_from_name(part.address)
        own = said if is_uuid and (part.original is None or _is_shared(part)) else written_uid(kept)
        if (part.kind, own) in taken:
            own = written_uid(kept)
        taken.add((part.kind, own))
        found[part.address] = own
    return found


def _is_shared(part: Part) -> bool:
    return part.kind not in ABOUT_A_PATIENT and part.kind != "Patient"
