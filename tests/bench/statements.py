"""The SQL an act really runs, written down and run again on a raw cursor: the floor of the store.

Three copies of one clinic: on the first the acts are recorded, on the second they are timed, on the
third the recording is replayed. Row numbers and log numbers come out the same on all three, so the
replay runs the very same statements with the very same parameters, and `prove_same` checks it with
SQLite's own trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from database import statement
from database.engine import StoreFile, _allow_reader, _allow_writer, open_raw
from tests.bench.measuring import Measured, Work, ratio, take_turns
from tests.bench.world import World
from tests.clinics import DATA_KEY, TestClinic

READER, WRITER = "reader", "writer"
# A thing done again and again: called with 0, 1, 2 …
Act = Callable[[int], object]
Prepare = Callable[[TestClinic], Act]
Call = tuple[Callable[..., object], tuple[Any, ...]]


class Step(NamedTuple):
    """One thing asked of one connection. `sql` may be COMMIT or ROLLBACK."""

    by: str
    sql: str
    values: Any
    many: bool


def engines(file: StoreFile) -> dict[str, Engine]:
    """The two pools of an open store."""
    return {READER: file._readers, WRITER: file._writer}


@contextmanager
def recording(file: StoreFile) -> Iterator[list[Step]]:
    """Every statement, commit and rollback of a store, in order."""
    steps: list[Step] = []
    listened: list[tuple[Engine, str, Callable[..., None]]] = []

    def listen(by: str, engine: Engine) -> None:
        def asked(_: object, __: object, sql: str, values: Any, ___: object, many: bool) -> None:
            steps.append(Step(by, sql, values, many))

        def commit(_: object) -> None:
            steps.append(Step(by, "COMMIT", (), many=False))

        def rollback(_: object) -> None:
            steps.append(Step(by, "ROLLBACK", (), many=False))

        listened.append((engine, "before_cursor_execute", asked))
        listened.append((engine, "commit", commit))
        listened.append((engine, "rollback", rollback))

    for by, engine in engines(file).items():
        listen(by, engine)
    for engine, name, heard in listened:
        event.listen(engine, name, heard)
    named = {engine: by for by, engine in engines(file).items()}
    plain = statement.cursor_of
    statement.cursor_of = lambda connection: _Heard(
        plain(connection), steps, named[connection.engine]
    )
    try:
        yield steps
    finally:
        statement.cursor_of = plain
        for engine, name, heard in listened:
            event.remove(engine, name, heard)


class _Heard:
    """A driver's cursor that writes down what it is asked."""

    def __init__(self, cursor: Any, steps: list[Step], by: str) -> None:
        self._cursor, self._steps, self._by = cursor, steps, by

    def execute(self, sql: str, values: Any) -> Any:
        self._steps.append(Step(self._by, sql, values, many=False))
        return self._cursor.execute(sql, values)

    def executemany(self, sql: str, rows: Any) -> Any:
        self._steps.append(Step(self._by, sql, rows, many=True))
        return self._cursor.executemany(sql, rows)


class RawStore:
    """The same file on two bare connections with the same pragmas, cursors and rights."""

    def __init__(self, file: StoreFile) -> None:
        self.connections = {by: open_raw(file.path, DATA_KEY) for by in (READER, WRITER)}
        self.connections[READER].execute("PRAGMA query_only=ON")
        self.connections[READER].set_authorizer(_allow_reader)
        self.connections[WRITER].set_authorizer(_allow_writer)
        self._cursors = {by: raw.cursor() for by, raw in self.connections.items()}

    def ready(self, steps: list[Step]) -> list[Call]:
        """Steps as calls, so that nothing but the driver is timed."""
        return [self._call(step) for step in steps]

    def _call(self, step: Step) -> Call:
        cursor, connection = self._cursors[step.by], self.connections[step.by]
        if step.sql in ("COMMIT", "ROLLBACK"):
            return (connection.commit if step.sql == "COMMIT" else connection.rollback), ()
        if step.many:
            return cursor.executemany, (step.sql, step.values)
        if not step.sql.startswith("SELECT") and " RETURNING " not in step.sql:
            return cursor.execute, (step.sql, step.values)

        def fetch(sql: str, values: Any) -> object:
            return cursor.execute(sql, values).fetchall()

        return fetch, (step.sql, step.values)

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()


def replay(calls: list[Call]) -> None:
    """Run a recorded act."""
    for call, values in calls:
        call(*values)


# ---- the proof


@contextmanager
def traced(connections: dict[str, Any]) -> Iterator[list[str]]:
    """What SQLite itself was asked, parameters filled in; random bytes left out."""
    told: list[str] = []
    for by, connection in connections.items():
        connection.set_trace_callback(
            lambda sql, by=by: told.append(f"{by}: {_without_bytes(sql)}")
        )
    try:
        yield told
    finally:
        for connection in connections.values():
            connection.set_trace_callback(None)


def _without_bytes(sql: str) -> str:
    return re.sub(r"x'[0-9a-fA-F]*'", "x'…'", sql)


def pooled(file: StoreFile) -> dict[str, Any]:
    """The connection each pool will hand out next, while nobody else uses the store."""
    held = {}
    for by, engine in engines(file).items():
        with engine.connect() as connection:
            held[by] = connection.connection.dbapi_connection
    return held


def prove_same(ours: Work, our_store: StoreFile, theirs: Work, raw: RawStore) -> int:
    """Run both once; how many statements SQLite saw. AssertionError where they differ."""
    with traced(pooled(our_store)) as asked:
        ours()
    with traced(raw.connections) as replayed:
        theirs()
    for number, (one, other) in enumerate(zip(asked, replayed, strict=False)):
        assert one == other, f"statement {number} differs:\n{one}\n{other}"
    assert len(asked) == len(replayed), (len(asked), len(replayed))
    return len(asked)


# ---- an act against its own statements


def against_raw(world: World, prepare: Prepare, *, rounds: int, chunk: int) -> Measured:
    """How many times longer an act takes than its statements on a raw cursor."""
    rounds = world.times(rounds)
    calls_needed = 1 + rounds * chunk
    recorded = _record(world.clinic(), prepare, calls_needed)
    ours, theirs = world.clinic(), world.clinic()
    act = prepare(ours)
    raw = RawStore(theirs.store.file)
    theirs.store.close()
    scripts = iter([raw.ready(steps) for steps in recorded])
    numbers = count()

    def one_act() -> None:
        act(next(numbers))

    def one_replay() -> None:
        replay(next(scripts))

    statements = prove_same(one_act, ours.store.file, one_replay, raw)
    mine, floor = take_turns(rounds, chunk, one_act, one_replay)
    raw.close()
    ours.store.close()
    found = ratio(mine, floor)
    return Measured(found.value, found.floor, f"{found.note}; the same {statements} statements")


def _record(clinic: TestClinic, prepare: Prepare, times: int) -> list[list[Step]]:
    act, recorded = prepare(clinic), []
    for number in range(times):
        with recording(clinic.store.file) as steps:
            act(number)
        recorded.append(steps)
    clinic.store.close()
    return recorded
