"""What stands on an emergency card, front and back, on whatever it is drawn.

Millimetres. Words shrink, wrap and at last are cut with a mark; they never leave their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import segno

from exports.fitting import LINE, Box, Fitted, fit, fit_list
from exports.lettering import writable
from exports.surfaces import Surface
from medilink.absence import says_none
from medilink.records import Allergy
from medilink.smart.card_bundle import CardContent

Say = Callable[..., str]

CARD_WIDTH_MM, CARD_HEIGHT_MM = 85.6, 54.0  # ISO/IEC 7810 ID-1
HEALTH_CODE_MM = 40.0  # as the standard of health cards wants
POINTER_CODE_MM = 33.0
_MARGIN = 3.6
_DANGERS_TOP = 24.2


@dataclass(frozen=True, slots=True)
class CardFace:
    """What people read on the card, in their language, and the texts of its two codes. `pointer`:
    what enrolled devices scan, in the alphanumeric set of QR codes; empty for none. `shortened`:
    the health card does not hold all that was chosen."""

    name: str
    born: str
    blood: str
    allergies: tuple[str, ...]
    alerts: tuple[str, ...]
    call: str
    health_card: str
    pointer: str
    clinic: str
    printed: str
    shortened: bool = False
    conditions: tuple[str, ...] = ()
    until: str = ""


def card_face(  # noqa: PLR0913 what is printed beside the content, each named by the caller
    content: CardContent,
    say: Say,
    *,
    health_card: str,
    pointer: str,
    clinic: str,
    printed: str,
    until: str,
    shortened: bool,
) -> CardFace:
    """The face of a card with this content. `printed`, `until`: days, as people write them."""
    call = next(iter(content.contacts), None)
    role = f" ({call.relation})" if call and call.relation else ""
    return CardFace(
        name=content.person.full_name,
        born=content.person.birth_date,
        blood=content.blood,
        allergies=tuple(_allergy(allergy, say) for allergy in content.allergies),
        alerts=tuple(alert.text for alert in content.alerts),
        call=f"{call.name}{role}  {call.phone}".strip() if call else "",
        health_card=health_card,
        pointer=pointer,
        clinic=clinic,
        printed=printed,
        shortened=shortened,
        conditions=tuple(
            say(one.name) if says_none(one) else one.name
            for one in content.conditions
            if one.status == "active"
        ),
        until=until,
    )


def _allergy(allergy: Allergy, say: Say) -> str:
    if says_none(allergy):
        return say(allergy.substance)
    if allergy.severity == "severe" or allergy.criticality == "high":
        return say("{substance} (severe)", substance=allergy.substance)
    return allergy.substance


def draw_front(card: Surface, face: CardFace, say: Say, wide: float) -> None:
    inner = wide - 2 * _MARGIN
    _band(card, inner, say)
    name_width = inner - 17.5
    _person(card, face, say, Box(name_width, 9.4, 5.2, 2.7))
    _blood(card, face, say, _MARGIN + name_width + 2)
    _dangers(card, face, say, Box(inner, 19, 5.2, 2.1))
    card.box(_MARGIN, 43.6, inner, 0.2, filled=True)
    _call(card, face, say, inner)
    _footer(card, face, say, inner)


def _band(card: Surface, inner: float, say: Say) -> None:
    card.box(_MARGIN, 3.2, inner, 6, filled=True)
    title = fit(say("Emergency card").upper(), Box(inner - 18, 5, 3.7, 2.2), _bold(card))
    card.text(_MARGIN + 1.6, 7.5, title.lines[0], title.size, bold=True, white=True)
    width = card.width("MediLink", 2.6, bold=True)
    card.text(_MARGIN + inner - 1.6 - width, 7.2, "MediLink", 2.6, bold=True, white=True)


def _person(card: Surface, face: CardFace, say: Say, box: Box) -> None:
    name = writable(face.name) or say("Name: scan the code")
    y = _lines(card, _MARGIN, 10.2, fit(name, box, _bold(card)), bold=True)
    born = say("born {day}", day=face.born) if face.born else say("birth date not known")
    valid = say("valid until {day}", day=face.until)
    line, size = _in_one_line(card, f"{born} · {valid}", box.width, 2.9)
    card.text(_MARGIN, min(y + 3.4, 23.2), line, size)


def _blood(card: Surface, face: CardFace, say: Say, x: float) -> None:
    card.box(x, 10.6, 15.5, 12.2)
    card.text(x + 1.2, 13.3, *_in_one_line(card, say("Blood type"), 13.1, 2.1))
    told = face.blood or "?"
    size = 7.0 if len(told) < 3 else 5.8
    card.text(x + (15.5 - card.width(told, size, bold=True)) / 2, 21, told, size, bold=True)


def _dangers(card: Surface, face: CardFace, say: Say, box: Box) -> None:
    """Allergies, warnings and illnesses in large letters; the room is shared by how much each has
    to say, each behind its title where three would leave no room for titles of their own."""
    allergies = _writable_all(face.allergies) or (say("not on this card"),)
    blocks = [(say("Allergies"), allergies)]
    blocks += [
        (title, _writable_all(items))
        for title, items in ((say("Warning"), face.alerts), (say("Conditions"), face.conditions))
        if items
    ]
    weights = [min(max(len(" · ".join(items)), 24), 60) for _, items in blocks]
    top = _DANGERS_TOP
    for (title, items), weight in zip(blocks, weights, strict=True):
        height = box.height * weight / sum(weights)
        _danger(card, say, title, items, replace(box, height=height), top, own_line=len(blocks) < 3)
        top += height


def _danger(  # noqa: PLR0913 what to draw and where
    card: Surface,
    say: Say,
    title: str,
    items: tuple[str, ...],
    box: Box,
    top: float,
    *,
    own_line: bool,
) -> None:
    if own_line:
        card.text(_MARGIN, top + 2.2, title.upper(), 2.2, bold=True)
        top, box = top + 2.7, replace(box, height=box.height - 4.2)
    else:
        first, *others = items
        items, box = (f"{title.upper()}: {first}", *others), replace(box, height=box.height - 0.8)
    shown = fit_list(items, box, _bold(card), partial(_more, say))
    _lines(card, _MARGIN, top, shown, bold=True)


def _more(say: Say, count: int) -> str:
    return say("+ {count} more: scan the code", count=count)


def _call(card: Surface, face: CardFace, say: Say, inner: float) -> None:
    words = writable(face.call)
    told = say("Call: {whom}", whom=words) if words else say("Take this person to a clinic.")
    _lines(card, _MARGIN, 43.8, fit(told, Box(inner, 5, 3.6, 2.1), _bold(card)), bold=True)


def _footer(card: Surface, face: CardFace, say: Say, inner: float) -> None:
    printed = say("Printed {day}, {clinic}", day=face.printed, clinic=writable(face.clinic))
    mark = say("SHORTENED: ask for the whole record") if face.shortened else ""
    size = 1.9
    card.text(_MARGIN, 51.8, *_in_one_line(card, printed, inner - (40 if mark else 0), size))
    if mark:
        line, size = _in_one_line(card, mark, 39, size)
        x = _MARGIN + inner - card.width(line, size, bold=True)
        card.text(x, 51.8, line, size, bold=True)


def draw_back(
    card: Surface, face: CardFace, say: Say, health: segno.QRCode, pointer: segno.QRCode | None
) -> None:
    title, size = _in_one_line(card, say("Any reader of SMART Health Cards"), 42, 2.2)
    card.text(_MARGIN, 6, title, size, bold=True)
    card.code(_MARGIN, 8.6, HEALTH_CODE_MM, health)
    x = _MARGIN + HEALTH_CODE_MM + 5
    width = CARD_WIDTH_MM - x - _MARGIN
    found = say(
        "Found this card? Give it to any clinic, or call the number on the other side. Lost yours?"
        " Tell your clinic."
    )
    if pointer is None:
        _lines(card, x, 8, fit(found, Box(width, 36, 3.6, 2), _regular(card)))
    else:
        title, size = _in_one_line(card, say("Clinics with MediLink"), width, 2.2)
        card.text(x, 6, title, size, bold=True)
        card.code(x, 8.6, POINTER_CODE_MM, pointer)
        _lines(card, x, 43.6, fit(found, Box(width, 6.4, 2.2, 1.5), _regular(card)))
    mark = say("SHORTENED") if face.shortened else ""
    card.text(_MARGIN, 52.4, mark, 1.9, bold=True)


# ---- lines


def _bold(card: Surface) -> Callable[[str, float], float]:
    return partial(card.width, bold=True)


def _regular(card: Surface) -> Callable[[str, float], float]:
    return partial(card.width, bold=False)


def _lines(card: Surface, x: float, top: float, fitted: Fitted, *, bold: bool = False) -> float:
    """Draw lines below `top`; where the last one stands."""
    y = top + fitted.size * (LINE - 1) / 2
    for line in fitted.lines:
        y += fitted.size
        card.text(x, y, line, fitted.size, bold=bold)
        y += fitted.size * (LINE - 1)
    return y


def _in_one_line(card: Surface, text: str, width: float, size: float) -> tuple[str, float]:
    """(text, size) as it fits one line: smaller, then cut."""
    shown = fit(text, Box(width, size * LINE, size, size * 0.7), _bold(card))
    return shown.lines[0] if shown.lines else "", shown.size


def centred(card: Surface, text: str, y: float, wide: float) -> None:
    line, size = _in_one_line(card, text, wide - 2 * _MARGIN, 3)
    card.text((wide - card.width(line, size, bold=True)) / 2, y, line, size, bold=True)


def _writable_all(items: tuple[str, ...]) -> tuple[str, ...]:
    """What can be written of each; one that cannot at all still counts, as dots."""
    return tuple(writable(item) or "…" for item in items)
