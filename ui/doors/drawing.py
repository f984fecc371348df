"""Drawing a plain page: template, words, language of the browser or clinic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from medilink.errors import MediLinkError
from ui.house import House
from ui.words import LANGUAGE_COOKIE, language_asked, languages, say, say_error, speak, spoken

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_RIGHT_TO_LEFT = {"ar", "he", "fa", "ur"}


def choose_language(request: Request, house: House) -> str:
    """What to speak before anyone has signed in: what the browser asks for, else the clinic's."""
    found = language_asked(
        request.cookies.get(LANGUAGE_COOKIE, ""), request.headers.get("accept-language", "")
    )
    return found or (house.clinic.language if house.clinic else "en")


def draw(
    request: Request,
    house: House,
    template: str,
    *,
    error: MediLinkError | None = None,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """A page from a template. With `error` its sentence stands on top, announced to readers."""
    speak(choose_language(request, house))
    page = _ENVIRONMENT.get_template(template).render(
        say=say,
        language=spoken(),
        languages=languages(),
        direction="rtl" if spoken() in _RIGHT_TO_LEFT else "ltr",
        clinic=house.clinic.name if house.clinic else "",
        demo=house.config.demo,
        error=say_error(error) if error else "",
        **values,
    )
    return HTMLResponse(page, status_code=status)


LONGEST_FIELD = 10_000  # characters taken from one field of a plain page


async def read_form(request: Request) -> dict[str, str]:
    """The typed fields of a posted form, each cut where no real answer would end."""
    form = await request.form(max_files=0, max_fields=60, max_part_size=6 * 1024 * 1024)
    return {name: value[:LONGEST_FIELD] for name, value in form.items() if isinstance(value, str)}
