"""Own keys, the network, and what its clinics have said."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, desc, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema_abroad import membership, own_key, said, withdrawn_share
from medilink.audit import AuditEvent
from medilink.network import newness
from medilink.statements import KINDS, Signed, Withdrawn, subject_of
from medilink.store_network import Membership, NetworkChange, OwnKey
from security.key_ring import Use

_KEY = [own_key.c[name] for name in ("use", "public", "wrapped", "since", "current", "number")]
_NUMBER_OF = {kind: number for number, kind in KINDS.items()}


class NetworkRows:
    """Implements medilink.store_network.NetworkStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_membership(self) -> Membership | None:
        wanted = select(
            *(
                membership.c[n]
                for n in ("root", "founder", "joined_at", "news_days", "card_address")
            )
        )
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        return Membership(row[0], bool(row[1]), *row[2:]) if row else None

    def of_keys(self) -> list[OwnKey]:
        newest = select(*_KEY).order_by(desc(own_key.c.current), desc(own_key.c.id))
        with self._file.reading() as connection:
            rows = connection.execute(newest).all()
        return [OwnKey(Use(row[0]), row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows]

    def of_statements(self) -> list[bytes]:
        with self._file.reading() as connection:
            return list(connection.execute(select(said.c.raw)).scalars())

    def of_withdrawal(self, issuers: Collection[bytes], share: bytes) -> bool:
        gone = withdrawn_share.c.issuer.in_(list(issuers)) & (withdrawn_share.c.share == share)
        with self._file.reading() as connection:
            return (
                connection.execute(select(withdrawn_share.c.share).where(gone)).first() is not None
            )

    def change(self, wanted: NetworkChange, *, audit: Sequence[AuditEvent]) -> list[bytes]:
        with self._log.transaction(*audit) as connection:
            if wanted.membership:
                _belong(connection, wanted.membership)
            for key in wanted.keys:
                _add_key(connection, key)
            for public in wanted.current:
                _make_current(connection, public)
            return [one.raw for one in wanted.said if keep_statement(connection, one)]


def keep_statement(connection: Connection, one: Signed) -> bool:
    """Keep what was said, unless as much or more is known about its subject. Whether it is new."""
    row = upsert(said).values(
        kind=_NUMBER_OF[type(one.says)],
        subject=subject_of(one.says),
        signer=one.signer,
        at=newness(one),
        raw=one.raw,
    )
    if isinstance(one.says, Withdrawn) and one.says.shares:
        gone = [{"issuer": one.signer, "share": share} for share in one.says.shares]
        connection.execute(upsert(withdrawn_share).on_conflict_do_nothing(), gone)
    newer = row.on_conflict_do_update(
        index_elements=["kind", "subject", "signer"],
        set_={"at": row.excluded.at, "raw": row.excluded.raw},
        where=(said.c.at < row.excluded.at),
    )
    return bool(connection.execute(newer).rowcount)


def _belong(connection: Connection, where: Membership) -> None:
    values = {
        "root": where.root,
        "founder": int(where.founder),
        "joined_at": where.joined_at,
        "news_days": where.news_days,
        "card_address": where.card_address,
    }
    row = upsert(membership).values(id=1, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def _make_current(connection: Connection, public: bytes) -> None:
    same = own_key.c.public == public
    use = connection.execute(select(own_key.c.use).where(same)).scalar_one()
    connection.execute(update(own_key).where(own_key.c.use == use).values(current=0))
    connection.execute(update(own_key).where(same).values(current=1))


def _add_key(connection: Connection, key: OwnKey) -> None:
    """The present one of its use from now on; the same key again changes nothing."""
    known = connection.execute(select(own_key.c.id).where(own_key.c.public == key.public)).first()
    if known:
        return
    if key.current:
        older = own_key.c.use == key.use.value
        connection.execute(update(own_key).where(older).values(current=0))
    connection.execute(
        insert(own_key).values(
            use=key.use.value,
            public=key.public,
            wrapped=key.wrapped,
            since=key.since,
            current=int(key.current),
            number=key.number,
        )
    )
