"""What a visit for a common reason usually begins with: measurements, tests, prompts to write to.

Pure. A template is a reminder on an empty page, never a diagnosis and never a rule: whoever writes
overwrites it. Prompts are short plain texts, translated one by one. Sources, where one was used:
  danger signs of a sick child      WHO, IMCI chart booklet (2014): not able to drink or breastfeed,
                                    vomits everything, convulsions, lethargic or unconscious
  four questions for tuberculosis   WHO consolidated guidelines on tuberculosis, module 2 (2021):
                                    cough, fever, weight loss, night sweats, in people with HIV
  danger signs in pregnancy         WHO, Pregnancy, childbirth, postpartum and newborn care (2015):
                                    bleeding, severe headache or blurred vision, convulsions,
                                    fever, severe abdominal pain, fast or difficult breathing
All other prompts are this program's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from medilink.people import Sex
from medilink.visits import KIND_WORDS
from medilink.vitals import LOWER, UPPER

YEAR = 365.25  # days
TEMPERATURE, PULSE, BREATHS, OXYGEN = "8310-5", "8867-4", "9279-1", "2708-6"
WEIGHT, HEIGHT = "29463-7", "8302-2"
SUGAR, HEAD = "15074-8", "9843-4"
_PRESSURE = (UPPER, LOWER)
_SICK = (TEMPERATURE, PULSE, BREATHS, OXYGEN)


@dataclass(frozen=True, slots=True)
class Template:
    """One reason to come. `kind` is one of the kinds of visits; `first`, LOINC codes of the
    measurements to take first; `tests`, codes of laboratory tests often asked for.

    For whom: `ages` in years (from, until; None where it is open), `sex` or everybody.
    """

    key: str
    reason: str
    kind: str = KIND_WORDS[0]
    first: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    examination: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    ages: tuple[float | None, float | None] = (None, None)
    sex: Sex | None = None


_CHILD_DANGER = (
    "Can drink or breastfeed",
    "Vomits everything",
    "Convulsions",
    "Very sleepy or not awake",
)
_PREGNANCY_DANGER = (
    "Bleeding",
    "Severe headache or blurred vision",
    "Convulsions",
    "Fever",
    "Severe pain in the belly",
    "Fast or difficult breathing",
)
_TB_QUESTIONS = ("Cough", "Fever", "Weight loss", "Night sweats")
_COME_BACK = ("When to come back", "Come at once if")

TEMPLATES: tuple[Template, ...] = (
    Template(
        "fever", "Fever", first=(*_SICK, WEIGHT), tests=("70569-9", "32700-7", "718-7"),
        history=("Since when", "How high", "Shivering", "Cough", "Loose stools", "Pain where",
                 "Medicines taken already", "Travel"),
        examination=("General state", "Neck stiffness", "Throat and ears", "Chest", "Belly",
                     "Skin"),
        plan=("Tests asked for", "Treatment", *_COME_BACK),
    ),
    Template(
        "sick-child", "Sick child under 5", first=(*_SICK, WEIGHT),
        tests=("70569-9", "718-7"),
        history=(*_CHILD_DANGER, "Since when", "Cough or difficult breathing", "Loose stools",
                 "Fever", "Ear problem", "Feeding", "Vaccines up to date"),
        examination=("General state", "Chest drawn in", "Signs of lost water", "Ears",
                     "Swelling of both feet", "Paleness"),
        plan=("Treatment", "Feeding advice", *_COME_BACK), ages=(None, 5),
    ),
    Template(
        "cough", "Cough", first=(*_SICK, WEIGHT), tests=("38379-4", "11545-1"),
        history=("Since when", "Phlegm or blood", "Fever", "Weight loss", "Night sweats",
                 "Short of breath", "Smoking or kitchen smoke", "Anybody at home with a cough"),
        examination=("General state", "Breathing", "Chest sounds", "Throat"),
        plan=("Tests asked for", "Treatment", *_COME_BACK),
    ),
    Template(
        "diarrhoea-child", "Diarrhoea in a child", first=(TEMPERATURE, PULSE, WEIGHT),
        history=(*_CHILD_DANGER, "Since when", "How often a day", "Blood in the stool", "Vomiting",
                 "What the child drinks and eats", "Urine today"),
        examination=("General state", "Sunken eyes", "Drinks eagerly or poorly",
                     "Skin fold goes back"),
        plan=("Fluids", "Zinc", "Feeding advice", *_COME_BACK), ages=(None, 5),
    ),
    Template(
        "malaria", "Malaria", first=(*_SICK, WEIGHT), tests=("70569-9", "32700-7", "718-7",
                                                             "15074-8"),
        history=("Since when", "Fever now or in the last two days", "Vomiting", "Convulsions",
                 "Dark urine", "Treatment already taken", "Sleeps under a net", "Pregnant"),
        examination=("General state", "Paleness", "Yellow eyes", "Belly and spleen"),
        plan=("Result of the test", "Treatment", *_COME_BACK),
    ),
    Template(
        "antenatal", "Antenatal visit", kind="Antenatal", first=(*_PRESSURE, WEIGHT, TEMPERATURE),
        tests=("718-7", "882-1", "80387-4", "20507-0", "5195-3", "20454-5", "25428-4"),
        history=(*_PREGNANCY_DANGER, "First day of the last period",
                 "Pregnancies and births before", "The baby moves", "Medicines",
                 "Iron and folic acid taken", "Tetanus vaccine"),
        examination=("Paleness", "Swelling", "Height of the womb", "How the baby lies",
                     "Heartbeat of the baby"),
        plan=("Medicines given", "Place of birth and transport", "Next visit", "Come at once if"),
        ages=(10, 60), sex=Sex.FEMALE,
    ),
    Template(
        "postnatal", "After birth", kind="Follow-up", first=(*_PRESSURE, TEMPERATURE, PULSE),
        tests=("718-7",),
        history=("Day and place of birth", "Bleeding", "Fever", "Pain", "Breastfeeding", "Mood",
                 "The baby drinks well"),
        examination=("Paleness", "Breasts", "Womb", "Wound", "Navel of the baby"),
        plan=("Family planning", "Vaccines of the baby", *_COME_BACK),
        ages=(10, 60), sex=Sex.FEMALE,
    ),
    Template(
        "child-clinic", "Child welfare clinic", kind="Child clinic",
        first=(WEIGHT, HEIGHT, HEAD),
        history=("Worries of the parents", "Feeding", "Sleep", "What the child can do now",
                 "Illness since the last visit"),
        examination=("General state", "Growth curve", "Swelling of both feet", "Eyes and ears"),
        plan=("Vaccines given today", "Vitamin A and worm medicine", "Feeding advice",
              "Next visit"),
        ages=(None, 5),
    ),
    Template(
        "hypertension", "High blood pressure review", kind="Follow-up",
        first=(*_PRESSURE, PULSE, WEIGHT),
        tests=("14682-9", "2823-3", "20454-5", "15074-8", "14647-2"),
        history=("Headache or dizziness", "Chest pain", "Short of breath", "Swollen legs",
                 "Medicines taken every day", "Medicines missed", "Side effects", "Salt",
                 "Smoking and alcohol", "Readings at home"),
        examination=("Heart", "Lungs", "Swelling of the legs"),
        plan=("Target", "Medicines changed", "Food and movement", "Next visit", "Come at once if"),
        ages=(15, None),
    ),
    Template(
        "diabetes", "Diabetes review", kind="Follow-up", first=(SUGAR, *_PRESSURE, WEIGHT),
        tests=("4548-4", "14771-0", "14682-9", "9318-7", "20454-5", "14647-2"),
        history=("Thirst and urine", "Low sugar: shaking, sweating", "Readings at home",
                 "Medicines taken every day", "Medicines missed", "Food", "Eyes", "Numb feet"),
        examination=("Feet: skin, wounds, feeling, pulses", "Injection sites", "Heart"),
        plan=("Target", "Medicines changed", "Foot care", "Eye check", "Next visit",
              "Come at once if"),
    ),
    Template(
        "hiv", "HIV review", kind="Follow-up", first=(WEIGHT, TEMPERATURE, *_PRESSURE),
        tests=("20447-9", "24467-3", "14682-9", "1742-6", "718-7"),
        history=(*_TB_QUESTIONS, "Medicines taken every day", "Doses missed this month",
                 "Side effects", "Pregnant or wishes to be", "Partner and children tested"),
        examination=("General state", "Mouth", "Skin", "Lymph nodes", "Chest"),
        plan=("Medicines", "Protection against other infections", "Tests asked for", "Next visit"),
    ),
    Template(
        "tb", "Tuberculosis follow-up", kind="Follow-up", first=(WEIGHT, TEMPERATURE, OXYGEN),
        tests=("11545-1", "38379-4", "80387-4", "1742-6"),
        history=("Month of treatment", "Cough", "Fever", "Night sweats", "Appetite",
                 "Doses missed", "Who watches the doses", "Side effects: yellow eyes, vision, "
                 "numb feet", "People at home checked"),
        examination=("General state", "Yellow eyes", "Chest"),
        plan=("Medicines", "Dose for the new weight", "Sputum asked for", "Next visit"),
    ),
    Template(
        "family-planning", "Family planning", first=(*_PRESSURE, WEIGHT), tests=("2106-3",),
        history=("What is wished", "Method now", "Last period", "Children and plans",
                 "Breastfeeding", "Migraine, clots, high blood pressure", "Medicines", "Smoking"),
        examination=("What was found",),
        plan=("Method chosen", "How to use it", "What to expect", "Next visit", "Come at once if"),
        ages=(10, None),
    ),
    Template(
        "wound", "Wound", first=(TEMPERATURE, PULSE, *_PRESSURE),
        history=("How and when it happened", "Bleeding", "Animal bite", "Tetanus vaccine",
                 "Other injuries"),
        examination=("Where", "How long and deep", "Dirt", "Feeling and movement beyond it",
                     "Signs of infection"),
        plan=("Cleaned and closed how", "Tetanus vaccine given", "Dressing changed when",
              *_COME_BACK),
    ),
    Template(
        "belly-pain", "Pain in the belly", first=(*_SICK, *_PRESSURE),
        tests=("2106-3", "20454-5", "718-7"),
        history=("Since when", "Where, and where it goes", "Vomiting", "Stool", "Urine",
                 "Last period", "Operations before"),
        examination=("General state", "Belly: soft or hard, where it hurts", "Groins"),
        plan=("Tests asked for", "Treatment", *_COME_BACK),
    ),
    Template(
        "skin", "Skin problem", first=(TEMPERATURE,),
        history=("Since when", "Itching", "Anybody at home with the same", "New soap or medicine",
                 "Used on it already"),
        examination=("Where", "How it looks", "Mouth and eyes"),
        plan=("Treatment", *_COME_BACK),
    ),
)  # fmt: skip
TEMPLATE_BY_KEY = {template.key: template for template in TEMPLATES}


def templates_for(age_days: float | None, sex: Sex) -> list[Template]:
    """The templates that can fit a person; where age or sex is not known, none is left out."""
    return [each for each in TEMPLATES if _fits_age(each, age_days) and _fits_sex(each, sex)]


def _fits_age(template: Template, age_days: float | None) -> bool:
    start, until = template.ages
    if age_days is None:
        return True
    return (start is None or age_days >= start * YEAR) and (
        until is None or age_days < until * YEAR
    )


def _fits_sex(template: Template, sex: Sex) -> bool:
    return template.sex is None or sex not in (Sex.FEMALE, Sex.MALE) or sex is template.sex


def as_lines(prompts: Iterable[str], say: Callable[[str], str] = str) -> str:
    """Prompts as a text to write into, one a line: "Since when: ". `say` translates each."""
    return "\n".join(f"{say(prompt)}: " for prompt in prompts)


def without_empty_lines(written: str, prompts: Iterable[str], say: Callable[[str], str]) -> str:
    """What was written, without the prompts nothing was written to: they are not findings."""
    untouched = {f"{say(prompt)}:" for prompt in prompts}
    lines = [line for line in written.splitlines() if line.strip() not in untouched]
    return "\n".join(lines).strip()
