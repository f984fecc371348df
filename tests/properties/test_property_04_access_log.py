"""Property 4: every access is logged, unchangeably.

Time, who, how, from where, success or failure with its reason; readable by the patient and the
administrator. For all sequences of acts by anybody about anybody, refused ones too, against a
model of who may what: after each act exactly the entries that tell of it are new, each fits the
chain, and whoever should read them does; nobody else, and nobody changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from medilink.acts.emergency import break_glass
from medilink.acts.hand_out import hand_out_record
from medilink.acts.log_proof import give_receipt
from medilink.acts.look_back import read_log, who_looked_at_my_record
from medilink.acts.read_record import open_record
from medilink.acts.receive import open_share
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import MadeCode, make_share_code, revoke_code
from medilink.acts.take_list import take_list_along
from medilink.acts.write_record import add_entry
from medilink.audit import Act, ChainedRow, Method, entry_hash, open_entry
from medilink.desk import Desk
from medilink.errors import MediLinkError, Refused
from medilink.family import Relation
from medilink.log_check import Head, check_chain
from medilink.looking import Wanted, is_shown
from medilink.people import PatientDetails, PatientId, Role, Sex
from medilink.permissions import CARE_HOURS, EMERGENCY_HOURS
from medilink.records import ALL_SECTIONS, Section
from medilink.sharing import HOUR_MS
from medilink.store import LogFilter
from tests.clinics import TestClinic, new_clinic, own_id

REASON = "Unconscious after a fall"
DOCTOR, NURSE, ADMIN, ANNA, MOTHER = range(5)
CHILD = 2  # patients: Anna, the mother, her child
people, patients = st.integers(0, 4), st.integers(0, 2)
KINDS = (
    "care", "open", "open", "glass", "write", "write nothing", "share", "use", "revoke",
    "read list", "receipt", "take list", "take record",
)  # fmt: skip
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), people, patients, st.integers(11, 1_500)),
    min_size=4,
    max_size=12,
)
Told = tuple[Act, str, str, PatientId | None, Method]


@dataclass
class World:
    """The people of one example, and what the model believes they may do."""

    clinic: TestClinic
    desks: list[Desk]
    whose: list[PatientId]
    care: dict[tuple[int, int], int] = field(default_factory=dict)
    glass: dict[tuple[int, int], int] = field(default_factory=dict)
    codes: dict[int, MadeCode] = field(default_factory=dict)
    opened: dict[tuple[int, int], MadeCode] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    revoked: set[int] = field(default_factory=set)

    @property
    def now(self) -> int:
        return self.clinic.desk.now

    def owns(self, who: int, patient: int) -> bool:
        return (who, patient) in {(ANNA, 0), (MOTHER, 1), (MOTHER, CHILD)}

    def live(self, made: MadeCode) -> bool:
        return made.grant.id not in self.revoked and self.now < made.grant.expires_at

    def method(self, who: int, patient: int) -> Method | None:
        """By which right somebody may open a record now; None: by none."""
        if self.owns(who, patient):
            return Method.GUARDIAN if patient == CHILD else Method.OWN
        if self.care.get((who, patient), 0) > self.now:
            return Method.CARE
        if self.glass.get((who, patient), 0) > self.now:
            return Method.EMERGENCY
        code = self.opened.get((who, patient))
        return Method.CODE if code and self.live(code) else None


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClinic]:
    made = new_clinic(tmp_path_factory.mktemp("access") / "clinic")
    yield made
    made.store.close()


def a_world(clinic: TestClinic) -> World:
    """Two in care of nobody yet, and a child."""
    mother = clinic.register()
    born = PatientDetails("Otieno", "Achieng", Sex.MALE, "2020-02-01")
    child = clinic.register(details=born).patient.id
    clinic.link(child, mother.patient.medilink_id, Relation.MOTHER)
    anna, mum = clinic.patient(), clinic.patient(mother)
    desks = [clinic.provider(), clinic.provider("Baraka Juma"), clinic.admin, anna, mum]
    return World(clinic, desks, [own_id(anna), own_id(mum), child])


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_property_04_every_access_is_logged_unchangeably(
    clinic: TestClinic, steps: list[tuple[str, int, int, int]]
) -> None:
    world = a_world(clinic)
    for kind, who, patient, minutes in steps:
        clinic.clock.forward(minutes=minutes)  # beyond ten minutes no view counts as the same
        desk, before = world.desks[who], clinic.store.log.head()
        act, expected = ACTS[kind](world, who, patient)
        refused = any(outcome == "refused" for _, outcome, *_ in expected)
        try:
            act()
        except Refused:
            assert refused
        except MediLinkError:
            assert expected == []
        else:
            assert not refused
        new = rows_after(clinic, before)
        assert [told(row) for row in new] == expected
        for row in new:
            says_who_when_and_from_where(row, desk)
        every_reader_reads(world, new)
    assert check_chain(clinic.store.log.rows(), clinic.store.log.head()).sound
    nobody_changes_it(clinic)


def rows_after(clinic: TestClinic, before: Head) -> list[ChainedRow]:
    """The entries since a head, each chained to the one before."""
    with clinic.store.file.reading() as connection:
        found = connection.exec_driver_sql(
            f"SELECT {', '.join(ChainedRow._fields)} FROM audit_log WHERE seq > ? ORDER BY seq",
            (before.seq,),
        )
        rows = [ChainedRow(*row) for row in found]
    last = before.hash
    for number, row in enumerate(rows, start=before.seq + 1):
        assert (row.seq, row.hash) == (number, entry_hash(last, row))
        last = row.hash
    return rows


def told(row: ChainedRow) -> Told:
    entry = open_entry(row)
    why = entry.why if entry.outcome == "refused" else ""
    return Act(entry.act), entry.outcome, why, entry.patient, Method(entry.method)


def says_who_when_and_from_where(row: ChainedRow, desk: Desk) -> None:
    entry, visitor = open_entry(row), desk.visitor
    assert (entry.account, entry.actor_name, entry.actor_role) == (
        desk.who.id,
        desk.who.title,
        desk.who.role,
    )
    assert (entry.session, entry.ip, entry.agent) == (visitor.session, visitor.ip, visitor.agent)
    assert (entry.at, entry.node) == (desk.now, desk.clinic.node_code)


def every_reader_reads(world: World, new: list[ChainedRow]) -> None:
    """Patient, guardian and administrator read what was just written; nobody else may. Each reads
    with eyes of their own: what they do leaves entries as well."""
    for row in new:
        everything = read_log(world.clinic.admin, LogFilter(before_seq=row.seq + 1), limit=1)
        assert [one.seq for one in everything] == [row.seq]
        if row.patient is None:
            continue
        patient = world.whose.index(PatientId(row.patient))
        for who, desk in enumerate(world.desks):
            if world.owns(who, patient):
                seen = who_looked_at_my_record(desk, patient=PatientId(row.patient), limit=20)
                shown = is_shown(open_entry(row), desk.who.id)
                assert (row.seq in {one.seq for one in seen}) == shown
                assert shown or row.account == desk.who.id, "what others do is always shown"
            else:
                with pytest.raises(Refused):
                    who_looked_at_my_record(desk, patient=PatientId(row.patient), wanted=Wanted())
            if desk.who.role is not Role.ADMIN:
                with pytest.raises(Refused):
                    read_log(desk, LogFilter(patient=PatientId(row.patient)))


def nobody_changes_it(clinic: TestClinic) -> None:
    head = clinic.store.log.head()
    for sql in (
        f"UPDATE audit_log SET why = 'x' WHERE seq = {head.seq}",
        f"DELETE FROM audit_log WHERE seq = {head.seq}",
        f"INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = {head.seq}",
        "DROP TRIGGER audit_log_no_update",
        "ALTER TABLE audit_log RENAME TO other",
    ):
        with pytest.raises(DatabaseError), clinic.store.file.writing() as connection:
            connection.exec_driver_sql(sql)
    assert clinic.store.log.head() == head


# ---- acts, and what the log should say of each

Made = tuple[Callable[[], object], list[Told]]


def one(act: Act, patient: PatientId | None, method: Method = Method.NONE) -> list[Told]:
    return [(act, "done", "", patient, method)]


def refused(
    act: Act, patient: PatientId | None, why: str, method: Method = Method.NONE
) -> list[Told]:
    return [(act, "refused", why, patient, method)]


def is_provider(who: int) -> bool:
    return who in (DOCTOR, NURSE)


def not_mine(world: World, act: Act, who: int, patient: int) -> list[Told]:
    """What is refused to whoever does not own a record: staff by role, patients by whose it is."""
    why = "not-yours" if who in (ANNA, MOTHER) else "refused"
    return refused(act, world.whose[patient], why)


def care(world: World, who: int, patient: int) -> Made:
    def act() -> None:
        record_patient_is_here(world.desks[who], world.whose[patient], "visit")
        world.care[who, patient] = world.now + CARE_HOURS * HOUR_MS

    if is_provider(who):
        return act, one(Act.CARE_RELATION, world.whose[patient])
    return act, refused(Act.CARE_RELATION, world.whose[patient], "refused")


def opens(world: World, who: int, patient: int) -> Made:
    return lambda: open_record(world.desks[who], world.whose[patient]), by_right(
        world, Act.OPEN_RECORD, who, patient
    )


def by_right(world: World, act: Act, who: int, patient: int) -> list[Told]:
    method = world.method(who, patient)
    if method is None:
        return refused(act, world.whose[patient], "no-right")
    return one(act, world.whose[patient], method)


def glass(world: World, who: int, patient: int) -> Made:
    def act() -> None:
        break_glass(world.desks[who], world.whose[patient], REASON)
        world.glass[who, patient] = world.now + EMERGENCY_HOURS * HOUR_MS

    if is_provider(who):
        return act, one(Act.BREAK_GLASS, world.whose[patient], Method.EMERGENCY)
    return act, refused(Act.BREAK_GLASS, world.whose[patient], "refused")


def writes(world: World, who: int, patient: int, text: str = "Falls easily") -> Made:
    nth = world.clinic.store.log.head().seq  # what is listed already would not be written again

    def act() -> object:
        typed = {"text": f"{text} {nth}" if text else "", "level": "high"}
        return add_entry(world.desks[who], world.whose[patient], Section.ALERTS, typed)

    if world.method(who, patient) is Method.CARE:
        done = one(Act.WRITE_RECORD, world.whose[patient], Method.CARE)
        return act, done if text else []
    why = "no-right" if is_provider(who) else "refused"
    return act, refused(Act.WRITE_RECORD, world.whose[patient], why)


def shares(world: World, who: int, patient: int) -> Made:
    def act() -> None:
        world.codes[patient] = make_share_code(
            world.desks[who], ALL_SECTIONS, patient=world.whose[patient]
        )

    if world.owns(who, patient):
        return act, one(Act.SHARE, world.whose[patient])
    return act, not_mine(world, Act.SHARE, who, patient)


def uses(world: World, who: int, patient: int) -> Made:
    code = world.codes.get(patient)

    def act() -> None:
        open_share(world.desks[who], code.qr if code else "")
        assert code
        world.opened[who, patient] = code
        world.taken[code.grant.id] = who

    if not is_provider(who):
        return act, refused(Act.REDEEM, None, "refused")
    if code is None:
        return act, refused(Act.REDEEM, None, "qr-not-ours", Method.QR)
    why = why_not(world, code, who)
    if why:
        return act, refused(Act.REDEEM, world.whose[patient], why, Method.QR)
    return act, one(Act.REDEEM, world.whose[patient], Method.QR)


def why_not(world: World, code: MadeCode, who: int) -> str:
    if code.grant.id in world.revoked:
        return "code-revoked"
    if world.now >= code.grant.expires_at:
        return "code-expired"
    return "code-used" if world.taken.get(code.grant.id, who) != who else ""


def revokes(world: World, who: int, patient: int) -> Made:
    code = world.codes.get(patient)
    if code is None:
        return lambda: None, []

    def act() -> None:
        revoke_code(world.desks[who], code.grant.id)
        world.revoked.add(code.grant.id)

    if world.owns(who, patient):
        return act, one(Act.REVOKE, world.whose[patient]) if world.live(code) else []
    if who in (ANNA, MOTHER):
        return act, refused(Act.REVOKE, world.whose[patient], "not-yours")
    return act, refused(Act.REVOKE, None, "refused")


def reads_list(world: World, who: int, patient: int) -> Made:
    def act() -> object:
        return who_looked_at_my_record(world.desks[who], patient=world.whose[patient])

    if world.owns(who, patient):
        return act, one(Act.READ_LOG, world.whose[patient])
    return act, not_mine(world, Act.READ_LOG, who, patient)


def takes_receipt(world: World, who: int, patient: int) -> Made:
    def act() -> object:
        return give_receipt(world.desks[who], world.whose[patient])

    about = world.whose[patient]
    if world.method(who, patient) is not None:
        return act, one(Act.GIVE_LOG_RECEIPT, about)
    why = "not-yours" if who in (ANNA, MOTHER) else "no-right"
    return act, refused(Act.GIVE_LOG_RECEIPT, about, why)


def takes_list(world: World, who: int, patient: int) -> Made:
    def act() -> object:
        return take_list_along(world.desks[who], Wanted(), world.whose[patient])

    about = world.whose[patient]
    if not world.owns(who, patient):
        return act, not_mine(world, Act.EXPORT, who, patient)
    expected = [one(each, about)[0] for each in (Act.EXPORT, Act.OPEN_IDENTITY)]
    return act, [*expected, one(Act.GIVE_LOG_RECEIPT, about)[0]]


def takes_record(world: World, who: int, patient: int) -> Made:
    def act() -> object:
        return hand_out_record(world.desks[who], world.whose[patient])

    return act, by_right(world, Act.EXPORT, who, patient)


ACTS: dict[str, Callable[[World, int, int], Made]] = {
    "care": care,
    "open": opens,
    "glass": glass,
    "write": writes,
    "write nothing": lambda world, who, patient: writes(world, who, patient, ""),
    "share": shares,
    "use": uses,
    "revoke": revokes,
    "read list": reads_list,
    "receipt": takes_receipt,
    "take list": takes_list,
    "take record": takes_record,
}
