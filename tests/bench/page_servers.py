"""Servers of their own process: MediLink with a record open, or with a long log; and an empty page.

    python -m tests.bench.page_servers medilink|empty|log-ENTRIES|backing-up-MEGABYTES FOLDER

Prints one line of JSON when it serves: address, cookie and process id; stops when stdin closes. For
each line on stdin `backing-up` makes a round of backups, and prints a line when it is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.types import ASGIApp

from database.engine import open_raw
from medilink.audit import Act, Method
from medilink.config import read_config
from medilink.people import PatientId
from tests.bench.long_log import fill_log
from ui.app import build_app, set_streamlit
from ui.commands.demo import ADMIN, DOCTOR, PASSWORD, furnish
from ui.house import House, open_house, the_house
from ui.rounds import rounds_here
from ui.serving import LOOPBACK, claim

PATIENTS = 30
ON_DESK = PatientId(3)  # the demonstration's doctor has this one in care
DOCUMENT = 100_000
EMPTY_PAGE = 'import streamlit as st\n\nst.write("")\n'


def medilink(folder: Path) -> tuple[ASGIApp, str]:
    """A furnished clinic, and the cookie of its doctor with a patient on the desk."""
    os.environ["MEDILINK_CORPORA"] = str(folder / "none")
    config = replace(read_config(data=str(folder)), keys_dir=folder, hash_cost="light")
    house = open_house(config)
    with contextlib.redirect_stdout(sys.stderr):
        furnish(house, PATIENTS)
    return build_app(house), _sign_in(house)


def backing_up(folder: Path, megabytes: int) -> tuple[ASGIApp, str]:
    """As `medilink`, with so much in documents; its house makes a round for each line."""
    served = medilink(folder)
    house = the_house()
    raw = open_raw(house.config.store_file, house._data_key)
    raw.execute("BEGIN")
    for number in range(megabytes * 10):
        half = os.urandom(DOCUMENT // 2)  # half of it is of no use to zstd
        row = (ON_DESK, b"filling %d" % number, half + bytes(DOCUMENT // 2))
        raw.execute("INSERT INTO document_body (patient_id, uid, body) VALUES (?, ?, ?)", row)
    raw.execute("COMMIT")
    raw.close()
    return served


def make_rounds() -> None:
    """A round for each line, in this process as in the served one, until there are no more."""
    for _ in sys.stdin:
        done = rounds_here(the_house(), the_house().system_desk(), ()).go(at_once=True)
        print(json.dumps({"troubles": sorted(done.troubles)}), flush=True)


def log_of(folder: Path, entries: int) -> tuple[ASGIApp, str]:
    """A clinic with a log of that many entries, and the cookie of its administrator."""
    os.environ["MEDILINK_CORPORA"] = str(folder / "none")
    config = replace(read_config(data=str(folder)), keys_dir=folder, hash_cost="light")
    house = open_house(config)
    with contextlib.redirect_stdout(sys.stderr):
        furnish(house, PATIENTS)
    event, last = house.desk().event(Act.OPEN_RECORD, method=Method.CARE), house.store.log.head()
    data_key = house._data_key
    house.close()
    fill_log(config.store_file, data_key, event, last, entries)
    house.unlock(PASSWORD)
    return build_app(house), _sign_in(house, ADMIN)


def _sign_in(house: House, user_name: str = DOCTOR) -> str:
    known = house.store.accounts.by_user_name(user_name)
    assert known is not None
    cookie, session = house.sessions.begin(known.account, LOOPBACK, "bench")
    session.patient = ON_DESK
    return cookie


def empty(folder: Path) -> tuple[ASGIApp, str]:
    """Streamlit with MediLink's settings and nothing on the page."""
    set_streamlit()
    script = folder / "empty.py"
    script.write_text(EMPTY_PAGE, "utf-8")

    @contextlib.asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[dict[str, object]]:
        gc.collect()
        gc.freeze()
        yield {}

    return st.App(script, lifespan=lifespan), ""


def main(kind: str, folder: Path) -> None:
    if kind.startswith("backing-up-"):
        app, cookie = backing_up(folder, int(kind.removeprefix("backing-up-")))
    elif kind.startswith("log-"):
        app, cookie = log_of(folder, int(kind.removeprefix("log-")))
    else:
        app, cookie = {"medilink": medilink, "empty": empty}[kind](folder)
    asyncio.run(_serve(app, cookie))


async def _serve(app: ASGIApp, cookie: str) -> None:
    held = claim(LOOPBACK, 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[held]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    address = f"http://{LOOPBACK}:{held.getsockname()[1]}"
    print(json.dumps({"address": address, "cookie": cookie, "pid": os.getpid()}), flush=True)
    await asyncio.to_thread(make_rounds)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
