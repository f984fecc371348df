"""Property 2: revoking works at once.

A patient can revoke any active code or permission; from then on it opens nothing, and the count of
active ones is always right. For all sequences of making, using, revoking and passing time, through
the real store, against a list kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.acts.read_record import may_open
from medilink.acts.receive import open_share
from medilink.acts.share import make_share_code, my_codes, revoke_code
from medilink.acts.standing import share_with, share_with_clinic
from medilink.desk import Desk
from medilink.errors import AlreadyShared, CodeRevoked, NotValid, NotYours, ShareRefused
from medilink.scopes import Scope
from medilink.sharing import ACTIVE_CODES_PER_PATIENT, Grant
from tests.clinics import TestClinic, own_id
from tests.properties.sharing import busy_clinic, hours, scopes

DOCTORS = 4
doctors = st.integers(0, DOCTORS - 1)
which = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("code"), scopes, hours, st.booleans()),
        st.tuples(st.just("standing"), scopes, st.none() | doctors, st.integers(1, 365)),
        st.tuples(st.just("use"), which, doctors),
        st.tuples(st.just("revoke"), which),
        st.tuples(st.just("revoke"), which),
        st.tuples(st.just("wait"), st.integers(1, 200)),
    ),
    min_size=3,
    max_size=14,
)


@dataclass
class Shared:
    """One permission as it should be."""

    grant: Grant
    qr: str = ""
    named: int | None = None
    opened_by: set[int] = field(default_factory=set)
    revoked: bool = False

    def live(self, now: int) -> bool:
        return not self.revoked and now < self.grant.expires_at

    def opens_for(self, doctor: int, now: int) -> bool:
        everybody = not self.qr and self.named is None
        return self.live(now) and (everybody or doctor in self.opened_by | {self.named})


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClinic, list[Desk]]]:
    with busy_clinic(tmp_path_factory.mktemp("revoking") / "clinic") as made:
        yield made


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_property_02_revoking_works_at_once(
    at_work: tuple[TestClinic, list[Desk]], steps: list[tuple[object, ...]]
) -> None:
    clinic, staff = at_work
    patient, stranger = clinic.patient(), clinic.patient()
    shared: list[Shared] = []
    for step in steps:
        act(clinic, staff, patient, shared, step)
        live = [one for one in shared if one.live(patient.now)]
        assert {g.id for g in my_codes(patient)} == {one.grant.id for one in live}
        for number, doctor in enumerate(staff):
            wanted = any(one.opens_for(number, patient.now) for one in shared)
            assert may_open(doctor, own_id(patient)) == wanted
    for one in shared:
        with pytest.raises(NotYours):
            revoke_code(stranger, one.grant.id)
        assert revoke_code(patient, one.grant.id) == one.live(patient.now)
    assert my_codes(patient) == []
    assert not any(may_open(doctor, own_id(patient)) for doctor in staff)


def act(
    clinic: TestClinic,
    staff: list[Desk],
    patient: Desk,
    shared: list[Shared],
    step: tuple[object, ...],
) -> None:
    match step:
        case ("code", Scope() as scope, int(long), bool(once)):
            made = make_share_code(patient, scope, hours=long, single_use=once)
            shared.append(Shared(made.grant, made.qr))
        case ("standing", Scope() as scope, to, int(days)):
            give(staff, patient, shared, scope, to if isinstance(to, int) else None, days)
        case ("use", int(number), int(doctor)) if shared:
            use(staff, shared[number % len(shared)], doctor, patient.now)
        case ("revoke", int(number)) if shared:
            one = shared[number % len(shared)]
            assert revoke_code(patient, one.grant.id) == one.live(patient.now)
            one.revoked = one.revoked or one.live(patient.now)
            if one.revoked and one.qr:
                with pytest.raises(CodeRevoked):
                    open_share(staff[0], one.qr)
        case ("wait", int(long)):
            clinic.clock.forward(hours=long)


def give(  # what a permission says
    staff: list[Desk],
    patient: Desk,
    shared: list[Shared],
    scope: Scope,
    to: int | None,
    days: int,
) -> None:
    known = any(not one.qr and one.named == to and one.live(patient.now) for one in shared)
    try:
        if to is None:
            grant = share_with_clinic(patient, scope, days=days)
        else:
            grant = share_with(patient, staff[to].who.id, scope, days=days)
    except AlreadyShared:
        assert known
        return
    except NotValid:
        assert len(my_codes(patient)) >= ACTIVE_CODES_PER_PATIENT
        return
    assert not known
    shared.append(Shared(grant, named=to))


def use(staff: list[Desk], one: Shared, doctor: int, now: int) -> None:
    """Scan its QR, where it has one."""
    if not one.qr:
        return
    taken = one.grant.single_use and bool(one.opened_by) and doctor not in one.opened_by
    try:
        open_share(staff[doctor], one.qr)
    except ShareRefused:
        assert taken or not one.live(now)
        return
    assert one.live(now)
    assert not taken
    one.opened_by.add(doctor)
