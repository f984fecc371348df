"""The live scanner's route: a camera frame in, the text of its QR out. No frame is stored."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from medilink.permissions import Task, can
from ui.doors.sign_in import session_of
from ui.house import House
from ui.reading import LARGEST_FRAME_BYTES, read_qr
from ui.sessions import Session

FRAMES_PER_SECOND = 15


def scanner_routes(house: House) -> list[Route]:
    """Route POST /scan/frame, for signed-in staff who may use codes."""

    def too_fast(session: Session, now: int) -> bool:
        session.frames[:] = [at for at in session.frames if now - at < 1000]
        session.frames.append(now)
        return len(session.frames) > FRAMES_PER_SECOND

    async def frame(request: Request) -> Response:
        session = session_of(request)
        if session is None or not can(session.account.role, Task.SCAN):
            return JSONResponse({"error": "not allowed"}, status_code=403)
        if too_fast(session, int(house.clock().timestamp() * 1000)):
            return JSONResponse({"error": "too fast"}, status_code=429)
        content = await _bounded_body(request)
        if content is None:
            return JSONResponse({"error": "too large"}, status_code=413)
        return JSONResponse({"text": await run_in_threadpool(read_qr, content)})

    return [Route("/scan/frame", frame, methods=["POST"])]


async def _bounded_body(request: Request) -> bytes | None:
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST_FRAME_BYTES:
                return None
            parts.append(part)
    except ClientDisconnect:
        return None
    return b"".join(parts)
