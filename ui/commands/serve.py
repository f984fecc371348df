"""`python run.py`: start MediLink and open its page."""

from __future__ import annotations

import logging

from medilink.config import read_config
from medilink.errors import MediLinkError
from ui.app import build_app
from ui.commands.options import FINE, claim_folder, complain, parser
from ui.house import open_house
from ui.serving import serve


def main(argv: list[str]) -> int:
    """Serve until Ctrl-C. 0 when stopped, 1 with one sentence when it cannot start."""
    options = parser("", "Start MediLink and open its page in the browser.")
    options.add_argument(
        "--host",
        help="127.0.0.1: this computer only; 0.0.0.0 (default): also other devices, over TLS",
    )
    options.add_argument(
        "--port",
        type=int,
        help="port on this computer (default 8600); other devices use the next one",
    )
    options.add_argument("--no-browser", action="store_true", help="open no browser")
    options.add_argument(
        "--no-backups",
        action="store_true",
        help="make none by itself: the computer's own timer runs `backup --when-due`",
    )
    given = options.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    config = read_config(
        data=given.data,
        host=given.host,
        port=given.port,
        open_browser=not given.no_browser,
        own_backups=not given.no_backups,
    )
    try:
        lock = claim_folder(config)
        with lock:
            house = open_house(config)
            house.try_to_open()
            serve(build_app(house), config)
    except MediLinkError as error:
        return complain(error)
    return FINE
