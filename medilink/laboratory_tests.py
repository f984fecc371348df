"""The tests a small laboratory does: names, codes, units, and what a believable result is.

Codes: LOINC (Regenstrief Institute; attribution in docs/licences.md). Units: UCUM. Conversions by
molar mass: glucose 180.16, creatinine 113.12, urea 60.06 (its nitrogen 28.01), cholesterol 386.65,
triglycerides as triolein 885.4, bilirubin 584.66, urate 168.11, calcium 40.08 g/mol; HbA1c by the
IFCC-NGSP master equation, % = 0.09148 mmol/mol + 2.152 (Hoelzel et al., Clin Chem 50 (2004) 166).
Ranges are this program's own, wide on purpose: they catch typing errors, they judge nobody. What is
usual at an age is in `medilink.reference`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from medilink.profile import BLOOD_TYPES
from medilink.units import Unit


class Kind(StrEnum):
    """What a result is."""

    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class LabTest:
    """One test. `called`: short names and other words people type, folded when compared.

    A number is kept in `unit` (UCUM), shown as `shown`; `others` are units it may be typed in.
    Outside `possible` it is refused, outside `likely` it is asked about. `choices`: what a choice
    is kept as → plain words.
    """

    code: str
    name: str
    called: tuple[str, ...] = ()
    kind: Kind = Kind.NUMBER
    unit: str = ""
    shown: str = ""
    possible: tuple[float, float] = (0, 0)
    likely: tuple[float, float] = (0, 0)
    others: tuple[Unit, ...] = ()
    choices: dict[str, str] | None = None


def _number(  # noqa: PLR0913 one row of the table
    code: str, name: str, called: str, unit: tuple[str, str],
    possible: tuple[float, float], likely: tuple[float, float], *others: Unit,
) -> LabTest:  # fmt: skip
    return LabTest(code, name, _split(called), Kind.NUMBER, *unit, possible, likely, tuple(others))


def _choice(code: str, name: str, called: str, choices: dict[str, str]) -> LabTest:
    return LabTest(code, name, _split(called), Kind.CHOICE, choices=choices)


def _text(code: str, name: str, called: str) -> LabTest:
    return LabTest(code, name, _split(called), Kind.TEXT)


def _split(called: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in called.split(",") if word.strip())


def _by(factor: str | Decimal, shown: str, decimals: int = 1) -> Unit:
    return Unit(shown, Decimal(factor), decimals=decimals)


def _per_mole(grams: str, shown: str = "mg/dL", *, micro: bool = False, decimals: int = 1) -> Unit:
    """mg/dL as mmol/L (or µmol/L), by molar mass."""
    return Unit(shown, Decimal(10_000 if micro else 10) / Decimal(grams), decimals=decimals)


_G_DL, _PERCENT, _MMOL, _UMOL = (
    ("g/dL", "g/dL"),
    ("%", "%"),
    ("mmol/L", "mmol/L"),
    ("umol/L", "µmol/L"),
)
_U_L, _CELLS, _NG = ("U/L", "U/L"), ("10*3/uL", "×10⁹/L"), ("ng/mL", "ng/mL")
_CELLS_OTHER = (_by("1", "10*3/uL", 2), _by("0.001", "/µL", 2))

FOUND = {"negative": "Negative", "positive": "Positive", "invalid": "Invalid, to be repeated"}
REACTIVE = {
    "negative": "Non-reactive",
    "positive": "Reactive",
    "inconclusive": "Inconclusive",
    "invalid": "Invalid, to be repeated",
}
MALARIA = {
    "negative": "Negative",
    "positive P. falciparum": "Positive: P. falciparum",
    "positive other": "Positive: other malaria",
    "positive mixed": "Positive: mixed",
    "positive": "Positive, kind not known",
    "invalid": "Invalid, to be repeated",
}
SMEAR = {
    "negative": "No malaria parasites seen",
    "1+": "1+",
    "2+": "2+",
    "3+": "3+",
    "4+": "4+",
}
BACILLI = {"negative": "No bacilli seen", "scanty": "Scanty", "1+": "1+", "2+": "2+", "3+": "3+"}
XPERT = {
    "not detected": "TB not found",
    "detected": "TB found, rifampicin works",
    "detected rif resistant": "TB found, rifampicin resistant",
    "detected rif unknown": "TB found, rifampicin not known",
    "trace": "TB found in traces",
    "invalid": "Invalid, to be repeated",
}
STRIP = {"negative": "Negative", "trace": "Trace", "1+": "1+", "2+": "2+", "3+": "3+", "4+": "4+"}
NITRITE = {"negative": "Negative", "positive": "Positive"}
BLOOD_GROUPS = {group: group for group in BLOOD_TYPES if group}

BLOOD: tuple[LabTest, ...] = (
    _number("718-7", "Haemoglobin", "hb, hgb, haemoglobin, hemoglobin, damu, hemoglobine",
            _G_DL, (1, 30), (6, 18), _by("0.1", "g/L")),
    _number("6690-2", "White cells",
            "wbc, white blood cells, leucocytes, leukocytes, globules blancs",
            _CELLS, (0.05, 500), (1.5, 30), *_CELLS_OTHER),
    _number("777-3", "Platelets", "plt, thrombocytes, plaquettes",
            _CELLS, (1, 3000), (50, 600), *_CELLS_OTHER),
    _number("789-8", "Red cells", "rbc, erythrocytes, globules rouges",
            ("10*6/uL", "×10¹²/L"), (0.3, 10), (2, 7)),
    _number("4544-3", "Haematocrit", "hct, pcv, packed cell volume, hematocrit",
            _PERCENT, (3, 80), (18, 56), _by("100", "L/L")),
    _number("787-2", "MCV", "mean cell volume", ("fL", "fL"), (30, 160), (55, 115)),
    _number("785-6", "MCH", "mean cell haemoglobin", ("pg", "pg"), (8, 60), (15, 40)),
    _number("786-4", "MCHC", "", _G_DL, (15, 50), (26, 38), _by("0.1", "g/L")),
    _number("770-8", "Neutrophils", "neut, polymorphs", _PERCENT, (0, 100), (15, 90)),
    _number("736-9", "Lymphocytes", "lymph", _PERCENT, (0, 100), (5, 75)),
    _number("713-8", "Eosinophils", "eos", _PERCENT, (0, 100), (0, 25)),
    _number("4537-7", "ESR", "sedimentation rate, erythrocyte sedimentation, vs",
            ("mm/h", "mm/h"), (0, 200), (0, 120)),
    _choice("882-1", "Blood group", "bg, abo, rhesus, blood type, groupe sanguin, kundi la damu",
            BLOOD_GROUPS),
    _choice("6864-3", "Sickle cell test", "sickling, sickle, hbs, sikoseli", FOUND),
    _number("6301-6", "INR", "clotting, prothrombin", ("{INR}", ""), (0.5, 25), (0.8, 5)),
)  # fmt: skip

CHEMISTRY: tuple[LabTest, ...] = (
    _number("15074-8", "Blood sugar", "glucose, rbs, random blood sugar, sukari, glycemie",
            _MMOL, (0.5, 60), (3, 20), _per_mole("180.16")),
    _number("14771-0", "Fasting blood sugar", "fbs, fasting glucose, glycemie a jeun",
            _MMOL, (0.5, 60), (3, 20), _per_mole("180.16")),
    _number("4548-4", "HbA1c", "a1c, glycated haemoglobin, hemoglobine glyquee",
            _PERCENT, (2, 25), (4, 15), Unit("mmol/mol", Decimal("0.09148"), Decimal("-23.524"))),
    _number("14682-9", "Creatinine", "creat, cr, creatinine",
            _UMOL, (5, 4000), (20, 600), _per_mole("113.12", micro=True, decimals=0)),
    _number("22664-7", "Urea", "bun, uree",
            _MMOL, (0.2, 120), (1, 35), _per_mole("60.06"),
            _per_mole("28.01", "mg/dL urea nitrogen")),
    _number("33914-3", "eGFR", "gfr, glomerular filtration rate",
            ("mL/min/{1.73_m2}", "mL/min/1.73 m²"), (1, 250), (10, 150)),
    _number("2951-2", "Sodium", "na, natremie", _MMOL, (90, 200), (120, 160)),
    _number("2823-3", "Potassium", "k, kaliemie", _MMOL, (1, 12), (2.5, 6.5)),
    _number("2075-0", "Chloride", "cl", _MMOL, (50, 160), (80, 120)),
    _number("1963-8", "Bicarbonate", "hco3", _MMOL, (2, 60), (10, 40)),
    _number("2000-8", "Calcium", "ca, calcemie",
            _MMOL, (0.5, 6), (1.6, 3.2), _per_mole("40.08", decimals=2)),
    _number("1742-6", "ALT", "alat, sgpt, gpt", _U_L, (1, 20000), (1, 500)),
    _number("1920-8", "AST", "asat, sgot, got", _U_L, (1, 20000), (1, 500)),
    _number("6768-6", "Alkaline phosphatase", "alp, pal", _U_L, (1, 5000), (20, 600)),
    _number("2324-2", "GGT", "gamma gt", _U_L, (1, 5000), (1, 400)),
    _number("14631-6", "Bilirubin", "total bilirubin, bili, tbil",
            _UMOL, (0.5, 1200), (1, 300), _per_mole("584.66", micro=True)),
    _number("14629-0", "Direct bilirubin", "conjugated bilirubin, dbil",
            _UMOL, (0, 1000), (0, 200), _per_mole("584.66", micro=True)),
    _number("1751-7", "Albumin", "alb", _G_DL, (0.5, 8), (1.5, 6), _by("0.1", "g/L")),
    _number("2885-2", "Total protein", "protein, tp", _G_DL, (1, 15), (4, 10), _by("0.1", "g/L")),
    _number("14647-2", "Cholesterol", "total cholesterol, chol, tc",
            _MMOL, (0.3, 30), (2, 10), _per_mole("386.65", decimals=2)),
    _number("14646-4", "HDL cholesterol", "hdl",
            _MMOL, (0.05, 6), (0.4, 3), _per_mole("386.65", decimals=2)),
    _number("39469-2", "LDL cholesterol", "ldl",
            _MMOL, (0.05, 25), (0.5, 8), _per_mole("386.65", decimals=2)),
    _number("14927-8", "Triglycerides", "tg, trigs, triglyceride",
            _MMOL, (0.1, 120), (0.3, 10), _per_mole("885.4", decimals=2)),
    _number("14933-6", "Uric acid", "urate, acide urique",
            _UMOL, (20, 2500), (80, 800), _per_mole("168.11", micro=True, decimals=0)),
    _number("1988-5", "CRP", "c reactive protein", ("mg/L", "mg/L"), (0, 1000), (0, 300),
            _by("10", "mg/dL")),
    _number("3016-3", "TSH", "thyroid", ("m[IU]/L", "mIU/L"), (0, 1000), (0.1, 50)),
    _number("2276-4", "Ferritin", "iron stores", _NG, (0.5, 100000), (3, 2000), _by("1", "µg/L")),
    _number("2857-1", "PSA", "prostate", _NG, (0, 20000), (0, 100), _by("1", "µg/L", 2)),
)  # fmt: skip

INFECTIONS: tuple[LabTest, ...] = (
    _choice("70569-9", "Malaria rapid test", "rdt, mrdt, malaria rdt, tdr, bs rapid", MALARIA),
    _choice("32700-7", "Malaria blood slide", "bs, bs for mps, malaria smear, goutte epaisse, mps",
            SMEAR),
    _choice("80387-4", "HIV rapid test", "hiv, vct, pitc, determine, first response, vih, ukimwi",
            REACTIVE),
    _number("20447-9", "HIV viral load", "vl, viral load, charge virale",
            ("{copies}/mL", "copies/mL"), (0, 100_000_000), (0, 10_000_000)),
    _number("24467-3", "CD4 count", "cd4", ("/uL", "cells/µL"), (0, 10000), (0, 2500)),
    _choice("5195-3", "Hepatitis B surface antigen", "hbsag, hep b", REACTIVE),
    _choice("16128-1", "Hepatitis C antibody", "hcv, anti hcv, hep c", REACTIVE),
    _choice("20507-0", "Syphilis test (RPR)", "rpr, vdrl, syphilis, kaswende", REACTIVE),
    _choice("38379-4", "TB test (GeneXpert)", "genexpert, xpert, mtb, tb pcr", XPERT),
    _choice("11545-1", "Sputum for TB bacilli", "afb, zn, sputum, crachat, makohozi", BACILLI),
    _choice("17780-8", "H. pylori in stool", "h pylori, helicobacter, hpsa", FOUND),
    _choice("94558-4", "COVID-19 rapid test", "covid, covid antigen, sars cov 2", FOUND),
)  # fmt: skip

URINE_AND_STOOL: tuple[LabTest, ...] = (
    _choice("2106-3", "Pregnancy test", "hcg, upt, pdt, mimba, ujauzito, test de grossesse", FOUND),
    _choice("20454-5", "Urine protein", "dipstick protein, proteinuria", STRIP),
    _choice("25428-4", "Urine sugar", "urine glucose, glycosuria", STRIP),
    _choice("5794-3", "Urine blood", "haematuria", STRIP),
    _choice("2514-8", "Urine ketones", "ketones, ketonuria", STRIP),
    _choice("5799-2", "Urine white cells", "leucocytes urine, leukocyte esterase", STRIP),
    _choice("5802-4", "Urine nitrite", "nitrites", NITRITE),
    _choice("5770-3", "Urine bilirubin", "", STRIP),
    _choice("5818-0", "Urine urobilinogen", "", STRIP),
    _number("5803-2", "Urine pH", "ph", ("[pH]", ""), (3, 10), (4.5, 9)),
    _number("5811-5", "Urine specific gravity", "sg, density", ("1", ""), (0.99, 1.06), (1, 1.04)),
    _number("9318-7", "Urine albumin/creatinine", "acr, microalbumin",
            ("mg/g", "mg/g"), (0, 30000), (0, 3000), _by("8.84", "mg/mmol")),
    _text("630-4", "Urine culture", "culture, c/s, urine cs"),
    _text("10704-5", "Stool microscopy", "stool, o/c, ova and cysts, choo, selles"),
    _choice("2335-8", "Blood in stool", "fob, occult blood, fobt", FOUND),
)  # fmt: skip

TESTS: tuple[LabTest, ...] = (*BLOOD, *CHEMISTRY, *INFECTIONS, *URINE_AND_STOOL)
TEST_BY_CODE = {test.code: test for test in TESTS}

# Tests that are usually asked for together: name → what people call it, and the codes.
PANELS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Full blood count": (
        ("fbc", "cbc", "full haemogram", "nfs"),
        ("718-7", "6690-2", "777-3", "789-8", "4544-3", "787-2", "785-6", "786-4"),
    ),
    "Kidney function": (
        ("uec", "u&e", "rft", "renal function"),
        ("14682-9", "22664-7", "2951-2", "2823-3", "2075-0"),
    ),
    "Liver function": (
        ("lft", "liver"),
        ("1742-6", "1920-8", "6768-6", "14631-6", "14629-0", "1751-7", "2885-2"),
    ),
    "Blood fats": (("lipids", "lipid profile"), ("14647-2", "14646-4", "39469-2", "14927-8")),
    "Urine strip": (
        ("dipstick", "urinalysis", "urine", "mkojo", "ecbu"),
        ("20454-5", "25428-4", "5794-3", "2514-8", "5799-2", "5802-4", "5803-2", "5811-5"),
    ),
    "Antenatal profile": (
        ("anc profile", "antenatal"),
        ("718-7", "882-1", "80387-4", "20507-0", "5195-3", "20454-5", "25428-4"),
    ),
}
