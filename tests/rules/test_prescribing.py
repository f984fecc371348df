"""A medicine the patient reacts to is noticed, however it is written; others raise no alarm."""

from __future__ import annotations

from itertools import product

import pytest

from medilink.drug_classes import CLASSES, RELATED, SINGLE
from medilink.prescribing import Tie, known, reacts_to
from medilink.records import Allergy


def allergy(substance: str) -> Allergy:
    return Allergy(bytes(16), 0, substance, "rash")


@pytest.mark.parametrize(
    ("medicine", "reacts", "tie"),
    [
        ("Amoxicillin 500 mg", "Penicillin", Tie.CLASS),
        ("amoxycillin 250mg tds", "penicillin (rash)", Tie.CLASS),
        ("Amoxicilin", "Pénicilline", Tie.CLASS),
        ("AUGMENTIN 625", "penisilini", Tie.CLASS),
        ("Ampiclox", "Amoxil", Tie.CLASS),
        ("SEPTRIN DS", "Sulfa drugs", Tie.CLASS),
        ("Fansidar", "Bactrim", Tie.CLASS),
        ("Ibuprofen", "Aspirin", Tie.CLASS),
        ("Mara Moja", "aspirini", Tie.SAME),
        ("Ceftriaxone 1 g IM", "Penicillin", Tie.RELATED),
        ("Tegretol", "Phenytoin", Tie.CLASS),
        ("Coartem 4 tabs", "artesunate", Tie.CLASS),
        ("Lignocaine 2%", "Xylocaine", Tie.SAME),
        ("Efavirenz", "Nevirapine", Tie.CLASS),
        ("Muarubaini tea", "Muarubaini", Tie.NAMED),
    ],
)
def test_a_reaction_is_noticed_however_it_is_written(medicine: str, reacts: str, tie: Tie) -> None:
    found = reacts_to(medicine, [allergy("Dust"), allergy(reacts)])
    assert [(warning.tie, warning.allergy.substance) for warning in found] == [(tie, reacts)]


def test_every_pair_within_a_class_is_noticed() -> None:
    missed = [
        (drug, cause)
        for names in CLASSES.values()
        for drug, cause in product(names, names)
        if not reacts_to(drug, [allergy(cause)])
    ]
    assert missed == []


def test_no_medicine_raises_an_alarm_for_a_class_it_is_not_in() -> None:
    related = {frozenset(pair) for pair in RELATED}
    alarms = [
        (drug, cause)
        for group, names in CLASSES.items()
        for other, causes in CLASSES.items()
        if group != other and frozenset((group, other)) not in related
        for drug, cause in product(names, causes)
        if reacts_to(drug, [allergy(cause)])
    ]
    assert alarms == []
    causes = [allergy(name) for names in CLASSES.values() for name in names]
    false = [
        (drug, warning.allergy.substance) for drug in SINGLE for warning in reacts_to(drug, causes)
    ]
    # silver sulfadiazine holds a sulfonamide: it is right to warn
    assert {drug for drug, _ in false} <= {"silver sulfadiazine"}
    assert len(SINGLE) >= 150


def test_what_is_not_in_the_table_is_said_not_to_be_checked() -> None:
    assert not known("Muarubaini tea")
    assert not known("")
    assert known("Panadol extra")
    assert all(known(name) for name in SINGLE)


def test_numbers_and_forms_are_no_medicine() -> None:
    assert not known("500 mg tablets twice a day for 5 days")
