"""How small a record becomes, before it is signed and sealed: made-up people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from medilink.carrying.cbor import write_cbor
from medilink.carrying.squeezing import squeeze_with
from medilink.carrying.summary import pack_summary
from medilink.carrying.summary_writing import parts_of
from medilink.records import Record
from tests.bench.make_dictionary import SEED, samples, train
from tests.bench.measuring import Measured, percentile
from tests.bench.table import benchmark
from tests.bench.vocabulary import Halves
from tests.bench.world import World
from tests.made_records import made_up_records

PEOPLE, UNSEEN, LEARNT_FROM = 200, 100, 1_000
TODAY, SEED_HERE = date(2026, 5, 20), 31
VISITS = range(2, 6)  # as many as a summary carries
PLENTY = 10_000
ENVELOPE = 163  # bytes: sealed to one clinic, signed, with a code
V16M, V20M = 434, 644  # bytes in base45 after the tag


def _with_few_visits(people: Iterable[Record], count: int) -> list[Record]:
    found = (record for record in people if len(record.encounters) in VISITS)
    return [record for record, _ in zip(found, range(count), strict=False)]


def _spread(sizes: list[int]) -> Measured:
    figures = "/".join(f"{percentile(sizes, share):.0f}" for share in (0, 0.5, 0.9))
    return Measured(max(sizes), note=f"{len(sizes)} people; min/p50/p90 {figures} bytes")


@benchmark("qr_offer_bytes_p100", "bytes, made-up people with 2 to 5 visits", at_most=260)
def bytes_at_most(world: World) -> Measured:
    """With the dictionary that ships; these people were not in its training."""
    count = world.times(PEOPLE, 20)
    people = _with_few_visits(made_up_records(SEED_HERE, 3 * count, TODAY), count)
    return _spread([len(pack_summary(record, PLENTY).body) for record in people])


@benchmark("qr_offer_bytes_unseen", "bytes, no word of theirs in the dictionary", at_most=680)
def bytes_unseen(world: World) -> Measured:
    """A dictionary of one half of every vocabulary against people of the other half."""
    learnt = list(made_up_records(SEED, world.times(LEARNT_FROM, 200), TODAY))
    people = list(made_up_records(SEED_HERE, 3 * UNSEEN, TODAY))
    halves = Halves([*learnt, *people])
    dictionary = train(samples(halves.only(record, 0) for record in learnt))
    others = [halves.only(record, 1) for record in _with_few_visits(people, UNSEEN)]
    shapes = [write_cbor(parts_of(record).items()) for record in others]
    return _spread([1 + len(squeeze_with(shape, dictionary)) for shape in shapes])


@benchmark("qr_offer_fits_v20", "share of everybody, sealed, in a code of 20-M", at_least=1.0)
def fits(world: World) -> Measured:
    """Also those with eight visits; shortened where it must be."""
    people = list(made_up_records(SEED_HERE, world.times(PEOPLE, 20), TODAY))
    packed = [pack_summary(record, V20M - ENVELOPE) for record in people]
    whole = sum(not one.shortened for one in packed)
    small = sum(not one.shortened and len(one.body) <= V16M - ENVELOPE for one in packed)
    note = f"{whole} of {len(people)} unshortened, {small} of them in 16-M"
    return Measured(len(packed) / len(people), note=note)
