"""Strategies for what people have and say, in any script; shared by the property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from medilink.entering import CERTAINTY, COURSE, LEVEL, SEVERITY
from medilink.people import tidy
from medilink.profile import BLOOD_TYPES, DONOR, REACH
from medilink.records import Section

letters = st.characters(codec="utf-8", exclude_categories=("C",))
texts = st.text(letters, max_size=80).map(tidy)
names = texts.filter(bool)
past_days = st.sampled_from(["", "1999", "2012-05", "2024-02-29", "23/05/2020"])
phones = st.integers(700_000_000, 799_999_999).map(lambda number: f"0{number}")


def _of(choices: object) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(choices))  # type: ignore[call-overload,no-any-return]


FORMS: dict[Section, st.SearchStrategy[dict[str, str]]] = {
    Section.ALERTS: st.fixed_dictionaries({"text": names, "level": _of(LEVEL)}),
    Section.ALLERGIES: st.fixed_dictionaries(
        {
            "substance": names,
            "reaction": texts,
            "severity": _of(SEVERITY),
            "certainty": _of(CERTAINTY),
            "since": past_days,
        }
    ),
    Section.CONDITIONS: st.fixed_dictionaries(
        {"name": names, "course": _of(COURSE), "certainty": _of(CERTAINTY), "since": past_days}
    ),
    Section.MEDICATIONS: st.fixed_dictionaries(
        {"name": names, "dose": names, "frequency": texts, "reason": texts, "prescriber": texts}
    ),
    Section.CONTACTS: st.fixed_dictionaries(
        {"name": names, "relation": texts, "phone": phones, "primary": st.sampled_from(["", "1"])}
    ),
    Section.INSURANCE: st.fixed_dictionaries(
        {"insurer": names, "number": texts, "plan": texts, "until": st.sampled_from(["", "2030"])}
    ),
    Section.IMMUNISATIONS: st.fixed_dictionaries(
        {"vaccine": names, "dose": texts, "since": past_days, "lot": texts, "site": texts}
    ),
    Section.PROCEDURES: st.fixed_dictionaries(
        {"name": names, "since": past_days, "outcome": texts}
    ),
}
entries = st.sampled_from(list(FORMS)).flatmap(
    lambda section: st.tuples(st.just(section), FORMS[section])
)
profiles = st.fixed_dictionaries(
    {
        "blood": st.sampled_from(BLOOD_TYPES),
        "donor": _of(DONOR),
        "language": st.sampled_from(["", "sw", "fr", "en", "luo"]),
        "reach": _of(REACH),
        "email": st.sampled_from(["", "a@b.ke", "mama.akinyi@example.org"]),
        "pharmacy": texts,
    }
)
