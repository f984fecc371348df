"""A patient measured ten thousand times: opened whole, shown in part, written to as before."""

from __future__ import annotations

from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.records import Observation, Section
from medilink.store import Writing
from medilink.visits import NewVisit
from security.codes import new_uid
from tests.clinics import TestClinic, own_id

MANY, AT_ONCE = 10_000, 2_000
MINUTE_MS = 60_000


def test_ten_thousand_observations_of_one_patient(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who, now = own_id(patient), clinic.desk.now
    for begin in range(0, MANY, AT_ONCE):
        rows = [
            Observation(
                uid=new_uid(now - number * MINUTE_MS),
                at=now - number * MINUTE_MS,
                section=Section.VITALS,
                code="8867-4",
                name="Pulse",
                value=str(60 + number % 50),
                unit="/min",
            )
            for number in range(begin, begin + AT_ONCE)
        ]
        clinic.store.records.write(who, Writing(new=rows), audit=doctor.event(Act.IMPORT, who))
    record_patient_is_here(doctor, who, "monitor")
    record = open_record(doctor, who).record
    assert len(record.observations) == MANY
    assert record.latest("8867-4") == record.observations[0]
    assert [seen.at for seen in record.observations] == sorted(
        (seen.at for seen in record.observations), reverse=True
    )
    clinic.clock.forward(minutes=1)
    write_visit(doctor, who, NewVisit(vitals={"8867-4": "71"}))
    newest = open_record(doctor, who).record.latest("8867-4")
    assert newest is not None
    assert newest.value == "71"
