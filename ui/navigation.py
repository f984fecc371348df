"""Which pages there are, by role. A page not listed for a role does not exist for it."""

from __future__ import annotations

import streamlit as st

from medilink.acts.notices import COUNTED, count_unread
from medilink.errors import NotSignedIn
from medilink.people import Role
from ui.pages import account, notices
from ui.pages.admin import (
    activity,
    bring_in,
    clinic_log,
    clinic_settings,
    credentials,
    duplicates,
    emergencies,
    network,
    questions,
    reports,
    staff,
    unusual,
)
from ui.pages.patient import answer, elsewhere, emergency_card, my_record, share, who_looked
from ui.pages.provider import (
    ask,
    emergency,
    find,
    measure,
    my_profile,
    record,
    register,
    scan,
    visit,
    visiting,
)
from ui.parts.account_bar import account_bar
from ui.parts.begin_at import count_arrival
from ui.parts.clock_banner import show_clock_doubt
from ui.parts.desk import current_desk
from ui.parts.look import dress
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
    "ask": "Ask face to face",
    "visiting": "From another clinic",
    "elsewhere": "Code to take along",
    "answer": "Answer a clinic",
    "card": "Emergency card",
    "network": "Other clinics",
    "unusual": "Unusual access",
    "activity": "What staff did",
    "questions": "Questions",
}
# role → (address, icon, what draws it, whether it stands in the menu); the first is home
PAGES: dict[Role, tuple[tuple[str, str, Draw, bool], ...]] = {
    Role.PROVIDER: (
        ("find", "search", find.show, True),
        ("scan", "qr_code_scanner", scan.show, True),
        ("register", "person_add", register.show, True),
        ("profile", "badge", my_profile.show, True),
        ("notices", "notifications", notices.show, True),
        ("account", "manage_accounts", account.show, False),
        ("record", "folder_shared", record.show, False),
        ("visit", "edit_note", visit.show, False),
        ("emergency", "emergency", emergency.show, False),
        ("measure", "monitor_heart", measure.show, False),
        ("ask", "handshake", ask.show, False),
        ("visiting", "luggage", visiting.show, False),
    ),
    Role.PATIENT: (
        ("share", "qr_code_2", share.show, True),
        ("my-record", "folder_shared", my_record.show, True),
        ("who-looked", "visibility", who_looked.show, True),
        ("notices", "notifications", notices.show, True),
        ("account", "manage_accounts", account.show, False),
        ("elsewhere", "share", elsewhere.show, False),
        ("answer", "qr_code_scanner", answer.show, False),
        ("card", "emergency", emergency_card.show, False),
    ),
    Role.ADMIN: (
        ("log", "history", clinic_log.show, True),
        ("reports", "summarize", reports.show, True),
        ("staff", "badge", staff.show, True),
        ("register", "person_add", register.show, True),
        ("licences", "verified", credentials.show, True),
        ("emergencies", "emergency", emergencies.show, True),
        ("unusual", "policy", unusual.show, True),
        ("activity", "bar_chart", activity.show, True),
        ("questions", "contact_support", questions.show, True),
        ("duplicates", "join", duplicates.show, True),
        ("import", "upload_file", bring_in.show, True),
        ("settings", "settings", clinic_settings.show, True),
        ("network", "hub", network.show, True),
        ("notices", "notifications", notices.show, True),
        ("account", "manage_accounts", account.show, False),
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
    _menu([one for one, row in zip(pages, PAGES[desk.who.role], strict=True) if row[3]])
    count_arrival(page.url_path)
    if page.url_path != "answer":
        answer.leave_answer()
    page.run()


def _menu(pages: list[st.Page]) -> None:
    """Every page of the role, icon and word, in view on any screen: nothing to be unfolded."""
    new = count_unread(current_desk())
    with st.container(key="menu", horizontal=True, gap="small"):
        for page in pages:
            if new and page.url_path == "notices":
                many = new >= COUNTED
                count = f"{COUNTED - 1}+" if many else new
                st.page_link(page, label=say("Notices ({count} new)", count=count))
            else:
                st.page_link(page)


def _named(draw: Draw) -> Draw:
    """The page under a name of its own: Streamlit tells pages apart by it."""
    drawn = told(draw)
    drawn.__name__ = draw.__module__.rpartition(".")[2]
    return drawn
