"""Guardians of children: recorded by staff, ended by staff or by the guardian."""

from __future__ import annotations

from medilink.acts.once import read_once
from medilink.acts.read_record import open_identity, rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import IdUnreadable, NotFound, NotYours
from medilink.family import Guardianship, Relation, check_guardian
from medilink.people import Patient, PatientId, Role, read_medilink_id
from medilink.permissions import Task, check_can, check_can_write


def link_guardian(
    desk: Desk, child: PatientId, guardian_id: str, relation: Relation
) -> Guardianship:
    """Record that the person with a MediLink ID is a guardian of a child.

    Raises IdUnreadable, ChildIsGrown, ParentYounger, Missing (no birth date), AlreadySaid,
    MergedAway, Refused; NoRight where the child is not in this provider's care.
    """
    check_task(desk, Task.FAMILY, Act.LINK_GUARDIAN, child)
    found = desk.store.patients.by_medilink_id(read_medilink_id(guardian_id))
    if found is None:
        raise IdUnreadable
    young, old = open_identity(desk, child), open_identity(desk, found)
    check_guardian(young, old, relation, adult_age=desk.clinic.adult_age, now=desk.now)
    with refusals_logged(desk, Act.LINK_GUARDIAN, child):
        check_can_write(rights_here(desk, child))
    link = Guardianship(0, child, found, relation, desk.now, adult_age=desk.clinic.adult_age)
    event = desk.event(Act.LINK_GUARDIAN, child, guardian=old.medilink_id, relation=relation.value)
    desk.store.rights.link_guardian(link, audit=event)
    return link


def end_guardian(desk: Desk, link: Guardianship) -> None:
    """A guardian is one no more. Who has the child in care may say so, and the guardian. The
    child's codes are withdrawn. Raises EditedMeanwhile, NotFound, NotYours, NoRight."""
    link = desk.store.rights.by_link(link.id)
    with refusals_logged(desk, Act.END_GUARDIAN, link.child):
        if desk.who.role is Role.PATIENT:
            if desk.who.patient != link.guardian:
                raise NotYours
        else:
            check_can(desk.who.role, Task.FAMILY)
            check_can_write(rights_here(desk, link.child))
    event = desk.event(Act.END_GUARDIAN, link.child, relation=link.relation.value)
    desk.store.rights.end_guardian(link, audit=event)


def guardians_of(desk: Desk, child: PatientId) -> list[tuple[Guardianship, Patient]]:
    """A child's guardians, for staff."""
    check_task(desk, Task.FAMILY, Act.SEE_FAMILY, child)
    event = desk.event(Act.SEE_FAMILY, child)
    links = read_once(
        desk, event, lambda audit: desk.store.rights.list_guardians(child, audit=audit)
    )
    return [(link, open_identity(desk, link.guardian)) for link in links]


def my_children(desk: Desk) -> list[tuple[Guardianship, Patient]]:
    """The children whose records the person at this desk may open now; empty for staff."""
    me = desk.who.patient
    if desk.who.role is not Role.PATIENT or me is None:
        return []
    event = desk.event(Act.SEE_FAMILY, me)
    links = read_once(desk, event, lambda audit: desk.store.rights.list_children(me, audit=audit))
    return [
        (link, open_identity(desk, link.child)) for link in links if rights_here(desk, link.child)
    ]


def whose_record(desk: Desk, wanted: PatientId | None) -> PatientId:
    """The record a patient account works on: one's own, or a child's. Raises NotFound where the
    account is nobody's."""
    if desk.who.patient is None:
        raise NotFound
    if wanted is None or wanted == desk.who.patient:
        return desk.who.patient
    return wanted if rights_here(desk, wanted) else desk.who.patient
