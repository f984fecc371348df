"""A record in which every thing is called by a word of its own, what it is about and when it was:
so that it can be told from any file what of it is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from medilink.acts.write_record import add_entry
from medilink.acts.write_results import add_result
from medilink.acts.write_visit import write_visit
from medilink.desk import Desk
from medilink.handing_out import LETTERS, Purpose
from medilink.laboratory import check_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import ALL_SENSITIVE, Scope
from medilink.sensitive import Sensitive
from medilink.visits import NewVisit
from tests.clinics import START

NONE: frozenset[Sensitive] = frozenset()
HIV, MENTAL = frozenset({Sensitive.HIV}), frozenset({Sensitive.MENTAL_HEALTH})
OLD, RECENT = START - timedelta(days=200), START - timedelta(hours=2)
BETWEEN = int((START - timedelta(days=100)).timestamp() * 1000)
WRITTEN = frozenset({Purpose.REFERRAL, Purpose.CONSULTATION, Purpose.DISCHARGE})
EVERY = frozenset(LETTERS)


class Planted(NamedTuple):
    """A word, where it stands, what it is about; when it happened (None: it is so today); and in
    which letters it must stand where it may."""

    word: str
    section: Section
    about: frozenset[Sensitive] = NONE
    when: datetime | None = None
    needed: frozenset[Purpose] = frozenset()


PLANTED = (
    Planted("tahadharizo", Section.ALERTS, needed=EVERY),
    Planted("mzioneno", Section.ALLERGIES, needed=EVERY),
    Planted("ugonjwaneno", Section.CONDITIONS, needed=EVERY),
    Planted("siriukimwi", Section.CONDITIONS, HIV, needed=EVERY),
    Planted("dawaneno", Section.MEDICATIONS, needed=EVERY),
    Planted("siriakili", Section.MEDICATIONS, MENTAL, needed=EVERY),
    Planted("ziarampya", Section.VISITS, when=RECENT, needed=EVERY),
    Planted("mpangowazi", Section.VISITS, when=RECENT, needed=WRITTEN),
    Planted("rudikesho", Section.VISITS, when=RECENT, needed=frozenset({Purpose.DISCHARGE})),
    Planted("38.91", Section.VITALS, when=RECENT, needed=EVERY),
    Planted("ziarakale", Section.VISITS, when=OLD),
    Planted("ziarasiri", Section.VISITS, HIV, when=OLD),
    Planted("51.23", Section.VITALS, HIV, when=OLD),
    Planted("6.66", Section.RESULTS, when=START, needed=EVERY),
    Planted("chanjoneno", Section.IMMUNISATIONS, when=START),
    Planted("utaratibuneno", Section.PROCEDURES, when=START, needed=frozenset({Purpose.REFERRAL})),
    Planted("bimaneno", Section.INSURANCE),
    Planted("jamaaneno", Section.CONTACTS),
)  # fmt: skip


def write_planted(carer: Desk, who: PatientId) -> None:
    old, recent = (int(at.astimezone(UTC).timestamp() * 1000) for at in (OLD, RECENT))
    write_visit(carer, who, NewVisit(reason="ziarakale", at=old))
    secret = NewVisit(reason="HIV clinic ziarasiri", vitals={"29463-7": "51.23"}, at=old - 9)
    write_visit(carer, who, secret)
    visit = NewVisit(
        reason="ziarampya", plan="mpangowazi", follow_up="rudikesho", at=recent,
        vitals={"8310-5": "38.91"},
    )  # fmt: skip
    write_visit(carer, who, visit)
    for section, typed in (
        (Section.ALERTS, {"text": "tahadharizo"}),
        (Section.ALLERGIES, {"substance": "mzioneno"}),
        (Section.CONDITIONS, {"name": "ugonjwaneno"}),
        (Section.CONDITIONS, {"name": "HIV infection siriukimwi"}),
        (Section.MEDICATIONS, {"name": "dawaneno", "dose": "1 tablet"}),
        (Section.MEDICATIONS, {"name": "Fluoxetine siriakili", "dose": "20 mg"}),
        (Section.IMMUNISATIONS, {"vaccine": "chanjoneno"}),
        (Section.PROCEDURES, {"name": "utaratibuneno"}),
        (Section.INSURANCE, {"insurer": "bimaneno"}),
        (Section.CONTACTS, {"name": "jamaaneno", "phone": "0712345678"}),
    ):
        add_entry(carer, who, section, typed)
    haemoglobin = TEST_BY_CODE["718-7"]
    add_result(carer, who, haemoglobin, check_result(haemoglobin, "6.66"))


def allowed(planted: Planted, scope: Scope) -> bool:
    """What a scope lets through, told once more in plain words."""
    if planted.section not in scope.sections or not planted.about <= scope.sensitive:
        return False
    at = None if planted.when is None else int(planted.when.timestamp() * 1000)
    if at is None:
        return True
    since, until = scope.since, scope.until
    return (since is None or at >= since) and (until is None or at < until)


sections = st.frozensets(st.sampled_from(list(Section)), min_size=1) | st.just(ALL_SECTIONS)
private = st.frozensets(st.sampled_from(list(Sensitive))) | st.just(ALL_SENSITIVE)
dates = st.sampled_from([(None, None), (None, None), (BETWEEN, None), (None, BETWEEN)])
scopes = st.builds(lambda parts, about, when: Scope(parts, about, *when), sections, private, dates)
