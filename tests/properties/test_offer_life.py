"""The life of a saved code between clinics that meet only now and then, against a simple model.

Codes are made, opened rightly and wrongly by several people in two other towns, withdrawn; news is
carried or not; the clock moves on, and is set back; a clinic's process dies and starts again.
Whatever the order: nothing opens after its end, nobody opens what another has opened here, five
wrong tries switch a code off, and what was heard to be withdrawn is closed and gone.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from database.store import open_store
from medilink.acts.network import own_id
from medilink.acts.news import make_news, take_news
from medilink.acts.offer import MadeOffer, make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.read_visiting import open_visiting
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import my_codes, revoke_code
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import Refused
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from medilink.sharing import TRIES_PER_GRANT
from tests.acts.test_offer_attacks import digest_of
from tests.clinics import DATA_KEY, TestClinic
from tests.networks import three_clinics

TOWNS = (0, 1)
DOCTORS = (0, 1)


@dataclass
class Known:
    """What must be true of one code. `opened`: by whom in which town; `wrong`: tries there."""

    made: MadeOffer
    withdrawn: bool = False
    heard: set[int] = field(default_factory=set)
    opened: dict[int, int] = field(default_factory=dict)
    wrong: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})


class OfferLife(RuleBasedStateMachine):
    codes = Bundle("codes")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.home, *self.towns = three_clinics(Path(self.folder.name))
        self.clock = self.home.clock
        nurse = self.home.provider("Nurse")
        slip = self.home.register(nurse)
        record_patient_is_here(nurse, slip.patient.id, "here")
        self.patient = self.home.patient(slip)
        self.doctors = [[town.provider(f"D{n}") for n in DOCTORS] for town in self.towns]
        self.latest = self.clock.now
        self.known: list[Known] = []

    @rule(target=codes, hours=st.sampled_from([1, 6, 24]))
    def make(self, hours: int) -> Known:
        self.set_right()
        if len(my_codes(self.patient)) >= 15:
            return self.known[-1]
        one = Known(make_offer(self.patient, Scope(ALL_SECTIONS), hours=hours))
        self.known.append(one)
        return one

    @rule(one=codes, town=st.sampled_from(TOWNS), who=st.sampled_from(DOCTORS), right=st.booleans())
    def try_it(self, one: Known, town: int, who: int, right: bool) -> None:
        doctor = self.doctors[town][who]
        digits = one.made.code if right else f"{(int(one.made.code) + 1) % 10**6:06d}"
        before = self.tries(one, town)
        try:
            open_offer(doctor, one.made.text, digits)
        except Refused:
            opened = False
        else:
            opened = True
        one.wrong[town] += int(self.tries(one, town) > before and not opened)
        again = one.opened.get(town) == who
        may = (
            not self.is_over(one)
            and town not in one.heard
            and (again or (right and town not in one.opened and before < TRIES_PER_GRANT))
        )
        assert opened <= may, "it opened, and must not"
        if opened:
            one.opened[town] = who

    def tries(self, one: Known, town: int) -> int:
        return self.towns[town].store.visiting.of_envelope(digest_of(one.made.text)).tries

    def key_of(self, one: Known) -> bytes:
        return own_id(self.home.admin) + one.made.grant.share_id

    def is_over(self, one: Known) -> bool:
        return self.latest.timestamp() * 1000 >= one.made.grant.expires_at

    @rule(one=codes)
    def withdraw(self, one: Known) -> None:
        one.withdrawn = revoke_code(self.patient, one.made.grant.id) or one.withdrawn

    @rule(town=st.sampled_from(TOWNS))
    def bring_news(self, town: int) -> None:
        self.forward(1)
        try:
            take_news(self.towns[town].admin, make_news(self.home.admin))
        except Refused:
            return
        now = self.home.admin.now
        for one in self.known:
            if one.withdrawn and one.made.grant.expires_at > now:
                one.heard.add(town)

    @rule(minutes=st.sampled_from([1, 30, 400]))
    def forward(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)
        if self.clock.now > self.latest:
            self.latest = self.clock.now
            for town in self.towns:  # somebody works there: the log knows what time it is
                town.store.log.write(town.admin.event(Act.SIGN_IN))

    @rule(hours=st.sampled_from([1, 24, 24 * 365]))
    def set_back(self, hours: int) -> None:
        self.clock.now -= timedelta(hours=hours)

    @rule()
    def set_right(self) -> None:
        self.clock.now = max(self.clock.now, self.latest)

    @rule(town=st.sampled_from(TOWNS))
    def die(self, town: int) -> None:
        """The process dies: what was in memory is gone, the file is as it was."""
        clinic = self.towns[town]
        store = open_store(clinic.store_file, DATA_KEY)
        clinic.store.close()
        clinic.store = store
        clinic.admin = replace(clinic.admin, store=store)
        self.doctors[town] = [replace(one, store=store) for one in self.doctors[town]]

    @invariant()
    def nobody_reads_what_is_over_or_heard_to_be_withdrawn(self) -> None:
        for one in getattr(self, "known", []):
            for town, who in one.opened.items():
                may = not self.is_over(one) and town not in one.heard
                for number in DOCTORS:
                    reads = _reads(self.doctors[town][number], self.key_of(one))
                    assert reads <= (may and number == who)

    @invariant()
    def no_more_guesses_than_five(self) -> None:
        for one in getattr(self, "known", []):
            assert max(one.wrong.values()) <= TRIES_PER_GRANT + 1

    def teardown(self) -> None:
        for clinic in (self.home, *self.towns) if hasattr(self, "home") else ():
            _closed(clinic)
        if hasattr(self, "folder"):
            self.folder.cleanup()


def _reads(desk: Desk, share: bytes) -> bool:
    try:
        open_visiting(desk, share)
    except Refused:
        return False
    return True


def _closed(clinic: TestClinic) -> None:
    clinic.store.close()


OfferLife.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
test_offer_life = OfferLife.TestCase
