"""Strategies for what people share, and one clinic for many examples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import strategies as st

from medilink.acts.register import record_patient_is_here
from medilink.acts.write_record import add_entry
from medilink.acts.write_visit import write_visit
from medilink.desk import Desk
from medilink.records import Section
from medilink.scopes import Scope
from medilink.sensitive import Sensitive
from medilink.sharing import DURATIONS_HOURS
from medilink.visits import NewVisit
from tests.clinics import TestClinic, new_clinic

sections = st.frozensets(st.sampled_from(list(Section)), min_size=1)
scopes = st.builds(Scope, sections, st.frozensets(st.sampled_from(list(Sensitive))))
hours = st.sampled_from(DURATIONS_HOURS)


@contextmanager
def busy_clinic(folder: Path) -> Iterator[tuple[TestClinic, list[Desk]]]:
    """A clinic with four providers."""
    clinic = new_clinic(folder)
    yield clinic, [clinic.provider(f"Doctor {number}") for number in range(4)]
    clinic.store.close()


def somebody(clinic: TestClinic, nurse: Desk) -> Desk:
    """A patient at their phone, with a visit, an allergy and something private."""
    slip = clinic.register()
    who = slip.patient.id
    record_patient_is_here(nurse, who, "here for a visit")
    write_visit(nurse, who, NewVisit(reason="cough", vitals={"8310-5": "37.5"}))
    add_entry(nurse, who, Section.ALLERGIES, {"substance": "Eggs"})
    add_entry(nurse, who, Section.CONDITIONS, {"name": "HIV infection"})
    add_entry(nurse, who, Section.CONDITIONS, {"name": "Asthma"})
    return clinic.patient(slip)
