"""Which pages there are, by role. A page not listed for a role does not exist for it."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from medilink.acts.notices import COUNTED, count_unread
from medilink.errors import NotSignedIn
from medilink.people import Role
from ui.pages import account, check, notices, take_along
from ui.pages.admin import (
    activity,
    backups,
    bring_in,
    clinic_log,
    clinic_settings,
    credentials,
    drills,
    duplicates,
    emergencies,
    everybody,
    keys,
    network,
    new_key,
    own_from_backup,
    questions,
    reports,
    restore,
    staff,
    unusual,
)
from ui.pages.patient import answer, elsewhere, emergency_card, my_record, share, who_looked
from ui.pages.provider import (
    ask,
    emergency,
    find,
    from_backup,
    measure,
    my_profile,
    record,
    register,
    report,
    scan,
    visit,
    visiting,
)
from ui.parts.account_bar import account_bar
from ui.parts.backup_banner import show_backup_worry
from ui.parts.begin_at import count_arrival
from ui.parts.clock_banner import show_clock_doubt
from ui.parts.desk import current_desk
from ui.parts.look import dress
from ui.parts.restored_banner import show_restored
from ui.parts.telling import Draw, tell_error, told
from ui.words import say

TITLE_WORDS = {
    "find": "Find a patient",
    "scan": "Scan a code",
    "register": "Register",
    "profile": "My profile",
    "notices": "Notices",
    "account": "My account",
    "record": "Record",
    "visit": "New visit",
    "emergency": "Emergency",
    "measure": "Measure",
    "report": "Write a report",
    "share": "Share",
    "my-record": "My record",
    "who-looked": "Who looked",
    "log": "What happened",
    "reports": "Reports",
    "staff": "Staff",
    "licences": "Licences",
    "emergencies": "Emergencies",
    "duplicates": "Same person twice",
    "import": "Import",
    "settings": "Settings",
    "restore": "Restore",
    "new-key": "New key",
    "ask": "Ask face to face",
    "visiting": "From another clinic",
    "elsewhere": "Code to take along",
    "answer": "Answer a clinic",
    "card": "Emergency card",
    "network": "Other clinics",
    "unusual": "Unusual access",
    "activity": "What staff did",
    "questions": "Questions",
    "check": "Check a document",
    "everybody": "Take every record out",
    "backups": "Backups",
    "keys": "What opens this clinic",
    "take-along": "Take the record along",
    "drills": "Restore drills",
    "from-backup": "From an old backup",
    "own-from-backup": "Settings and staff from an old backup",
}


class Place(StrEnum):
    """Where in the menu a page stands. What is not needed every day is folded, so that an
    administrator's phone shows more than a menu."""

    MENU = "menu"
    LOOK_INTO = "look into"
    CLINIC = "clinic"
    NOWHERE = "nowhere"


