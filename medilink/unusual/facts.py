"""What the rules are told beside the log: who works here, and who may be family to whom.

Of staff MediLink knows the name, the phone number they gave with their licence, and sometimes
their own registration as a patient. It does not know their address or their family: two people are
taken for one household by a phone number or a recorded guardian alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from medilink.people import AccountId, PatientId, fold

RARE_SHARE = 0.002  # two in a thousand: in a valley of 5,000 people ten, about two families
RARE_COUNT = 3  # at most so many bearers where the register is small
NAMES_NEEDED = 200  # in a register of fewer people no name can be called rare
SHARED_BY_MOST = 8  # a number more registrations share is a village's, not a household's


@dataclass(frozen=True, slots=True)
class Bearer:
    """A registered person as far as kinship needs it."""

    patient: PatientId
    given: str
    family: str
    phone: str


@dataclass(frozen=True, slots=True)
class Facts:
    """`namesakes`: patients with the same rare family name as a member of staff. `households`:
    patients under the same phone number, or a guardian or child of those. `decided`: keys of flags
    somebody has decided. `zone`: None for this computer's."""

    staff: frozenset[AccountId] = frozenset()
    namesakes: Mapping[AccountId, frozenset[PatientId]] = field(default_factory=dict)
    households: Mapping[AccountId, frozenset[PatientId]] = field(default_factory=dict)
    decided: frozenset[str] = frozenset()
    zone: tzinfo | None = None


def family_word(display_name: str) -> str:
    """The word of a name on a staff list that is taken for the family name: the last one."""
    words = fold(display_name).split()
    return words[-1] if words else ""


def rare_families(families: Mapping[str, int], words: Collection[str]) -> list[str]:
    """The family names of the register, as written, that hold one of these words and whose word is
    rare: at most two in a thousand bear it, or three people."""
    everybody = sum(families.values())
    if everybody < NAMES_NEEDED:
        return []
    bearers: Counter[str] = Counter()
    written: defaultdict[str, list[str]] = defaultdict(list)
    for family, count in families.items():
        for word in set(fold(family).split()) & set(words):
            bearers[word] += count
            written[word].append(family)
    most = max(RARE_COUNT, int(everybody * RARE_SHARE))
    return [family for word in written if bearers[word] <= most for family in written[word]]


def namesakes(
    names: Mapping[AccountId, str], bearers: Collection[Bearer]
) -> dict[AccountId, frozenset[PatientId]]:
    """For each member of staff the patients, among the bearers of rare names, with theirs."""
    return {
        account: frozenset(
            one.patient for one in bearers if family_word(name) in fold(one.family).split()
        )
        for account, name in names.items()
    }


def own_registrations(
    names: Mapping[AccountId, str], bearers: Collection[Bearer]
) -> dict[AccountId, Bearer]:
    """Which registration is a member of staff's own: the whole name fits, the family name is rare,
    and nobody else is called so."""
    found: dict[AccountId, Bearer] = {}
    for account, name in names.items():
        words = set(fold(name).split())
        same = [one for one in bearers if set(fold(f"{one.given} {one.family}").split()) == words]
        if len(same) == 1:
            found[account] = same[0]
    return found


def households(
    phones: Mapping[AccountId, Collection[str]],
    own: Mapping[AccountId, PatientId],
    registered: Iterable[tuple[PatientId, str]],
    links: Collection[tuple[PatientId, PatientId]],
) -> dict[AccountId, frozenset[PatientId]]:
    """For each member of staff the patients under one of their phone numbers, their own
    registration, and whoever is guardian or child of one of these."""
    under: defaultdict[str, set[PatientId]] = defaultdict(set)
    for patient, phone in registered:
        under[phone].add(patient)
    found: dict[AccountId, frozenset[PatientId]] = {}
    for account in phones.keys() | own.keys():
        near = {own[account]} if account in own else set()
        for phone in phones.get(account, ()):
            if 0 < len(under[phone]) <= SHARED_BY_MOST:
                near |= under[phone]
        linked = {pair for pair in links if near & set(pair)}
        found[account] = frozenset(near.union(*linked))
    return found
