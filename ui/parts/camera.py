"""The live camera: our own small script sends frames to /scan/frame of this same process, where
they are read and forgotten; the text of a code comes back to the page. A moving code is caught
frame by frame before the page hears of it; `ui.sessions.take_caught` has what it carried."""

from __future__ import annotations

import streamlit as st

from ui.words import say

_HTML = """
<div class="box"><video playsinline muted></video><div class="frame" hidden></div></div>
<progress max="1" value="0" hidden></progress>
<p class="said" role="status"></p>
<p class="row"><button class="start"></button><button class="light" hidden></button>
<button class="stop" hidden></button></p>
"""
_CSS = """
:host,.box,.said,button{font:400 1rem/1.4 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.box{position:relative;background:#16262b;border-radius:12px;overflow:hidden;display:none;
  max-width:34rem;margin:0 auto}
.box.on{display:block}
video{display:block;width:100%;max-height:60vh;object-fit:cover}
.frame{position:absolute;inset:12% 22%;border:4px solid #fff;border-radius:16px;opacity:.85}
.box.found .frame{border-color:#37c871}
progress{display:block;width:100%;max-width:34rem;height:1rem;margin:.6rem auto 0;
  accent-color:#0b5d6b}
.said{text-align:center;min-height:1.4em;margin:.5rem 0;color:#24383e}
.said.bad{color:#a3201d;font-weight:600}
.row{display:flex;gap:.6rem;justify-content:center;flex-wrap:wrap;margin:0}
button{font-weight:600;min-height:48px;padding:.5rem 1.2rem;border-radius:8px;
  border:1px solid #0b5d6b;background:#fff;color:#084652;cursor:pointer}
button.start{background:#0b5d6b;color:#fff}
button:focus-visible{outline:3px solid #e0a100;outline-offset:2px}
[hidden]{display:none!important}
"""
_JS = """
const FRAMES_A_SECOND = 8, OF_A_MOVING_CODE = 15;
const FULL_SIDE = 1920, SMALL_SIDE = 1280, SLOW_MS = 60;   // slower than that: a smaller picture
const HINT_AFTER_MS = 8000, STUCK_AFTER_MS = 6000;
let running = null;   // one camera at a time, also when the page redraws
export default function ({ parentElement, data, setTriggerValue }) {
  const find = (name) => parentElement.querySelector(name);
  const box = find(".box"), video = find("video"), said = find(".said"), frame = find(".frame");
  const start = find(".start"), stop = find(".stop"), light = find(".light");
  const bar = find("progress");
  bar.setAttribute("aria-label", data.progress);
  start.textContent = data.start; stop.textContent = data.stop; light.textContent = data.light;
  const tell = (text, bad) => { said.textContent = text; said.classList.toggle("bad", !!bad); };

  function end() {
    if (running) { running.live = false; running.stream.getTracks().forEach((t) => t.stop()); }
    running = null;
    video.srcObject = null;
    box.classList.remove("on", "found");
    start.hidden = false; stop.hidden = true; light.hidden = true; frame.hidden = true;
    bar.hidden = true;
  }

  async function begin() {
    if (!navigator.mediaDevices?.getUserMedia) return tell(data.insecure, true);
    start.hidden = true;
    tell(data.asking);
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: {
        facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } } });
    } catch (trouble) {
      start.hidden = false;
      return tell(trouble.name === "NotAllowedError" ? data.refused : data.none, true);
    }
    const mine = running = { live: true, stream, side: FULL_SIDE, began: performance.now() };
    video.srcObject = stream;
    await video.play();
    box.classList.add("on"); frame.hidden = false; stop.hidden = false;
    const track = stream.getVideoTracks()[0];
    light.hidden = !track.getCapabilities?.().torch;
    light.onclick = () => {
      mine.torch = !mine.torch;
      track.applyConstraints({ advanced: [{ torch: mine.torch }] });
    };
    tell(data.looking);
    look(mine);
  }

  async function look(mine) {
    const canvas = document.createElement("canvas");
    while (mine.live && box.isConnected) {
      const began = performance.now();
      const scale = Math.min(1, mine.side / Math.max(video.videoWidth, video.videoHeight, 1));
      canvas.width = video.videoWidth * scale; canvas.height = video.videoHeight * scale;
      if (canvas.width) {
        canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
        const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
        const answer = (picture && (await send(picture, mine))) || {};
        if (answer.text && mine.live) {
          box.classList.add("found"); tell(data.found);
          setTriggerValue("scanned", answer.text);
          return end();
        }
        if (mine.live) follow(mine, answer);
      }
      const took = performance.now() - began;
      if (took > SLOW_MS) mine.side = SMALL_SIDE;
      const left = 1000 / (mine.got ? OF_A_MOVING_CODE : FRAMES_A_SECOND) - took;
      await new Promise((done) => setTimeout(done, Math.max(left, 1)));
    }
    if (!box.isConnected) end();
  }

  function follow(mine, answer) {
    const now = performance.now();
    if (answer.needed && answer.got !== mine.got) {
      mine.got = answer.got; mine.grewAt = now;
      bar.hidden = false; bar.value = answer.progress;
      box.classList.add("found");
      mine.missing = answer.missing?.length ? answer.missing.join(", ") : "";
      tell(data.catching.replace("§got", answer.got).replace("§needed", answer.needed)
           + next(mine));
    } else if (mine.got && now - mine.grewAt > STUCK_AFTER_MS) {
      box.classList.remove("found"); tell(data.stuck + next(mine));
    } else if (!mine.got && now - mine.began > HINT_AFTER_MS) tell(data.hint);
  }

  const next = (mine) => mine.missing ? " " + data.missing.replace("§list", mine.missing) : "";

  async function send(picture, mine) {
    const where = mine.sent ? "/scan/frame" : "/scan/frame?anew";
    try {
      const answer = await fetch(where, { method: "POST", body: picture });
      if (answer.ok) { mine.sent = true; return await answer.json(); }
      if (answer.status === 401) location.href = "/sign-in";
    } catch { tell(data.lost, true); }
    return null;
  }

  start.onclick = begin;
  stop.onclick = () => { end(); tell(""); };
  return () => end();
}
"""


