"""What is kept of a person beside illness: photo, wishes, contacts, insurance."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from medilink.acts.documents import open_photo, set_photo
from medilink.acts.profile import change_profile, see_changes
from medilink.choices import BLOOD_WORDS, LANGUAGES
from medilink.errors import EditedMeanwhile, MediLinkError
from medilink.people import Role
from medilink.person_entries import Contact, Coverage, Profile
from medilink.profile import DONOR, PROFILE_FIELDS, REACH, may_change
from medilink.records import Record, Section
from ui.parts.desk import current_desk, flash, warn
from ui.parts.entry_form import show_add, show_change
from ui.parts.person import moment
from ui.parts.picture import show_picture
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say

_NOTHING_YET = Profile(uid=b"", at=0)
_WORDS = {"blood": BLOOD_WORDS, "donor": DONOR, "reach": REACH, "language": LANGUAGES}


def show_person_sections(
    record: Record, *, may_write: bool, fields: Collection[str] = PROFILE_FIELDS
) -> None:
    """Profile, contacts and insurance, and forms for whoever may change them. `fields`: those of
    the profile that are known here."""
    if Section.PERSON in record.sections:
        _photo(record, may_write=may_write)
        _profile(record, may_write=may_write, fields=fields)
    if Section.CONTACTS in record.sections:
        _contacts(record, may_write=may_write)
    if Section.INSURANCE in record.sections:
        _insurance(record, may_write=may_write)


def _contacts(record: Record, *, may_write: bool) -> None:
    st.subheader(say("Whom to call"), anchor=False)
    active = [c for c in record.contacts if c.status == "active"]
    for contact in sorted(active, key=lambda c: -c.primary):
        _contact(contact)
    if not active:
        st.caption(say("Nobody written down yet."))
    if may_write:
        _forms(record, Section.CONTACTS, active)


def _insurance(record: Record, *, may_write: bool) -> None:
    st.subheader(say("Insurance"), anchor=False)
    held = [c for c in record.coverages if c.status == "active"]
    for coverage in held:
        _coverage(coverage)
    if not held:
        st.caption(say("None written down."))
    if may_write:
        _forms(record, Section.INSURANCE, held)


def _forms(record: Record, section: Section, active: list[Contact] | list[Coverage]) -> None:
    add = {Section.CONTACTS: say("Add a contact"), Section.INSURANCE: say("Add an insurance")}
    with st.expander(add[section], icon=":material/add:"):
        show_add(record.patient.id, section)
    if active:
        with st.expander(say("Correct or end an entry"), icon=":material/edit:"):
            show_change(record.patient.id, active, f"change-{section}")


def _contact(contact: Contact) -> None:
    first = say("call first") if contact.primary else ""
    parts = (contact.name, contact.relation, contact.phone, first)
    st.markdown("- " + plain(" · ".join(part for part in parts if part)))


def _coverage(coverage: Coverage) -> None:
    until = say("until {day}", day=coverage.until) if coverage.until else ""
    parts = (coverage.insurer, coverage.number, coverage.plan, until)
    st.markdown("- " + plain(" · ".join(part for part in parts if part)))


def _photo(record: Record, *, may_write: bool) -> None:
    profile = record.profile
    if profile and profile.photo:
        photo = open_photo(current_desk(), record.patient.id, profile)
        show_picture(photo, says=say("Photo"), width=160, caption=True)
    if not may_write:
        return
    with st.expander(say("Change the photo"), icon=":material/photo_camera:"):
        file = st.file_uploader(say("A picture of the face"), type=["jpg", "jpeg", "png", "webp"])
        if file and st.button(say("Use this photo")):
            try:
                set_photo(current_desk(), record.patient.id, profile, file.getvalue())
            except MediLinkError as error:
                tell_error(error)
                return
            flash(say("Saved."))
            st.rerun()


def _profile(record: Record, *, may_write: bool, fields: Collection[str]) -> None:
    st.subheader(say("About the person"), anchor=False)
    profile = record.profile or _NOTHING_YET
    if may_write:
        profile = st.session_state.setdefault(_pin(record), profile)
    if not may_write:
        for field in fields:
            label = say(PROFILE_FIELDS[field][0])
            st.markdown(f"- {label}: {plain(_shown(field, getattr(profile, field)))}")
        return
    role = current_desk().who.role
    with st.form("profile", border=False):
        typed = {field: _typed(field, profile, role) for field in PROFILE_FIELDS}
        saved = st.form_submit_button(say("Save"), type="primary")
    if saved:
        wanted = {field: text for field, text in typed.items() if may_change(role, field)}
        _save(record, profile, wanted)


def _shown(field: str, value: str) -> str:
    if (words := _WORDS.get(field, {}).get(value)) is not None:
        return say(words)
    return value or say("not known")


def _typed(field: str, profile: Profile, role: Role) -> str:
    label, value = say(PROFILE_FIELDS[field][0]), getattr(profile, field)
    if not may_change(role, field):
        st.markdown(f"{label}: {plain(_shown(field, value))}")
        return str(value)
    choices = _WORDS.get(field)
    key = f"profile-{field}-{profile.uid.hex()}"
    if choices is None:
        return st.text_input(label, value, key=key) or ""
    listed = list(choices) if value in choices else [*choices, value]
    return str(
        st.selectbox(
            label,
            listed,
            index=listed.index(value),
            format_func=lambda choice: _shown(field, choice),
            key=key,
        )
    )


def _pin(record: Record) -> str:
    """Where the version this form began with is kept: somebody else may save meanwhile."""
    return f"profile-of-{record.patient.id}"


def _save(record: Record, begun: Profile, typed: dict[str, str]) -> None:
    before = begun if begun.uid else None
    try:
        change_profile(current_desk(), record.patient.id, before, typed)
    except EditedMeanwhile:
        _keep_what_was_typed(record, begun, typed)
        return
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop(_pin(record), None)
    flash(say("Saved."))
    st.rerun()


def _keep_what_was_typed(record: Record, begun: Profile, typed: dict[str, str]) -> None:
    """The form goes on from what stands now, with what was typed; the differences are said."""
    now = record.profile or _NOTHING_YET
    told = [
        f"{say(PROFILE_FIELDS[field][0])}: {_shown(field, getattr(now, field))}"
        for field in typed
        if getattr(now, field) != getattr(begun, field)
    ]
    for field, text in typed.items():
        changed = text != getattr(begun, field)
        key = f"profile-{field}-{now.uid.hex()}"
        st.session_state[key] = text if changed else getattr(now, field)
    st.session_state[_pin(record)] = now
    warn(
        say(
            "Somebody else has saved this meanwhile: {list}. What you typed is still here; save it"
            " again if it is right.",
            list=", ".join(told),
        )
    )
    st.rerun()


def show_changes(record: Record) -> None:
    """What was changed, field by field: old, new, who."""
    lines = see_changes(current_desk(), record.patient.id)
    if not lines:
        st.caption(say("Nothing was changed yet."))
    for line in lines:
        label = PROFILE_FIELDS.get(line.field, (line.field.replace("_", " ").capitalize(),))[0]
        was, now = line.old or "–", line.new or "–"
        told = say("{field}: from {old} to {new}", field=say(label), old=was, new=now)
        st.markdown(f"- {plain(told)}  \n  {plain(moment(line.at))} · {plain(line.author)}")
