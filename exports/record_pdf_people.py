"""Whom to call, insurance, and what a person is asked once."""

from __future__ import annotations

from collections.abc import Iterator

from exports.pdf_flow import Cell, Column
from exports.record_pdf_sheet import Sheet
from exports.record_words import beside
from medilink.person_entries import Profile
from medilink.profile import DONOR, REACH
from medilink.records import Section


def draw_people(sheet: Sheet) -> None:
    """Whom to call, insurance, and what a person is asked once."""
    _contacts(sheet)
    _insurance(sheet)
    profile = sheet.record.profile
    if sheet.begin(Section.PERSON, anything=profile is not None) and profile is not None:
        _asked_once(sheet, profile)
    sheet.drawn(len(sheet.record.profiles))


def _contacts(sheet: Sheet) -> None:
    say, record = sheet.words.say, sheet.record
    if sheet.begin(Section.CONTACTS, anything=bool(record.contacts)):
        columns = (Column(say("Name"), 40), Column(say("Relation"), 30), Column(say("Phone"), 30))
        sheet.flow.table(columns, (_contact(sheet, place) for place in range(len(record.contacts))))


def _insurance(sheet: Sheet) -> None:
    say, record = sheet.words.say, sheet.record
    if sheet.begin(Section.INSURANCE, anything=bool(record.coverages)):
        columns = (
            Column(say("Insurance"), 34),
            Column(say("Member number"), 24),
            Column(say("Plan"), 24),
            Column(say("Valid until"), 18),
        )
        rows = (
            (
                Cell(each.insurer, bold=True),
                Cell(each.number),
                Cell(each.plan),
                Cell(sheet.said.known_day(each.until)),
            )
            for each in record.coverages
        )
        sheet.flow.table(columns, rows)
    sheet.drawn(len(record.coverages))


def _contact(sheet: Sheet, place: int) -> Iterator[Cell]:
    sheet.drawn()
    contact = sheet.record.contacts[place]
    first = sheet.words.say("call first") if contact.primary else ""
    yield Cell(beside((contact.name, first)), bold=bool(contact.primary))
    yield Cell(sheet.said.word(contact.relation))
    yield Cell(contact.phone)


def _asked_once(sheet: Sheet, profile: Profile) -> None:
    say = sheet.words.say
    rows = (
        ("Organ donor", say(DONOR.get(profile.donor, profile.donor))),
        ("How to reach", say(REACH.get(profile.reach, profile.reach))),
        ("E-mail", profile.email),
        ("Preferred pharmacy", profile.pharmacy),
    )
    for label, text in rows:
        if text:
            sheet.flow.labelled(say(label), text, wide=130)
