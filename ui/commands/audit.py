"""`python run.py audit verify`: is the log whole, or which entry is the first that does not fit."""

from __future__ import annotations

import json

from medilink.acts.log_proof import verify_log
from medilink.errors import MediLinkError
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser


def main(argv: list[str]) -> int:
    """0 when the log is whole; 1 when it is not, or cannot be read."""
    options = parser("audit", "Check the log of everything that was done.")
    options.add_argument("what", choices=["verify"])
    options.add_argument("--json", action="store_true")
    given = options.parse_args(argv)
    try:
        house = opened_house(config_of(given))
        outside = house.outside_head()
        verdict = verify_log(house.system_desk(), outside)
        house.close()
    except MediLinkError as error:
        return complain(error)
    if given.json:
        found = {
            "sound": verdict.sound,
            "checked": verdict.checked,
            "broken_at": verdict.broken_at,
            "why": verdict.why,
            "head": verdict.head.hash.hex(),
            "outside_head": outside.seq if outside else None,
        }
        print(json.dumps(found))
    elif verdict.sound:
        known = f"; agrees with the head kept outside (entry {outside.seq})" if outside else ""
        print(f"The log is whole: {verdict.checked} entries{known}.")
    else:
        print(f"The log is NOT whole. First broken entry: {verdict.broken_at} ({verdict.why}).")
    return FINE if verdict.sound else FAILED
