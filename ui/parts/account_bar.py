"""Who is signed in, the way out, and the watch over an idle page.

The watch runs in the browser: typing counts as being there though the app hears of a field only
when it is left; before the time is up it leaves the field, so that the draft is kept; when the
session has ended anywhere it goes to the sign-in.
"""

from __future__ import annotations

import streamlit as st

from medilink.desk import Desk
from ui.house import the_house
from ui.words import say, spoken

_HTML = """
<div class="bar"><span class="who"></span>
<a class="account" href="/account" target="_self"></a>
<form method="post" action="/sign-out"><button></button></form></div>
<p class="soon" role="alert" hidden></p>
"""
_CSS = """
.bar{display:flex;gap:.3rem .8rem;align-items:center;justify-content:flex-end;
  font:400 .95rem/1.3 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:#24383e}
.who{margin-inline-end:auto;font-weight:600;overflow-wrap:anywhere;flex:1 1 7rem}
a{color:#084652;min-height:44px;display:inline-flex;align-items:center}
form{margin:0}
button{font:inherit;font-weight:600;min-height:44px;padding:.3rem .9rem;border-radius:8px;
  border:1px solid #0b5d6b;background:#fff;color:#084652;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid #e0a100;outline-offset:2px}
.soon{background:#ffe9b0;color:#4a3500;padding:.6rem .9rem;border-radius:8px;
  font:600 1rem/1.4 system-ui,sans-serif;margin:.4rem 0 0}
"""
_JS = """
const watch = (window.medilinkWatch ??= { last: Date.now(), told: 0, timer: 0 });
const out = () => { location.href = "/sign-in?after=idle"; };
export default function ({ parentElement, data }) {
  parentElement.querySelector(".who").textContent = data.who;
  parentElement.querySelector(".account").textContent = data.account;
  parentElement.querySelector("button").textContent = data.leave;
  document.documentElement.lang = data.language;
  const soon = parentElement.querySelector(".soon");
  const form = parentElement.querySelector("form");
  form.onsubmit = (event) => {        // the field just left is still on its way: let it arrive
    event.preventDefault();
    document.activeElement?.blur?.();
    setTimeout(() => form.submit(), 700);
  };
  watch.idle = data.idleMs;
  watch.warn = (shown) => { soon.hidden = !shown; soon.textContent = shown ? data.soon : ""; };
  if (watch.timer) return;
  const here = () => {
    watch.last = Date.now();
    watch.warn(false);
    if (watch.last - watch.told > 60000) {
      watch.told = watch.last;
      fetch("/alive", { method: "POST" });
    }
  };
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, here, true);
  const check = async () => {
    const left = watch.idle - (Date.now() - watch.last);
    if (left < 60000 && left > 0) { document.activeElement?.blur?.(); watch.warn(true); }
    if (left <= -5000) return out();
    try {
      const answer = await fetch("/alive", { redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") out();
    } catch { /* no connection just now: nothing to decide */ }
  };
  watch.timer = setInterval(check, 10000);
  addEventListener("visibilitychange", () => { if (!document.hidden) check(); });
}
"""


def account_bar(desk: Desk) -> None:
    """Draw it at the top of the page."""
    bar = st.components.v2.component("medilink_account_bar", html=_HTML, css=_CSS, js=_JS)
    with st.container(key="account-bar"):
        bar(
            key="account_bar",
            data={
                "who": desk.who.title,
                "account": say("My account"),
                "language": spoken(),
                "leave": say("Sign out"),
                "soon": say("You will be signed out in a minute. Press a key to stay."),
                "idleMs": the_house().idle_minutes * 60_000,
            },
        )
