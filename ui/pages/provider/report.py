"""Write a referral, a consultation report, a discharge letter or a summary, and sign it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from exports.forms import Form
from exports.letter_kinds import (
    FIXED,
    HEADING_WORDS,
    NEEDED,
    PARTS_OF,
    TYPED,
    URGENCY_WORDS,
    Part,
)
from exports.letter_page import ONE_PAGE_LINES, lines_of
from exports.letters import Author, as_letter, draft_parts
from exports.making import Chosen, Made, make_export
from medilink.acts.credentials import standings
from medilink.acts.documents import add_document
from medilink.acts.letters import Begun, begin_letter
from medilink.credentials import Standing
from medilink.errors import MediLinkError, Missing
from medilink.handing_out import PURPOSE_WORDS, Asked, Purpose
from medilink.people import PatientId
from medilink.sensitive import categories_in_text
from medilink.visits import check_note_text
from ui.parts.choose_parts import SENSITIVE_WORDS
from ui.parts.desk import current_desk, go_to, patient_on_desk
from ui.parts.letter_choices import choose_asked, choose_purpose, choose_urgency
from ui.parts.letter_text import Typed, place_of, typed_letter
from ui.parts.made_file import show_made
from ui.parts.making_file import make_with_progress
from ui.parts.person import moment, show_person
from ui.parts.plain import plain
from ui.parts.provider_card import standing_words
from ui.parts.telling import live_part, tell_error
from ui.words import say
from ui.words.wording import DocumentWords

SIGNED = "letter-signed"
# What only the author knows, asked in words.
HINT_WORDS = {
    Part.TO: "Clinic, department or person",
    Part.REASON: "Why do you send the patient?",
    Part.QUESTION: "What are they to find out or do?",
    Part.ASKED: "Who asked, and what?",
    Part.CONDITION: "How is the patient now?",
    Part.WARNING: "Which signs mean danger?",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A letter that was signed and made. `filed`: whether a copy lies in the record."""

    patient: PatientId
    purpose: Purpose
    made: Made
    filed: bool


def show() -> None:
    """A letter about the patient on the desk."""
    patient = patient_on_desk()
    if patient is None:
        go_to("find")
        return
    desk = current_desk()
    begun = begin_letter(desk, patient, Asked())
    show_person(begun.opened.record.patient)
    st.title(say("Write a report"), anchor=False)
    signed: Signed | None = st.session_state.get(SIGNED)
    if signed and signed.patient == patient:
        _show_signed(signed)
        return
    _form(patient)


@live_part
def _form(patient: PatientId) -> None:
    desk, typed = current_desk(), typed_letter(patient)
    everything = begin_letter(desk, patient, Asked()).opened
    purpose = choose_purpose(typed)
    first = st.container()
    asked = choose_asked(typed, purpose, everything.record)
    begun = begin_letter(desk, patient, asked)
    typed.see_by(begun.seen_by)
    author = Author(desk.who.title, desk.clinic.name)
    drafts = draft_parts(purpose, begun.summary, DocumentWords(asked.language), author)
    typed.lay(purpose, drafts)
    _say_what_is_old(typed, purpose, drafts)
    with first:
        for part in PARTS_OF[purpose]:
            if part in TYPED:
                _field(typed, purpose, part)
    st.subheader(say("Drafted from the record"), anchor=False)
    st.caption(say("Read it, and change what is not right. An empty part is left out."))
    for part in PARTS_OF[purpose]:
        if part not in TYPED:
            _field(typed, purpose, part)
    _kept(typed)
    _end(typed, asked, begun)


def _field(typed: Typed, purpose: Purpose, part: Part) -> None:
    """One part of the letter, to be typed or changed."""
    key, label = typed.key(purpose, part), say(HEADING_WORDS[part])
    hint = say(HINT_WORDS[part]) if part in HINT_WORDS else None
    if part is Part.URGENCY:
        text = DocumentWords(typed.choices.get("language", "en")).say(
            URGENCY_WORDS[choose_urgency(typed)]
        )
    elif part is Part.TO:
        text = st.text_input(label, key=key, placeholder=hint) or ""
    elif part in FIXED:
        text = str(st.session_state[key])
        if text:
            st.markdown(f"**{label}**  \n{plain(text)}")
    else:
        text = st.text_area(label, key=key, placeholder=hint, height="content") or ""
    typed.texts[place_of(purpose, part)] = text


