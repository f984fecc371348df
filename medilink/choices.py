"""Small lists to choose from: what is kept → plain words, to be translated where they are shown.

A list is an offer, not a fence: where a field takes any text, what is not in the list can be typed.
Donor answers and ways to be reached are in `medilink.profile`, severities in `medilink.entering`.
"""

from __future__ import annotations

from medilink.people import Sex
from medilink.records import Section

SECTION_WORDS: dict[Section, str] = {
    Section.ALERTS: "Alerts",
    Section.ALLERGIES: "Allergies",
    Section.CONDITIONS: "Conditions",
    Section.MEDICATIONS: "Medicines",
    Section.VITALS: "Measurements",
    Section.RESULTS: "Test results",
    Section.VISITS: "Visits",
    Section.IMMUNISATIONS: "Vaccines",
    Section.PROCEDURES: "Procedures",
    Section.DOCUMENTS: "Documents",
    Section.PERSON: "About the person",
    Section.CONTACTS: "Whom to call",
    Section.INSURANCE: "Insurance",
}
SEX_WORDS: dict[Sex, str] = {
    Sex.FEMALE: "Female",
    Sex.MALE: "Male",
    Sex.OTHER: "Other",
    Sex.UNKNOWN: "Sex not known",
}
BLOOD_WORDS: dict[str, str] = {
    "": "not known",
    "A+": "A positive",
    "A-": "A negative",
    "B+": "B positive",
    "B-": "B negative",
    "AB+": "AB positive",
    "AB-": "AB negative",
    "O+": "O positive",
    "O-": "O negative",
}
RELATIONS: dict[str, str] = {
    "mother": "Mother",
    "father": "Father",
    "wife": "Wife",
    "husband": "Husband",
    "partner": "Partner",
    "daughter": "Daughter",
    "son": "Son",
    "sister": "Sister",
    "brother": "Brother",
    "grandmother": "Grandmother",
    "grandfather": "Grandfather",
    "aunt": "Aunt",
    "uncle": "Uncle",
    "co-wife": "Co-wife",
    "guardian": "Guardian",
    "friend": "Friend",
    "neighbour": "Neighbour",
    "community health worker": "Community health worker",
    "employer": "Employer",
    "other": "Other",
}

# BCP 47 tags (RFC 5646, IANA subtag registry) of languages spoken in and around East Africa.
LANGUAGES: dict[str, str] = {
    "": "not asked",
    "en": "English",
    "sw": "Swahili",
    "fr": "French",
    "am": "Amharic",
    "om": "Oromo",
    "so": "Somali",
    "ti": "Tigrinya",
    "lg": "Luganda",
    "rw": "Kinyarwanda",
    "rn": "Kirundi",
    "ki": "Kikuyu",
    "luo": "Luo",
    "luy": "Luhya",
    "kam": "Kamba",
    "kln": "Kalenjin",
    "guz": "Kisii",
    "mer": "Meru",
    "mas": "Maasai",
    "tuv": "Turkana",
    "nyn": "Runyankole",
    "ach": "Acholi",
    "ln": "Lingala",
    "ny": "Chichewa",
    "ha": "Hausa",
    "yo": "Yoruba",
    "pt": "Portuguese",
    "ar": "Arabic",
    "sgn": "Sign language",
}

REACTIONS: dict[str, str] = {
    "rash": "Rash",
    "itching": "Itching",
    "swelling of the face": "Swelling of the face",
    "trouble breathing": "Trouble breathing",
    "collapse": "Collapse",
    "blisters of the skin": "Blisters of the skin",
    "vomiting": "Vomiting",
    "diarrhoea": "Diarrhoea",
    "not known": "Not known",
}

# Latin short forms stay what is kept, because prescribers write them; the words are for everybody.
HOW_OFTEN: dict[str, str] = {
    "OD": "once a day",
    "BD": "twice a day",
    "TDS": "three times a day",
    "QID": "four times a day",
    "nocte": "at night",
    "weekly": "once a week",
    "monthly": "once a month",
    "stat": "once, now",
    "PRN": "when needed",
}

INJECTION_SITES: dict[str, str] = {
    "left arm": "Left upper arm",
    "right arm": "Right upper arm",
    "left thigh": "Left thigh",
    "right thigh": "Right thigh",
    "mouth": "By mouth",
    "left forearm": "Left forearm",
    "right forearm": "Right forearm",
}
