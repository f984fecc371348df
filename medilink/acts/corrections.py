"""A patient asks for a correction; a clinician who has the record open answers."""

from __future__ import annotations

from medilink.acts.once import read_once
from medilink.acts.read_record import open_record, rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.write_record import right_to_write
from medilink.audit import Act, Method
from medilink.correcting import Correction, CorrectionState
from medilink.desk import Desk
from medilink.errors import Missing, NotYours, TooManyWishes
from medilink.people import PatientId
from medilink.permissions import Right, Task, check_can_open, may_write
from medilink.records import Entry, Section, section_of
from medilink.scopes import Sieve
from medilink.visits import check_entry_text

MOST_WAITING = 20  # wishes of one patient nobody has answered


def ask_correction(
    desk: Desk, patient: PatientId, about: Entry | None, named: str, wish: str
) -> None:
    """Ask for `about` (or, with None, for something that is missing) to be corrected. `named` is
    how the page names it. Raises Missing, TooLong, TooManyWishes, NotYours."""
    check_task(desk, Task.WRITE_OWN, Act.ASK_CORRECTION, patient)
    with refusals_logged(desk, Act.ASK_CORRECTION, patient):
        if not may_write(rights_here(desk, patient), own=True):
            raise NotYours
    waiting = [one for one in list_corrections(desk, patient) if one.state is CorrectionState.OPEN]
    if len(waiting) >= MOST_WAITING:
        raise TooManyWishes
    wish = check_entry_text("What should be corrected", wish)
    if not wish:
        raise Missing(field="What should be corrected")
    section = section_of(about) if about else Section.VISITS
    asked = Correction(
        id=0,
        patient=patient,
        section=section.value if about else "",
        entry=about.uid if about else None,
        about=named[:200],
        wish=wish,
        asked_by=desk.who.id,
        asked_at=desk.now,
    )
    event = desk.event(Act.ASK_CORRECTION, patient, method=Method.OWN)
    desk.store.corrections.ask(asked, audit=event)


def list_corrections(desk: Desk, patient: PatientId) -> list[Correction]:
    """What a patient asked to have corrected, newest first, as far as one may see it.

    Raises NoRight.
    """
    with refusals_logged(desk, Act.SEE_CHANGES, patient):
        right = check_can_open(rights_here(desk, patient))
    event = desk.event(Act.SEE_CHANGES, patient, method=right.method, what="corrections")
    found = read_once(
        desk, event, lambda audit: desk.store.corrections.list_of(patient, audit=audit)
    )
    return _of_what_is_seen(desk, right, found) if right.narrowed and found else found


def _of_what_is_seen(desk: Desk, right: Right, found: list[Correction]) -> list[Correction]:
    """The wishes about entries one may see, where their own words give nothing else away. What is
    missing belongs to no section: it is seen by whoever sees everything."""
    record = open_record(desk, found[0].patient).record
    seen = {entry.uid for entry in (*record.entries(), *record.versions)}
    sieve = Sieve(right.scopes)
    return [
        one
        for one in found
        if one.section
        and one.entry in seen
        and sieve.lets_text(f"{one.about}\n{one.wish}\n{one.answer}", Section(one.section))
    ]


def patients_waiting(desk: Desk) -> dict[PatientId, int]:
    """Patients who wait for an answer to a wish, and since when. For clinicians."""
    check_task(desk, Task.WRITE, Act.SEE_CHANGES)
    return desk.store.corrections.of_waiting()


def answer_correction(desk: Desk, number: int, state: CorrectionState, answer: str) -> None:
    """Say that a wish is done or refused, and why. Whoever asked may withdraw it.

    Raises Missing, EditedMeanwhile when it was answered before, NoRight, NotFound.
    """
    patient = desk.store.corrections.by_number(number)
    if state is CorrectionState.WITHDRAWN:
        with refusals_logged(desk, Act.ANSWER_CORRECTION, patient):
            if not may_write(rights_here(desk, patient), own=True):
                raise NotYours
    else:
        right_to_write(desk, patient, Section.VISITS, Act.ANSWER_CORRECTION)
    answer = check_entry_text("Answer", answer)
    if state is CorrectionState.REFUSED and not answer:
        raise Missing(field="Answer")
    event = desk.event(Act.ANSWER_CORRECTION, patient, state=state.value)
    desk.store.corrections.answer(number, state, answer, desk.who.id, audit=event)
