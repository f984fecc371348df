"""What is about HIV, mental health or reproduction is found: in codes, medicines and words.

Missing one is the error that matters, so every labelled one must be found; how much else is left
out is counted and bounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from medilink.intake.made_up import made_up_patients
from medilink.people import Patient, PatientDetails, PatientId, Sex
from medilink.records import (
    ALL_SECTIONS,
    PLACE_OF,
    Allergy,
    Condition,
    Document,
    Encounter,
    Entry,
    Medication,
    Observation,
    Record,
    Section,
)
from medilink.sensitive import (
    Sensitive,
    categories_in_json,
    categories_in_text,
    categories_of,
    sensitive_parts,
)
from tests.rules.fhir_bundles import FILES, needs_corpora, read

HIV, MH, SEX = Sensitive.HIV, Sensitive.MENTAL_HEALTH, Sensitive.REPRODUCTIVE
NOBODY = Patient(
    PatientId(1), b"p" * 16, "ML-7KQ2-94ZD", PatientDetails("Wanjiku", "Njeri", Sex.FEMALE), 1, 0
)


def record_of(entries: Iterable[Entry]) -> Record:
    """A record that holds these."""
    places: dict[str, list[Entry]] = {}
    for entry in entries:
        place = "versions" if entry.status == "amended" else PLACE_OF[type(entry)]
        places.setdefault(place, []).append(entry)
    return Record(NOBODY, ALL_SECTIONS, **{k: tuple(v) for k, v in places.items()})  # type: ignore[arg-type]


def uid(number: int) -> bytes:
    return number.to_bytes(16, "big")


# ---- words, as people write them

SAID = {
    HIV: (
        "HIV positive since 2019", "known PLHIV, on ART", "VVU", "ana virusi vya ukimwi",
        "séropositive, sous trithérapie", "VIH", "le SIDA", "on TDF/3TC/DTG", "TLD 300/300/50",
        "CD4 count 210", "viral load suppressed", "ARVs given", "PMTCT", "PrEP refill",
        "anatumia dawa za kupunguza makali", "Kaposi sarcoma",
        "seen at the Comprehensive Care Centre", "partner HIV-positive", "Kaletra",
    ),
    MH: (
        "Major depression", "dépression nerveuse", "suicidal thoughts", "Schizophrenia",
        "msongo wa mawazo", "afya ya akili", "troubles bipolaires", "anxiety", "PHQ-9: 17",
        "alcohol dependence", "ulevi", "dawa za kulevya", "insomnia", "psychiatric review",
        "alikunywa sumu, kujiua", "on fluoxetine 20 mg", "Haldol", "toxicomanie", "dementia",
        "Attention deficit hyperactivity disorder", "post-traumatic stress disorder",
    ),
    SEX: (
        "Pregnancy, 20 weeks", "mjamzito", "mimba imeharibika", "grossesse de 12 semaines",
        "enceinte", "fausse couche", "family planning: Jadelle", "uzazi wa mpango", "Depo-Provera",
        "miscarriage", "induced abortion", "avortement", "gonorrhoea", "kisonono", "kaswende",
        "chlamydia", "erectile dysfunction", "infertility", "stérilet", "accouchement", "G3P2",
        "ANC visit", "raped by a neighbour", "ubakaji", "cervical smear", "condom burst",
        "emergency contraception", "amenorrhoea", "Pre-eclampsia", "magonjwa ya zinaa",
    ),
}  # fmt: skip
NOT_SENSITIVE = (
    "Hives after eggs", "Malaria, uncomplicated", "hearing aids fitted", "Asthma attack",
    "stress fracture of the foot", "Fracture of the cervical spine", "Type 2 diabetes mellitus",
    "ABC intact, GCS 15", "Laboratory results explained", "state of the art dressing",
    "via the left arm", "Hypertension, amlodipine continued", "Wound cleaned, tetanus given",
    "Upper respiratory infection", "Warm drinks. No antibiotic is needed.", "Iron deficiency",
    "homa kali na kikohozi", "paludisme simple", "environmental allergy", "bowel prep before scan",
    "Influenza, seasonal", "a drug allergy was ruled out", "Haemoglobin 9.8",
)  # fmt: skip


@pytest.mark.parametrize(
    ("category", "text"), [(category, text) for category in SAID for text in SAID[category]]
)
def test_words_in_three_languages_are_found(category: Sensitive, text: str) -> None:
    assert category in categories_in_text(text)
    assert category in categories_of(Encounter(uid(1), 1, "Consultation", notes=text))
    assert category in categories_of(Document(uid(1), 1, title=text))


@pytest.mark.parametrize("text", NOT_SENSITIVE)
def test_words_of_every_day_are_not(text: str) -> None:
    assert categories_in_text(text) == frozenset()


ICD, SCT = "http://hl7.org/fhir/sid/icd-10", "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [
        ("B20", ICD, HIV), ("B24.9", ICD, HIV), ("Z21", "", HIV), ("b22", "urn:x:ICD-10-CM", HIV),
        ("1C62.0", "http://id.who.int/icd/release/11/mms", HIV), ("B90", "icpc-2", HIV),
        ("F32.1", ICD, MH), ("F00", "", MH), ("X64", ICD, MH), ("P76", "urn:icpc", MH),
        ("6A70", "icd-11", MH), ("35489007", SCT, MH), ("O80", ICD, SEX), ("Z34.0", "", SEX),
        ("Z30", ICD, SEX), ("A54.9", ICD, SEX), ("N97", ICD, SEX), ("72892002", SCT, SEX),
    ],
)  # fmt: skip
def test_codes_are_found_whatever_the_words_beside_them(
    code: str, system: str, expected: Sensitive
) -> None:
    assert expected in categories_of(Condition(uid(1), 1, "x", code=code, system=system))
    said = {"resourceType": "Condition", "code": {"coding": [{"code": code, "system": system}]}}
    assert expected in categories_in_json(said)


@pytest.mark.parametrize("code", ["J45", "E11.9", "B50", "I10", "Z00", "A09", "S52.5"])
def test_codes_of_every_day_are_not(code: str) -> None:
    assert categories_of(Condition(uid(1), 1, "x", code=code, system=ICD)) == frozenset()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dolutegravir 50 mg", HIV), ("Combivir", HIV), ("nevirapin syrup", HIV), ("AZT/3TC", HIV),
        ("Zidovudine + lamivudine", HIV), ("Fluoxetin 20mg", MH), ("Diazepam", MH), ("Lithium", MH),
        ("Largactil", MH), ("Microgynon", SEX), ("levonorgestrel 1.5 mg", SEX),
        ("Medroxyprogesterone inj.", SEX), ("Misoprostol 600 mcg", SEX),
    ],
)  # fmt: skip
def test_medicines_tell_what_they_are_for(name: str, expected: Sensitive) -> None:
    assert expected in categories_of(Medication(uid(1), 1, name))


def test_an_allergy_to_a_sedative_is_no_secret_one_to_an_hiv_medicine_is() -> None:
    for substance in ("Diazepam", "Valium", "Carbamazepine", "Penicillin", "Eggs", "Sulfa"):
        assert categories_of(Allergy(uid(1), 1, substance, "Hives")) == frozenset(), substance
    assert categories_of(Allergy(uid(1), 1, "Nevirapine", "rash")) == {HIV}
    assert categories_of(Allergy(uid(1), 1, "Haloperidol")) == {MH}
    assert categories_of(Allergy(uid(1), 1, "Diazepam", "suicidal thoughts")) == {MH}


# ---- with what it belongs to


def test_everything_of_a_visit_falls_with_what_the_visit_was_about() -> None:
    visit = Encounter(uid(1), 1, "Follow-up", notes="as discussed")
    illness = Condition(uid(2), 1, "Immune condition", code="B20", system=ICD, encounter=uid(1))
    pill = Medication(uid(3), 1, "Cotrimoxazole", encounter=uid(1))
    weight = Observation(uid(4), 1, Section.VITALS, "29463-7", "Weight", "61", encounter=uid(1))
    other = Observation(uid(5), 2, Section.VITALS, "29463-7", "Weight", "62", encounter=uid(6))
    parts = sensitive_parts(record_of([visit, illness, pill, weight, other]))
    assert parts == {uid(number): {HIV} for number in (1, 2, 3, 4)}


def test_a_test_of_every_check_up_is_left_out_alone() -> None:
    visit = Encounter(uid(1), 1, "Check-up", reason="before employment")
    tested = Observation(uid(2), 1, Section.RESULTS, "80387-4", "Rapid test", encounter=uid(1))
    weight = Observation(uid(3), 1, Section.VITALS, "29463-7", "Weight", "61", encounter=uid(1))
    assert sensitive_parts(record_of([visit, tested, weight])) == {uid(2): {HIV}}


def test_versions_of_an_entry_fall_together() -> None:
    old = Encounter(uid(1), 1, "Visit", notes="depressed", status="amended")
    new = Encounter(uid(2), 1, "Visit", notes="well", replaces=uid(1))
    newest = Encounter(uid(3), 1, "Visit", notes="well again", replaces=uid(2))
    middle = new._replace(status="amended")
    weight = Observation(uid(4), 1, Section.VITALS, "29463-7", "Weight", "61", encounter=uid(2))
    parts = sensitive_parts(record_of([old, middle, newest, weight]))
    assert parts == {uid(number): {MH} for number in (1, 2, 3, 4)}


# ---- people nobody here wrote: labelled by hand, code by code

LABELLED = {
    MH: {"171207006"},  # depression screening
    SEX: {
        "19169002", "72892002", "198436008", "1000156", "389221", "748962", "751905", "1605257",
        "10383002", "169230002", "169553002", "252160004", "301807007", "386394001", "46706006",
        "5880005", "65200003", "714812005", "82810-3",
    },
}  # fmt: skip
LABELLED_VISITS = {"Prenatal initial visit", "Prenatal visit"}


@needs_corpora
def test_every_labelled_entry_of_real_files_is_found_and_little_else(
    record_property: pytest.RecordProperty,
) -> None:
    labelled, found, others, alarms = 0, 0, 0, list[str]()
    for path in FILES:
        for person in read(path.read_bytes())[0]:
            entries = [entry for one in person.entries for entry in one.understood]
            parts = sensitive_parts(record_of(entries))
            touched = {_visit(e) for e in entries if _label(e)} - {None}
            for entry in entries:
                label = _label(entry)
                if label:
                    labelled += 1
                    found += label in parts.get(entry.uid, ())
                elif _visit(entry) not in touched:
                    others += 1
                    alarms += [repr(entry)] if entry.uid in parts else []
    record_property("labelled", labelled)
    record_property("false_alarms", f"{len(alarms)} of {others}")
    assert found == labelled >= 20
    assert len(alarms) <= others * 0.005, alarms


def _label(entry: Entry) -> Sensitive | None:
    if getattr(entry, "kind", "") in LABELLED_VISITS:
        return SEX
    code = getattr(entry, "code", "")
    return next((category for category, codes in LABELLED.items() if code in codes), None)


def _visit(entry: Entry) -> bytes | None:
    return entry.uid if isinstance(entry, Encounter) else getattr(entry, "encounter", None)


def test_made_up_people_lose_their_antenatal_visits_and_little_else(
    record_property: pytest.RecordProperty,
) -> None:
    expected, others, alarms = 0, 0, 0
    for person in made_up_patients(1, 300, date(2025, 3, 1)):
        entries = [entry for one in person.entries for entry in one.understood]
        parts = sensitive_parts(record_of(entries))
        antenatal = {e.uid for e in entries if getattr(e, "kind", "") == "Antenatal visit"}
        for entry in entries:
            if _visit(entry) in antenatal:
                expected += 1
                assert SEX in parts[entry.uid], entry
            else:
                others += 1
                alarms += entry.uid in parts
    record_property("false_alarms", f"{alarms} of {others}")
    assert expected > 50
    assert alarms <= others * 0.005