def camera(key: str = "camera", *, digits: bool = False) -> str | None:
    """Draw the camera. The text of the code it has just found, once; else None. For a moving code
    that was caught whole it is "MLF-caught:" and a name. `digits`: this page takes six digits in
    its place."""
    live = st.components.v2.component("medilink_camera", html=_HTML, css=_CSS, js=_JS)
    result = live(
        key=key,
        data={
            "start": say("Start the camera"),
            "stop": say("Stop"),
            "light": say("Light"),
            "asking": say("Allow the camera when the browser asks."),
            "looking": say("Hold the code inside the frame."),
            "found": say("Found. Opening …"),
            "catching": say(
                "{got} of {needed} parts are here. Keep holding a moving code.",
                got="§got",
                needed="§needed",
            ),
            "missing": say("Codes that stand still: show number {list} next.", list="§list"),
            "progress": say("How many parts of the code are here"),
            "stuck": say("Nothing new of the code. Hold it inside the frame, and still."),
            "hint": say(
                "No code seen yet. Come closer, hold it still, and look that it is not blurred, "
                "dark or shining."
            ),
            **_instead(digits=digits),
            "lost": say("No connection to MediLink. Trying again …"),
        },
        on_scanned_change=lambda: None,
    )
    return str(result.scanned) if result.scanned else None


def _instead(*, digits: bool) -> dict[str, str]:
    """What to do where there is no camera, by what the page takes in its place."""
    if digits:
        return {
            "refused": say(
                "The browser was not allowed to use the camera. Allow it in the address bar, "
                "or type the six digits."
            ),
            "none": say("No camera was found here. Type the six digits, or use a picture."),
            "insecure": say(
                "The camera works only over a secure address (https). Type the six digits, or"
                " use a picture."
            ),
        }
    return {
        "refused": say(
            "The browser was not allowed to use the camera. Allow it in the address bar, or use"
            " a picture."
        ),
        "none": say("No camera was found here. Use a picture or a file."),
        "insecure": say(
            "The camera works only over a secure address (https). Use a picture or a file."
        ),
    }
