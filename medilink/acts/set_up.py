"""The first act of all: a clinic comes to be, with its keys, its store and its first administrator.

`medilink.acts` knows no file format of the store; the maker is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.sign_in import check_new_password, check_user_name
from medilink.errors import Missing
from medilink.people import check_line, tidy


@dataclass(frozen=True, slots=True)
class ClinicForm:
    """Set-up's answers. `country` ISO 3166-1 alpha-2, `language` BCP 47."""

    name: str
    country: str
    language: str
    admin_name: str
    user_name: str
    passphrase: str
    again: str


def check_form(form: ClinicForm) -> ClinicForm:
    """The form, tidied. Raises Missing, TooLong, UserNameUnfit, PasswordsDiffer, PasswordWeak."""
    name, admin = tidy(form.name), tidy(form.admin_name)
    for field, text in (("Clinic name", name), ("Your name", admin)):
        if not text:
            raise Missing(field=field)
        check_line(field, text)
    user_name = check_user_name(form.user_name)
    check_new_password(form.passphrase, form.again, (name, admin, user_name))
    return ClinicForm(
        name, form.country, form.language, admin, user_name, form.passphrase, form.again
    )
