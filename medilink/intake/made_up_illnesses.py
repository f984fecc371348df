"""What made-up patients come with, and what a primary-care clinic gives them.

Doses follow common national guidelines closely enough to look right; they are there to fill pages
and charts, and never to treat anybody by. No diagnosis codes: ICD-10 and SNOMED CT may not be
spread freely.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine, its dose from each weight in kg on, how long, and the allergy that forbids it.

    `days` is 0 for what is taken for life.
    """

    name: str
    doses: tuple[tuple[float, str], ...]
    days: int
    forbidden_by: str = ""

    def dose_for(self, kilograms: float) -> str:
        """The dose of the heaviest weight that is reached."""
        return [dose for least, dose in self.doses if kilograms >= least][-1]


@dataclass(frozen=True, slots=True)
class Test:
    """A result: its LOINC code, and either the range it falls in or the words it is given in."""

    code: str
    name: str
    unit: str = ""
    low: float = 0
    high: float = 0
    decimals: int = 1
    words: str = ""


@dataclass(frozen=True, slots=True)
class Illness:
    """Something that passes. `often` weighs it against others; `fever` and `breath` are in °C and
    breaths a minute above what is normal, `less_oxygen` in % below."""

    name: str
    reason: str
    ages: tuple[float, float]
    often: float
    medicines: tuple[Medicine, ...]
    advice: str
    fever: tuple[float, float] = (0, 0)
    breath: int = 0
    less_oxygen: int = 0
    tests: tuple[Test, ...] = ()
    instead: Medicine | None = None


@dataclass(frozen=True, slots=True)
class Chronic:
    """Something that stays. `likelihood` is reached at the end of `ages` and grows towards it."""

    name: str
    ages: tuple[float, float]
    likelihood: float
    medicines: tuple[Medicine, ...]
    review: str
    tests: tuple[Test, ...] = ()
    alert: str = ""


def _daily(name: str, dose: str) -> Medicine:
    return Medicine(name, ((0, dose),), 0)


_PARACETAMOL = Medicine(
    "Paracetamol",
    (
        (0, "10 mg/kg syrup, up to 4 times a day for 3 days"),
        (12, "250 mg, up to 4 times a day for 3 days"),
        (25, "500 mg, up to 4 times a day for 3 days"),
        (45, "1 g, up to 4 times a day for 3 days"),
    ),
    3,
)
_LUMEFANTRINE = Medicine(
    "Artemether-lumefantrine 20/120 mg",
    (
        (0, "1 tablet twice a day for 3 days"),
        (15, "2 tablets twice a day for 3 days"),
        (25, "3 tablets twice a day for 3 days"),
        (35, "4 tablets twice a day for 3 days"),
    ),
    3,
)
_AMOXICILLIN = Medicine(
    "Amoxicillin",
    (
        (0, "125 mg dispersible, twice a day for 5 days"),
        (6, "250 mg dispersible, twice a day for 5 days"),
        (14, "500 mg dispersible, twice a day for 5 days"),
        (35, "500 mg, 3 times a day for 5 days"),
    ),
    5,
    forbidden_by="Penicillin",
)
_ERYTHROMYCIN = Medicine(
    "Erythromycin", ((0, "12.5 mg/kg, 4 times a day for 5 days"), (40, "500 mg, 4 times a day")), 5
)
_COTRIMOXAZOLE = Medicine(
    "Co-trimoxazole",
    ((0, "240 mg twice a day for 5 days"), (14, "480 mg twice a day"), (40, "960 mg twice a day")),
    5,
    forbidden_by="Sulfa medicines",
)
_ORS = Medicine("Oral rehydration salts", ((0, "after each loose stool, as much as wanted"),), 3)
_ZINC = Medicine(
    "Zinc sulfate", ((0, "10 mg daily for 10 days"), (7, "20 mg daily for 10 days")), 10
)

_HAEMOGLOBIN = ("718-7", "Haemoglobin", "g/dL")
_GLUCOSE = ("15074-8", "Glucose", "mmol/L")
_MALARIA = ("70569-9", "Malaria rapid test")
NO_MALARIA = Test(*_MALARIA, words="Negative")
USUAL_HAEMOGLOBIN = Test(*_HAEMOGLOBIN, 10.8, 14.6)
USUAL_GLUCOSE = Test(*_GLUCOSE, 4.4, 6.6)

