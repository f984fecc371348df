"""Is it ready (`/healthz`), and is this session still alive (`/alive`)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui.house import House


def health_routes(house: House) -> list[Route]:
    """Route /healthz for whoever starts MediLink; /alive for the signed-in page.

    A POST to /alive says that somebody is typing (the guard counts it); a GET only asks.
    """

    async def healthz(request: Request) -> Response:  # noqa: ARG001 every endpoint takes it
        return JSONResponse({"status": "ok", "state": house.state.value})

    async def alive(request: Request) -> Response:  # noqa: ARG001
        return Response(status_code=204)

    return [
        Route("/healthz", healthz, methods=["GET", "HEAD"]),
        Route("/alive", alive, methods=["GET", "POST"]),
    ]
