"""What somebody typed and has not saved: kept, found again, thrown away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from medilink.desk import Desk
from medilink.people import PatientId
from medilink.store import Draft

VISIT_DRAFT = "visit"
DRAFT_LIMIT = 800_000  # characters of JSON: every field at its limit fits


def keep_draft(desk: Desk, patient: PatientId | None, kind: str, typed: Mapping[str, Any]) -> bool:
    """Keep what was typed so far; a sign-out or a lost connection loses nothing. False, and nothing
    new kept, when it is longer than any entry may be."""
    body = json.dumps(dict(typed), ensure_ascii=False)
    if len(body) > DRAFT_LIMIT:
        return False
    desk.store.drafts.keep(desk.who.id, patient, kind, Draft(body, desk.now))
    return True


def find_draft(desk: Desk, patient: PatientId | None, kind: str) -> dict[str, Any]:
    """What this person had typed before; empty when nothing."""
    kept = desk.store.drafts.of(desk.who.id, patient, kind)
    return dict(json.loads(kept.body)) if kept else {}


def throw_draft_away(desk: Desk, patient: PatientId | None, kind: str) -> None:
    """Forget what was typed."""
    desk.store.drafts.keep(desk.who.id, patient, kind, None)