ILLNESSES: tuple[Illness, ...] = (
    Illness(
        "Malaria, uncomplicated", "Fever and chills for 2 days", (0.5, 95), 22,
        (_LUMEFANTRINE, _PARACETAMOL), "Sleep under a treated net. Return if vomiting or drowsy.",
        fever=(1.4, 3.2), breath=3,
        tests=(Test(*_MALARIA, words="Positive, P. falciparum"), Test(*_HAEMOGLOBIN, 8.4, 12.5)),
    ),
    Illness(
        "Pneumonia", "Cough and fast breathing", (0.1, 95), 11, (_AMOXICILLIN, _PARACETAMOL),
        "Return at once if breathing gets harder or the child cannot drink.",
        fever=(0.9, 2.6), breath=13, less_oxygen=5, tests=(NO_MALARIA,), instead=_ERYTHROMYCIN,
    ),
    Illness(
        "Diarrhoea, some dehydration", "Watery stools for 3 days", (0.2, 12), 14, (_ORS, _ZINC),
        "Go on feeding. Return if there is blood in the stool or the child is drowsy.",
        fever=(0, 0.9),
    ),
    Illness(
        "Upper respiratory infection", "Cough and running nose", (0, 95), 22, (_PARACETAMOL,),
        "Warm drinks. No antibiotic is needed.", fever=(0, 1.2), breath=2,
    ),
    Illness(
        "Urinary tract infection", "Burning when passing urine", (14, 95), 9,
        (Medicine("Nitrofurantoin", ((0, "100 mg twice a day for 5 days"),), 5),),
        "Drink plenty. Return if there is fever or back pain.", fever=(0, 0.8),
        tests=(Test("5799-2", "Leukocyte esterase in urine", words="Positive"),),
    ),
    Illness(
        "Otitis media", "Ear pain and discharge", (0.5, 12), 6, (_AMOXICILLIN, _PARACETAMOL),
        "Dry the ear by wicking, three times a day.", fever=(0.4, 1.9), instead=_ERYTHROMYCIN,
    ),
    Illness(
        "Infected wound", "Wound on the leg, red and painful", (2, 95), 6, (_COTRIMOXAZOLE,),
        "Wound cleaned and dressed. Dressing every second day. Tetanus toxoid given.",
        fever=(0, 0.8), instead=_ERYTHROMYCIN,
    ),
    Illness(
        "Intestinal worms", "Belly pain, worms seen in stool", (1, 16), 6,
        (Medicine("Albendazole", ((0, "200 mg once"), (10, "400 mg once")), 1),),
        "Wash hands before eating. Wear shoes.",
    ),
    Illness(
        "Gastritis", "Burning pain in the upper belly", (16, 95), 8,
        (Medicine("Omeprazole", ((0, "20 mg daily for 14 days"),), 14),),
        "Eat small meals. Avoid painkillers like ibuprofen.",
    ),
    Illness(
        "Low back pain", "Back pain after carrying water", (18, 95), 7,
        (Medicine("Ibuprofen", ((0, "400 mg, 3 times a day with food for 5 days"),), 5,
                  forbidden_by="Aspirin"),),
        "Keep moving. Lift with the knees.", instead=_PARACETAMOL,
    ),
    Illness(
        "Scabies", "Itching at night, others at home too", (0.3, 70), 5,
        (Medicine("Benzyl benzoate 25%", ((0, "apply on 3 nights"),), 3),),
        "Treat everyone in the house. Wash and sun the bedding.",
    ),
)  # fmt: skip

CHRONICS: tuple[Chronic, ...] = (
    Chronic(
        "Hypertension", (32, 75), 0.45,
        (_daily("Amlodipine", "5 mg daily"), _daily("Hydrochlorothiazide", "25 mg daily")),
        "Blood pressure review",
        (Test("14682-9", "Creatinine", "umol/L", 58, 128, 0),),
    ),
    Chronic(
        "Type 2 diabetes mellitus", (35, 75), 0.16, (_daily("Metformin", "500 mg twice a day"),),
        "Diabetes review", (Test(*_GLUCOSE, 7.4, 15.8), Test("4548-4", "HbA1c", "%", 6.6, 10.9)),
        "Diabetes: check the glucose of a drowsy patient first.",
    ),
    Chronic(
        "Asthma", (3, 30), 0.08,
        (Medicine("Salbutamol inhaler 100 micrograms",
                  ((0, "2 puffs through a spacer when wheezing"),), 0),),
        "Asthma review",
    ),
    Chronic(
        "Sickle cell disease", (0.6, 6), 0.03,
        (Medicine("Folic acid", ((0, "2.5 mg daily"), (14, "5 mg daily")), 0),),
        "Sickle cell review", (Test(*_HAEMOGLOBIN, 6.6, 9.2),),
        "Sickle cell disease: fever or strong pain is an emergency.",
    ),
    Chronic(
        "Epilepsy", (4, 25), 0.025,
        (Medicine("Carbamazepine", ((0, "5 mg/kg twice a day"), (40, "200 mg twice a day")), 0),),
        "Epilepsy review", (), "Epilepsy: never stop the tablets suddenly.",
    ),
)  # fmt: skip

# substance, reaction, severity, how often among those who have one
ALLERGIES: tuple[tuple[str, str, str, float], ...] = (
    ("Penicillin", "Rash all over the body", "moderate", 30),
    ("Penicillin", "Swelling of the face, difficult breathing", "severe", 8),
    ("Sulfa medicines", "Blisters on skin and lips", "severe", 16),
    ("Peanuts", "Swelling of lips, vomiting", "moderate", 10),
    ("Aspirin", "Wheezing", "moderate", 9),
    ("Eggs", "Hives", "mild", 6),
    ("Bee stings", "Fainting", "severe", 6),
    ("Chloroquine", "Itching", "mild", 10),
    ("Latex", "Itching hands", "mild", 3),
)

ALERTS: tuple[str, ...] = (
    "Hard of hearing: face the patient and speak slowly.",
    "Needs an interpreter; a daughter comes along.",
    "Lives 3 hours' walk away: give medicines for two months.",
    "Cannot read: explain doses with pictures.",
)