FOLDED_WORDS = {Place.LOOK_INTO: "Look into", Place.CLINIC: "The clinic"}
_FOLDED_ICONS = {Place.LOOK_INTO: "policy", Place.CLINIC: "home_health"}
# role → (address, icon, what draws it, where in the menu); the first is home
PAGES: dict[Role, tuple[tuple[str, str, Draw, Place], ...]] = {
    Role.PROVIDER: (
        ("find", "search", find.show, Place.MENU),
        ("scan", "qr_code_scanner", scan.show, Place.MENU),
        ("register", "person_add", register.show, Place.MENU),
        ("profile", "badge", my_profile.show, Place.MENU),
        ("notices", "notifications", notices.show, Place.MENU),
        ("account", "manage_accounts", account.show, Place.NOWHERE),
        ("record", "folder_shared", record.show, Place.NOWHERE),
        ("visit", "edit_note", visit.show, Place.NOWHERE),
        ("emergency", "emergency", emergency.show, Place.NOWHERE),
        ("measure", "monitor_heart", measure.show, Place.NOWHERE),
        ("report", "outgoing_mail", report.show, Place.NOWHERE),
        ("ask", "handshake", ask.show, Place.NOWHERE),
        ("from-backup", "history", from_backup.show, Place.NOWHERE),
        ("visiting", "luggage", visiting.show, Place.NOWHERE),
        ("check", "verified", check.show, Place.NOWHERE),
        ("take-along", "output", take_along.show, Place.NOWHERE),
    ),
    Role.PATIENT: (
        ("share", "qr_code_2", share.show, Place.MENU),
        ("my-record", "folder_shared", my_record.show, Place.MENU),
        ("who-looked", "visibility", who_looked.show, Place.MENU),
        ("notices", "notifications", notices.show, Place.MENU),
        ("account", "manage_accounts", account.show, Place.NOWHERE),
        ("elsewhere", "share", elsewhere.show, Place.NOWHERE),
        ("answer", "qr_code_scanner", answer.show, Place.NOWHERE),
        ("card", "emergency", emergency_card.show, Place.NOWHERE),
        ("check", "verified", check.show, Place.NOWHERE),
        ("take-along", "output", take_along.show, Place.NOWHERE),
    ),
    Role.ADMIN: (
        ("log", "history", clinic_log.show, Place.MENU),
        ("reports", "summarize", reports.show, Place.CLINIC),
        ("staff", "badge", staff.show, Place.MENU),
        ("register", "person_add", register.show, Place.MENU),
        ("licences", "verified", credentials.show, Place.LOOK_INTO),
        ("emergencies", "emergency", emergencies.show, Place.LOOK_INTO),
        ("unusual", "policy", unusual.show, Place.LOOK_INTO),
        ("activity", "bar_chart", activity.show, Place.CLINIC),
        ("questions", "contact_support", questions.show, Place.LOOK_INTO),
        ("duplicates", "join", duplicates.show, Place.LOOK_INTO),
        ("check", "verified", check.show, Place.LOOK_INTO),
        ("backups", "backup", backups.show, Place.CLINIC),
        ("import", "upload_file", bring_in.show, Place.CLINIC),
        ("everybody", "output", everybody.show, Place.CLINIC),
        ("drills", "restore_page", drills.show, Place.CLINIC),
        ("settings", "settings", clinic_settings.show, Place.CLINIC),
        ("keys", "key", keys.show, Place.CLINIC),
        ("network", "hub", network.show, Place.CLINIC),
        ("restore", "settings_backup_restore", restore.show, Place.CLINIC),
        ("new-key", "key", new_key.show, Place.NOWHERE),
        ("own-from-backup", "history", own_from_backup.show, Place.NOWHERE),
        ("notices", "notifications", notices.show, Place.MENU),
        ("account", "manage_accounts", account.show, Place.NOWHERE),
    ),
}


def show_page() -> None:
    """Draw the page this browser asked for, for whoever is signed in."""
    st.set_page_config(page_title="MediLink", page_icon="ui/assets/mark.svg", layout="centered")
    try:
        desk = current_desk()
    except NotSignedIn as gone:
        tell_error(gone)
        st.stop()
    dress()
    pages = [
        st.Page(
            _named(draw),
            title=say(TITLE_WORDS[address]),
            icon=f":material/{icon}:",
            url_path=address,
            default=number == 0,
        )
        for number, (address, icon, draw, _) in enumerate(PAGES[desk.who.role])
    ]
    st.session_state["pages"] = dict(
        zip((page[0] for page in PAGES[desk.who.role]), pages, strict=True)
    )
    page = st.navigation(pages, position="hidden")
    account_bar(desk)
    show_clock_doubt()
    show_restored()
    rows = PAGES[desk.who.role]
    _menu([(row[3], one) for one, row in zip(pages, rows, strict=True)], page.url_path)
    show_backup_worry(page.url_path)
    count_arrival(page.url_path)
    if page.url_path != "answer":
        answer.leave_answer()
    page.run()


def _menu(pages: list[tuple[Place, st.Page]], here: str) -> None:
    """The pages of the role, icon and word: those of every day in view on any screen. What is
    folded closes once a page is chosen, because its key is another one there."""
    with st.container(key="menu", horizontal=True, gap="small"):
        for place, page in pages:
            if place is Place.MENU:
                _link(page)
        for folded, words in FOLDED_WORDS.items():
            inside = [page for place, page in pages if place is folded]
            if inside:
                icon = f":material/{_FOLDED_ICONS[folded]}:"
                with st.popover(say(words), icon=icon, key=f"{folded.value}-{here}"):
                    for page in inside:
                        _link(page)


def _link(page: st.Page) -> None:
    new = count_unread(current_desk()) if page.url_path == "notices" else 0
    if new:
        count = f"{COUNTED - 1}+" if new >= COUNTED else new
        st.page_link(page, label=say("Notices ({count} new)", count=count))
    else:
        st.page_link(page)


def _named(draw: Draw) -> Draw:
    """The page under a name of its own: Streamlit tells pages apart by it."""
    drawn = told(draw)
    drawn.__name__ = draw.__module__.rpartition(".")[2]
    return drawn
