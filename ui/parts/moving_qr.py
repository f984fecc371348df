"""A moving code on the page: the frames of a transfer in a loop, ten a second, until it was caught.

Drawn on a canvas by our own small script, each module a whole number of the screen's pixels. It can
be paused, and goes slower, saying so, for people who asked their device for less motion.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from exports.qr import FrameQr, make_frame_qr
from medilink.carrying.frames import SYMBOL_BY_VERSION, make_frames
from ui.words import say

FRAMES_A_SECOND = 10  # a camera of 30 pictures a second sees each frame twice and undisturbed
STEPS_A_SECOND = 2  # where less motion was asked for
LAPTOP_VERSION, PHONE_VERSION = 25, 15  # the finest that a camera reads from 15 cm and 6.5 cm

_HTML = """
<canvas role="img"></canvas>
<p class="said"></p>
<p class="row"><button class="pause"></button></p>
"""
_CSS = """
:host,.said,button{font:400 1rem/1.4 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
canvas{display:block;margin:0 auto;image-rendering:pixelated;background:#fff;border-radius:8px}
.said{text-align:center;margin:.5rem 0;color:#24383e}
.row{display:flex;justify-content:center;margin:0}
button{font-weight:600;min-height:48px;padding:.5rem 1.2rem;border-radius:8px;
  border:1px solid #0b5d6b;background:#fff;color:#084652;cursor:pointer}
button:focus-visible{outline:3px solid #e0a100;outline-offset:2px}
"""
_JS = """
const QUIET = 4, WIDEST = 640;   // modules of white around; CSS pixels
const places = {};               // where each moving code was, also when the page redraws

function modulesOf(frame) {
  return Uint8Array.from(atob(frame), (one) => one.charCodeAt(0));
}

export default function ({ parentElement, data }) {
  const find = (name) => parentElement.querySelector(name);
  const canvas = find("canvas"), said = find(".said"), pause = find(".pause");
  const frames = data.frames.map(modulesOf), side = data.side, whole = side + 2 * QUIET;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const wait = 1000 / (calm ? data.slow : data.fast);
  const place = places[data.name] ??= { at: 0, paused: false };
  let shownAt = -Infinity, drawn = null, scale = 0, going = true;

  function fit() {
    const room = Math.min(said.clientWidth || innerWidth - 32, WIDEST);
    const dots = devicePixelRatio || 1;
    const fits = Math.max(1, Math.floor(room * dots / whole));
    if (fits === scale) return;
    scale = fits;
    canvas.width = canvas.height = whole * scale;
    canvas.style.width = canvas.style.height = `${whole * scale / dots}px`;
    if (drawn !== null) draw(drawn);
  }

  function draw(number) {
    const pen = canvas.getContext("2d"), bits = frames[number];
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000";
    for (let at = 0; at < side * side; at++)
      if (bits[at >> 3] & (128 >> (at & 7)))
        pen.fillRect((QUIET + at % side) * scale, (QUIET + Math.floor(at / side)) * scale,
                     scale, scale);
    drawn = number;
  }

  function step(now) {
    if (!going || !canvas.isConnected) return;
    fit();
    if (drawn === null || (!place.paused && now - shownAt >= wait - 4)) {
      place.at = drawn === null ? place.at % frames.length : (place.at + 1) % frames.length;
      draw(place.at);
      shownAt = now;
      tell();
    }
    requestAnimationFrame(step);
  }

  function tell() {
    const now = place.paused ? data.paused : calm ? data.calm : data.showing;
    said.textContent = now.replace("§at", place.at + 1).replace("§count", frames.length);
    pause.textContent = place.paused ? data.resume : data.pause;
    pause.setAttribute("aria-pressed", place.paused);
  }

  canvas.setAttribute("aria-label", data.title);
  pause.onclick = () => { place.paused = !place.paused; tell(); };
  requestAnimationFrame(step);
  return () => { going = false; };
}
"""


def moving_frames(content: bytes, version: int = LAPTOP_VERSION) -> list[FrameQr]:
    """All frames of a transfer, as they are shown in a loop. Raises ValueError over 8 MiB. About a
    millisecond each: keep them while the page is redrawn."""
    texts = make_frames(content, SYMBOL_BY_VERSION[version])
    return [make_frame_qr(text, version) for text in texts]


def moving_qr(frames: Sequence[FrameQr], *, title: str, key: str = "moving-qr") -> None:
    """Show the frames until the page changes. `title` is what a screen reader says."""
    shown = st.components.v2.component("medilink_moving_qr", html=_HTML, css=_CSS, js=_JS)
    shown(
        key=key,
        data={
            "name": key,
            "title": title,
            "side": frames[0].side,
            "frames": [base64.b64encode(frame.modules).decode() for frame in frames],
            "fast": FRAMES_A_SECOND,
            "slow": STEPS_A_SECOND,
            "showing": say(
                "Part {at} of {count}. Hold the other camera in front until it says that it has "
                "all of them.",
                at="§at",
                count="§count",
            ),
            "calm": say(
                "Part {at} of {count}, shown slowly because this device asks for less motion. It "
                "takes longer.",
                at="§at",
                count="§count",
            ),
            "paused": say("Paused at part {at} of {count}.", at="§at", count="§count"),
            "pause": say("Pause"),
            "resume": say("Go on"),
        },
    )
