"""What everybody decides about their own account."""

from __future__ import annotations

from dataclasses import replace

from medilink.acts.refusing import refusals_logged
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import CodeUnknown, Refused
from medilink.people import Account, Role

LONGEST_TAG = 12


def choose_language(desk: Desk, language: str) -> Account:
    """Be spoken to in a language (BCP 47) from now on; empty for that of the browser. Raises
    CodeUnknown for what cannot be a language."""
    if len(language) > LONGEST_TAG or not language.replace("_", "").replace("-", "").isalnum():
        if language:
            raise CodeUnknown(field="Language")
    event = desk.event(Act.CHANGE_ACCOUNT, account=desk.who.id, language=language)
    desk.store.accounts.set_language(desk.who.id, language, audit=event)
    return replace(desk.who, language=language)


def work_as(desk: Desk, role: Role) -> Account:
    """Go on in another of one's roles, at this desk. Raises Refused."""
    with refusals_logged(desk, Act.WORK_AS):
        if role not in desk.who.roles:
            raise Refused
    others = tuple(one for one in desk.who.roles if one is not role)
    desk.store.log.write(desk.event(Act.WORK_AS, role=role.value))
    return replace(desk.who, role=role, more_roles=others)