def _say_what_is_old(typed: Typed, purpose: Purpose, drafts: Mapping[Part, str]) -> None:
    if typed.restored:
        typed.restored = False
        st.info(say("This is what you had typed before and not saved."))
    if typed.narrowed:
        st.warning(
            say("What you may see of this record has changed, so the parts were drafted anew.")
        )
    old = typed.changed(purpose, drafts)
    if not old:
        return
    named = ", ".join(say(HEADING_WORDS[part]) for part in old)
    st.warning(
        say(
            "You changed these parts, and the record or what goes along is another one since:"
            " {list}. Read them again.",
            list=named,
        )
    )
    if st.button(say("Draft them anew")):
        typed.draft_anew(purpose, old)
        st.rerun(scope="fragment")


def _kept(typed: Typed) -> None:
    kept = typed.keep()
    if kept:
        st.caption(say("Draft kept, {moment}.", moment=moment(current_desk().now)))
    if kept is False:
        st.warning(say("This is too long to be kept as a draft. Shorten it, or save it now."))


# ---- signing


def _end(typed: Typed, asked: Asked, begun: Begun) -> None:
    purpose, desk = asked.purpose, current_desk()
    texts = {part: typed.texts.get(place_of(purpose, part), "") for part in PARTS_OF[purpose]}
    lines = {part: text.splitlines() for part, text in texts.items()}
    if purpose is Purpose.SUMMARY and lines_of(lines) > ONE_PAGE_LINES:
        st.caption(say("This is longer than one page."))
    filing = begun.opened.can_write and st.checkbox(
        say("File a copy in the record, where the patient sees it"),
        value=True,
        key=f"letter-{typed.patient}-file",
    )
    if not begun.opened.can_write:
        st.caption(say("You may only read this record, so no copy is filed in it."))
    standing = Standing(standings(desk).get(desk.who.title, Standing.UNVERIFIED))
    st.markdown(
        f"{plain(say('Signed as: {who}', who=desk.who.title))} · {standing_words(standing)}"
    )
    sign, away = st.columns([2, 1])
    if sign.button(
        say("Sign and make the PDF"), type="primary", icon=":material/draw:", shortcut="Alt+S"
    ):
        _sign(typed, asked, texts, filing=filing)
    if away.button(say("Throw the draft away")):
        typed.forget()
        go_to("record")


def _sign(typed: Typed, asked: Asked, texts: Mapping[Part, str], *, filing: bool) -> None:
    words, desk = DocumentWords(asked.language), current_desk()
    try:
        for part in NEEDED[asked.purpose]:
            if not texts[part].strip():
                raise Missing(field=HEADING_WORDS[part])
        for part, text in texts.items():
            check_note_text(HEADING_WORDS[part], text)
        letter = as_letter(texts, asked.purpose, words)
        chosen = Chosen(asked, Form.PDF, words, letter)
        made = make_with_progress(
            lambda progress: make_export(desk, typed.patient, chosen, progress)
        )
    except MediLinkError as error:
        tell_error(error)
        return
    title = _title(asked.purpose, texts, words)
    filed = filing and _filed(typed.patient, asked.purpose, title, made)
    typed.forget()
    st.session_state[SIGNED] = Signed(typed.patient, asked.purpose, made, filed)
    st.rerun()


def _title(purpose: Purpose, texts: Mapping[Part, str], words: DocumentWords) -> str:
    """What the copy is called: to whom, and of which private matters it speaks, because by its
    title it is held back from whoever may not see them."""
    about = categories_in_text("\n".join(texts.values()))
    to = " ".join(texts.get(Part.TO, "").split())[:120]
    kind = words.say(PURPOSE_WORDS[purpose])
    named = words.say("{kind} to {who}", kind=kind, who=to) if to else kind
    return " · ".join([named, *(words.say(SENSITIVE_WORDS[one]) for one in sorted(about))])


def _filed(patient: PatientId, purpose: Purpose, title: str, made: Made) -> bool:
    """Whether the copy could be filed. The letter is signed either way."""
    kind = PURPOSE_WORDS[purpose]
    try:
        add_document(current_desk(), patient, title=title, kind=kind, body=made.copy)
    except MediLinkError as error:
        tell_error(error)
        return False
    return True


def _show_signed(signed: Signed) -> None:
    st.caption(
        say("A copy lies in the record under Documents.")
        if signed.filed
        else say("No copy was filed in the record.")
    )
    show_made(signed.patient, signed.made, again=_forget_signed, another=say("Write another one"))
    if st.button(say("Back to the record"), icon=":material/folder_shared:"):
        _forget_signed()
        go_to("record")


def _forget_signed() -> None:
    st.session_state.pop(SIGNED, None)
