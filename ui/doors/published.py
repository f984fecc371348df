"""What anybody may fetch to check an emergency card: this clinic's card keys, and which cards were
withdrawn. Public by the standard, and about nobody."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from medilink.acts.cards import card_key_ids, published_keys, published_revocations
from ui.house import House

_ANYBODY = {"access-control-allow-origin": "*"}
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")


def published_routes(house: House) -> list[Route]:
    """Routes under /.well-known (RFC 8615)."""

    async def keys(_request: Request) -> Response:
        return _json(await run_in_threadpool(published_keys, house.desk()))

    async def revoked(request: Request) -> Response:
        kid = request.path_params["kid"]
        desk = house.desk()
        known = await run_in_threadpool(card_key_ids, desk)
        if not _KEY_ID.fullmatch(kid) or kid not in known:
            return Response(status_code=404, headers=_ANYBODY)
        return _json(await run_in_threadpool(published_revocations, desk, kid))

    return [
        Route("/.well-known/jwks.json", keys),
        Route("/.well-known/crl/{kid}.json", revoked),
    ]


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers=_ANYBODY)
