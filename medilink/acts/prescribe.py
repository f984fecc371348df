"""Before a medicine is written down: does the patient react to it, or to its relatives?"""

from __future__ import annotations

from collections.abc import Iterable

from medilink.absence import listed
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import shared_for
from medilink.desk import Desk
from medilink.errors import PatientReacts
from medilink.people import PatientId
from medilink.prescribing import Warning, reacts_to  # noqa: A004 the clinic's own word
from medilink.records import Allergy, Medication, Section
from medilink.visits import Prescribed


def reactions(desk: Desk, patient: PatientId, medicines: Iterable[str]) -> dict[str, list[Warning]]:
    """Medicine → what the patient reacts to in it, and why; only those with something to say."""
    record = open_record(desk, patient, frozenset({Section.ALLERGIES})).record
    allergies = [a for a in listed(record, Section.ALLERGIES) if isinstance(a, Allergy)]
    if shared := shared_for(desk, patient):
        told = listed(shared.record, Section.ALLERGIES)
        allergies += [a for a in told if isinstance(a, Allergy)]
    found = {medicine: reacts_to(medicine, allergies) for medicine in medicines}
    return {medicine: warnings for medicine, warnings in found.items() if warnings}


def check_prescribed(
    desk: Desk, patient: PatientId, prescribed: Iterable[Prescribed]
) -> dict[str, object]:
    """What the log says of medicines given in spite of a reaction: how many.

    Raises PatientReacts for one without a reason.
    """
    drugs = [drug for drug in prescribed if drug.name.strip()]
    if not drugs:
        return {}
    found = reactions(desk, patient, [drug.name for drug in drugs])
    overridden = [drug for drug in drugs if drug.name in found]
    unexplained = [drug.name for drug in overridden if not drug.override.strip()]
    if unexplained:
        raise PatientReacts(reactions={name: found[name] for name in unexplained})
    return {"allergy_overridden": len(overridden)} if overridden else {}


def taken_in_spite(desk: Desk, patient: PatientId, allergy: Allergy) -> list[Warning]:
    """What the patient takes now although a new allergy speaks against it. Raises NoRight."""
    record = open_record(desk, patient, frozenset({Section.MEDICATIONS})).record
    taken = [
        drug.name for drug in listed(record, Section.MEDICATIONS) if isinstance(drug, Medication)
    ]
    return [warning for name in taken for warning in reacts_to(name, [allergy])]
