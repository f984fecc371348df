"""A medicine the patient reacts to is noticed, however it is written; others raise no alarm."""

from __future__ import annotations

from itertools import product

import pytest

from medilink.drug_classes import CALLED, CLASSES, RELATED, SINGLE, TRACES
from medilink.prescribing import Tie, causes_in, known, reacts_to, substances_in
from medilink.records import Allergy
from tests.rules.essential_medicines import AKIN, CLASSED, PLAIN


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
    # traces in vaccines: it is right to warn of exactly those
    assert all(cause in TRACES.get(drug, ()) for drug, cause in false)
    assert len(SINGLE) >= 150


def test_what_is_not_in_the_table_is_said_not_to_be_checked() -> None:
    assert not known("Muarubaini tea")
    assert not known("")
    assert known("Panadol extra")
    assert all(known(name) for name in SINGLE)


def test_numbers_and_forms_are_no_medicine() -> None:
    assert not known("500 mg tablets twice a day for 5 days")


# ---- against the names of the WHO Model List, which this table does not come from


def test_no_essential_medicine_is_taken_for_another() -> None:
    other_names = {"epinephrine", "magnesium", "amphotericin", "phytomenadione", "retinol"}
    mistaken = {
        name: sorted(meant)
        for name in PLAIN
        if (meant := substances_in(name)) and meant != {name} and name not in other_names
    }
    assert mistaken == {}


def test_no_essential_medicine_raises_a_false_alarm() -> None:
    assert len(PLAIN) + len(CLASSED) >= 350
    alarms = [
        (medicine, cause)
        for medicine, cause in product(PLAIN, CLASSED)
        if medicine not in cause and reacts_to(medicine, [allergy(cause)])
    ]
    assert alarms == []


def test_essential_medicines_of_a_class_warn_of_each_other_and_of_no_other() -> None:
    wrong = [
        (medicine, cause)
        for (medicine, group), (cause, other) in product(CLASSED.items(), CLASSED.items())
        if bool(reacts_to(medicine, [allergy(cause)]))
        != (group == other or frozenset({group, other}) in AKIN)
    ]
    assert wrong == []


def test_most_essential_medicines_are_known() -> None:
    names = [*PLAIN, *CLASSED]
    assert all(known(name) for name in CLASSED)
    assert sum(map(known, names)) / len(names) > 0.85


# ---- how it is written


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("amoxicillin 500mg tds", {"amoxicillin"}),
        ("Amoxicillin500mg", {"amoxicillin"}),
        ("Caps Amoxycilin 250 mg 1x3x5/7", {"amoxicillin"}),
        ("amoxicillin/clavulanate 625mg bd", {"amoxicillin", "clavulanic acid"}),
        ("Inj. Ceftriaxon 1g OD", {"ceftriaxone"}),
        ("Tab. Septrin 960mg BD", {"sulfamethoxazole", "trimethoprim"}),
        ("X-Pen 2 MU QID", {"benzylpenicillin"}),
        ("TDF/3TC/DTG", {"tenofovir", "lamivudine", "dolutegravir"}),
        ("Artemether-Lumefantrine 20/120", {"artemether", "lumefantrine"}),
        ("Ciproflaxacin 500mg", {"ciprofloxacin"}),
        ("parasetamol", {"paracetamol"}),
        ("dawa ya aspirini", {"acetylsalicylic acid"}),
        ("Érythromycine", {"erythromycin"}),
        ("silver sulphadiazine cream", {"sulfadiazine"}),
        ("penicillamine", {"penicillamine"}),
        ("procaine", {"procaine"}),
        ("sulfate", set()),
        ("April visit", set()),
    ],
)
def test_a_medicine_is_understood_as_it_is_written(written: str, meant: set[str]) -> None:
    assert substances_in(written) == meant


def slips(name: str) -> set[str]:
    """A name with one letter wrong, left out, doubled or swapped with the next."""
    places = range(1, len(name))
    wrong = {name[:n] + letter + name[n + 1 :] for n in places for letter in "aeioulnrst"}
    swapped = {name[: n - 1] + name[n] + name[n - 1] + name[n + 1 :] for n in places[1:]}
    return wrong | swapped | {name[:n] + name[n + more :] for n in places for more in (1, 0, -1)}


def test_a_slip_of_one_letter_hardly_ever_moves_a_medicine_into_a_class() -> None:
    """A slip may leave a medicine unknown, which is said."""
    typed = [(name, slip) for name in PLAIN for slip in slips(name)]
    moved = [slip for name, slip in typed if classes_in(slip) - classes_in(name)]
    assert len(moved) < len(typed) / 2_000, moved


def test_a_slip_of_one_letter_in_a_medicine_of_a_class_is_understood_or_said() -> None:
    typed = [(name, slip) for name in CLASSED if " " not in name for slip in slips(name)]
    missed = [slip for name, slip in typed if not classes_in(slip) >= classes_in(name)]
    assert not [slip for slip in missed if known(slip)]
    assert len(missed) < len(typed) / 1_000, missed


def classes_in(text: str) -> set[str]:
    return {
        group
        for substance in substances_in(text)
        for group, names in CLASSES.items()
        if substance in names or substance == group
    }


@pytest.mark.parametrize("part", ["tablets", "injection", "syrup", "500 mg", "dawa", "children"])
def test_forms_and_doses_do_not_tie_a_medicine_to_an_allergy(part: str) -> None:
    assert not reacts_to(f"Paracetamol {part}", [allergy(f"some herbal {part}")])


def test_a_medicine_with_an_unknown_part_is_said_not_to_be_checked() -> None:
    assert not known("Amoxicillin + muarubaini")
    assert not known("Panadol na mwarobaini")
    assert known("Lignocaine 2% with adrenaline")
    assert known("Amoxicillin 500mg/125mg, one tablet daily")


def test_what_people_call_an_allergy_is_understood() -> None:
    assert causes_in("Sulphur") == {"sulfonamide antibiotic"}
    assert reacts_to("Septrin", [allergy("sulphur drugs")])
    assert not reacts_to("Sulfur ointment", [allergy("Septrin")])
    assert causes_in("dust") == frozenset()


@pytest.mark.parametrize(
    ("vaccine", "reacts", "warned"),
    [
        ("Yellow fever vaccine", "eggs", True),
        ("Flu vaccine", "mayai", True),
        ("MMR", "gelatine", True),
        ("MMR", "neomycin", True),
        ("MMR", "gentamicin", False),
        ("MMR", "eggs", False),
        ("OPV", "eggs", False),
    ],
)
def test_traces_in_vaccines_warn_of_exactly_what_they_are(
    vaccine: str, reacts: str, warned: bool
) -> None:
    assert bool(reacts_to(vaccine, [allergy(reacts)])) is warned


def test_the_tables_name_only_what_they_know() -> None:
    everything = {n for names in CLASSES.values() for n in names} | set(SINGLE) | set(CLASSES)
    assert {n for meant in CALLED.values() for n in meant} <= everything
    assert {n for trace in TRACES.values() for n in trace} | set(TRACES) <= everything
    assert {n for pair in RELATED for n in pair} <= set(CLASSES)
