"""Any record there could be, field by field: for properties of what carries records."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from medilink.people import Patient, PatientDetails, PatientId, Sex
from medilink.records import PLACE_OF, Record, Section

letters = st.characters(codec="utf-8")
texts = st.text(letters, max_size=30)
moments = st.integers(-(1 << 62), 1 << 62)
uids = st.binary(min_size=16, max_size=16)
sections = st.frozensets(st.sampled_from(Section))


def _of(hint: Any) -> st.SearchStrategy[Any]:
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: texts,
        int: moments,
        bytes: uids,
        type(None): st.none(),
        Section: st.sampled_from([Section.VITALS, Section.RESULTS]),
    }
    return simple[hint] if hint in simple else st.one_of(*(simple[part] for part in get_args(hint)))


def entries(kind: type) -> st.SearchStrategy[Any]:
    """Any entry of a kind, believable or not."""
    return st.builds(kind, **{name: _of(hint) for name, hint in get_type_hints(kind).items()})


patients = st.builds(
    Patient,
    id=st.just(PatientId(0)),
    uid=uids,
    medilink_id=texts,
    details=st.builds(
        PatientDetails,
        given=texts,
        family=texts,
        sex=st.sampled_from(Sex),
        birth_date=texts | st.dates().map(str),
        birth_estimated=st.booleans(),
        phone=texts,
        village=texts,
    ),
    version=st.integers(0, 1 << 40),
    registered_at=moments,
)
records = st.builds(
    Record,
    patient=patients,
    sections=sections,
    versions=st.lists(st.sampled_from(list(PLACE_OF)).flatmap(entries), max_size=3).map(tuple),
    **{place: st.lists(entries(kind), max_size=2).map(tuple) for kind, place in PLACE_OF.items()},
)
