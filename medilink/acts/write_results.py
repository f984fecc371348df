"""Laboratory results written down one by one."""

from __future__ import annotations

from medilink.acts.write_record import put, right_to_write, stamp
from medilink.audit import Act
from medilink.days import day_as_time
from medilink.desk import Desk
from medilink.laboratory import Result
from medilink.laboratory_tests import LabTest
from medilink.people import PatientId, parse_birth_date
from medilink.records import Observation, Section
from medilink.store import Writing

LOINC = "http://loinc.org"


def add_result(
    desk: Desk, patient: PatientId, test: LabTest, result: Result, *, day: str = ""
) -> Observation:
    """Keep one checked result; `day` is when the sample was taken, empty for now.

    Raises DateImpossible, DateInFuture, NoRight.
    """
    right = right_to_write(desk, patient, Section.RESULTS)
    made = stamp(desk)
    taken = parse_birth_date(day, desk.clock().date(), field="Day of the sample") if day else ""
    seen = Observation(
        uid=made.uid,
        at=day_as_time(taken) if taken else made.at,
        section=Section.RESULTS,
        code=test.code,
        name=test.name,
        value=result.value,
        unit=result.unit,
        text=result.text,
        author=made.author,
        origin=made.origin,
        doubted=made.doubted,
    )
    put(desk, patient, right, Writing(new=[seen]), Act.WRITE_RECORD)
    return seen
