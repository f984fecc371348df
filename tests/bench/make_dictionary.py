"""Makes a compression dictionary for codes: `python -m tests.bench.make_dictionary FILE`.

From made-up people and from the word lists of this repository only: a dictionary shows what it was
trained on. The same version of zstandard makes the same file; what ships is named by its hash in
tests/rules/test_carrying_dictionaries.py and is never made again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import zstandard

from medilink.carrying.cbor import write_cbor
from medilink.carrying.summary_writing import parts_of
from medilink.choices import HOW_OFTEN, LANGUAGES, REACTIONS, RELATIONS
from medilink.drug_classes import CLASSES, SINGLE
from medilink.entering import CERTAINTY, SEVERITY
from medilink.intake.made_up_names import made_up_names
from medilink.laboratory_tests import TESTS
from medilink.person_entries import Contact, Profile
from medilink.profile import BLOOD_TYPES
from medilink.records import Allergy, Immunization, Medication, Observation, Record, Section
from medilink.templates import TEMPLATES
from medilink.vaccine_schedules import kenya
from tests.made_records import made_up_records
from tests.rules.essential_medicines import CLASSED, PLAIN

BYTES = 16 * 1024
SEED = 20_260
DAYS = (date(2025, 11, 3), date(2026, 2, 17), date(2026, 8, 9))
PEOPLE = 700  # for each of the days
RICHER = 0.35  # of them with what made-up people lack
STEPS = {"k": 200, "d": 8}  # of zstd's cover algorithm; found by trying, fixed for repeating
TRAINED_LEVEL = 3
DOSES = ("500 mg", "250 mg", "100 mg", "50 mg", "20 mg", "10 mg", "5 mg", "1 g", "1 tablet")


def samples(records: Iterator[Record]) -> list[bytes]:
    """What would be compressed of each record, whatever its length."""
    return [write_cbor(parts_of(record).items()) for record in records]


def train(taken: list[bytes]) -> zstandard.ZstdCompressionDict:
    """A dictionary of 16 KiB."""
    return zstandard.train_dictionary(BYTES, taken, level=TRAINED_LEVEL, **STEPS)


def people() -> Iterator[Record]:
    """Made-up people of three days; some of them with everything a record may have."""
    chance = Random(SEED)
    for number, today in enumerate(DAYS):
        for record in made_up_records(SEED + number, PEOPLE, today):
            yield _richer(record, chance) if chance.random() < RICHER else record


def _richer(record: Record, chance: Random) -> Record:
    at = max(entry.at for entry in record.entries())
    return replace(
        record,
        allergies=record.allergies or tuple(_allergies(chance, at)),
        medications=(*record.medications, *_medicines(chance, at)),
        contacts=tuple(_contacts(chance, at)),
        immunisations=tuple(_vaccines(chance, at)),
        observations=(*record.observations, *_results(chance, at)),
        encounters=tuple(
            visit._replace(reason=chance.choice(TEMPLATES).reason) for visit in record.encounters
        ),
        profiles=(_profile(chance, at),),
    )


def _some(chance: Random, words: list[str], most: int) -> list[str]:
    return chance.sample(words, chance.randint(0, most))


MEDICINES = sorted({*SINGLE, *PLAIN, *CLASSED, *(name for of in CLASSES.values() for name in of)})
VACCINES = [(series.name, dose.number) for series in kenya().series for dose in series.doses]


def _allergies(chance: Random, at: int) -> Iterator[Allergy]:
    for name in _some(chance, sorted(CLASSES), 1):
        yield Allergy(
            b"",
            at,
            name.capitalize(),
            chance.choice(sorted(REACTIONS)),
            chance.choice(sorted(SEVERITY)),
            certainty=chance.choice(sorted(CERTAINTY)),
        )


def _medicines(chance: Random, at: int) -> Iterator[Medication]:
    for name in _some(chance, MEDICINES, 2):
        often = chance.choice(sorted(HOW_OFTEN))
        yield Medication(b"", at, name.capitalize(), chance.choice(DOSES), frequency=often)


def _contacts(chance: Random, at: int) -> Iterator[Contact]:
    for number, who in enumerate(made_up_names(chance.randrange(10**6), chance.randint(0, 2))):
        relation = chance.choice(sorted(RELATIONS))
        yield Contact(b"", at, who.full_name, relation, who.phone, primary=int(not number))


def _vaccines(chance: Random, at: int) -> Iterator[Immunization]:
    for name, number in VACCINES[: chance.choice((0, 0, 3, 8, len(VACCINES)))]:
        yield Immunization(b"", at - chance.randrange(10**10), name, number)


def _results(chance: Random, at: int) -> Iterator[Observation]:
    for test in chance.sample(TESTS, chance.randint(0, 3)):
        yield Observation(b"", at, Section.RESULTS, test.code, test.name, unit=test.unit)


def _profile(chance: Random, at: int) -> Profile:
    language = chance.choice(sorted(LANGUAGES))
    return Profile(b"", at, chance.choice(BLOOD_TYPES), language=language)


if __name__ == "__main__":
    made = train(samples(people()))
    Path(sys.argv[1]).write_bytes(made.as_bytes())
