"""The live scanner's route: a camera frame in, the text of its QR out. No frame is stored.

Answers: {"text": …}, null where nothing was found. For a moving code, or several that stand still,
{"progress", "got", "needed", "missing"} until it is whole, then {"text": "MLF-caught:" and the name
`take_caught` hands it out under}.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from medilink.carrying.frames import TAG
from ui.doors.sign_in import session_of
from ui.house import House
from ui.reading import LARGEST_FRAME_BYTES, read_codes, read_quickly
from ui.sessions import Session

FRAMES_PER_SECOND = 20  # the page sends 15 at most; frames bunch up on the way
CAUGHT = "MLF-caught:"


def scanner_routes(house: House) -> list[Route]:
    """Route POST /scan/frame, for whoever is signed in: each role has something to scan. With
    ?anew the camera has just been started."""

    def too_fast(session: Session, now: int) -> bool:
        session.frames[:] = [at for at in session.frames if now - at < 1000]
        session.frames.append(now)
        return len(session.frames) > FRAMES_PER_SECOND

    async def frame(request: Request) -> Response:
        session = session_of(request)
        if session is None:
            return JSONResponse({"error": "not allowed"}, status_code=403)
        if too_fast(session, int(house.clock().timestamp() * 1000)):
            return JSONResponse({"error": "too fast"}, status_code=429)
        content = await _bounded_body(request)
        if content is None:
            return JSONResponse({"error": "too large"}, status_code=413)
        if "anew" in request.query_params:
            session.caught.begin_anew()
        return JSONResponse(await run_in_threadpool(_answer, session, content))

    return [Route("/scan/frame", frame, methods=["POST"])]


def _answer(session: Session, content: bytes) -> dict[str, object]:
    """What one frame told."""
    texts = read_quickly(content) if session.caught.under_way else read_codes(content)
    frames = [text for text in texts if text.startswith(TAG)]
    if not frames:
        return {"text": texts[0] if texts else None}
    for frame in frames:  # a sheet of paper has several of them in one picture
        progress, name = session.caught.take(frame)
        if name is not None:
            return {"text": CAUGHT + name}
    return {
        "progress": progress.share,
        "got": progress.got,
        "needed": progress.needed,
        "missing": progress.missing,
    }


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
