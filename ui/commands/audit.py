"""`python run.py audit …`: is the log whole; hand it out for others to check; archive its old part.

audit verify [--receipt TEXT|PICTURE …] [--json]
audit export FILE [--details]           all of it, with the checker beside it
audit prove FILE --receipt TEXT|PICTURE …
audit archive
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from medilink.acts.log_export import export_log, prove_receipts
from medilink.acts.log_proof import verify_log
from medilink.acts.log_upkeep import archive_old_entries
from medilink.desk import Desk
from medilink.errors import LogReceiptUnreadable, MediLinkError
from medilink.log_check import Head, Verdict
from security import check_log
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser
from ui.reading import read_codes

CHECKER = Path(check_log.__file__)


def main(argv: list[str]) -> int:
    """0 when all is well; 1 when the log is not whole, or something cannot be read or written."""
    given = _options().parse_args(argv)
    try:
        receipts = [_receipt_text(one) for one in getattr(given, "receipt", ())]
        house = opened_house(config_of(given))
        try:
            return _do(given, house.system_desk(), house.outside_head(), receipts)
        finally:
            house.close()
    except MediLinkError as error:
        return complain(error)
    except OSError as trouble:
        print(f"The file could not be read or written: {trouble.strerror}.")
        return FAILED


def _options() -> argparse.ArgumentParser:
    options = parser("audit", "Check, hand out and archive the log of everything that was done.")
    kinds = options.add_subparsers(dest="what", required=True)
    verify = kinds.add_parser("verify", help="is the log whole")
    verify.add_argument("--json", action="store_true")
    export = kinds.add_parser("export", help="the whole log as a file others can check")
    export.add_argument("file", type=Path)
    export.add_argument("--details", action="store_true", help="with names and addresses")
    prove = kinds.add_parser("prove", help="the proof for receipts as a file")
    prove.add_argument("file", type=Path)
    for one in (verify, prove):
        one.add_argument(
            "--receipt",
            action="append",
            default=[],
            metavar="TEXT",
            help="a receipt: its text, its line of words, or a picture of its code",
        )
    kinds.add_parser("archive", help="move old entries into signed, packed parts now")
    for one in kinds.choices.values():
        one.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS)
    return options


def _do(given: argparse.Namespace, desk: Desk, outside: Head | None, receipts: list[str]) -> int:
    match given.what:
        case "verify":
            return _verify(desk, outside, receipts, as_json=given.json)
        case "export":
            _write(given.file, export_log(desk, details=given.details))
        case "prove":
            _write(given.file, [prove_receipts(desk, receipts)])
        case _:
            print(f"Archived: {archive_old_entries(desk)} entries.")
    return FINE


def _verify(desk: Desk, outside: Head | None, receipts: list[str], *, as_json: bool) -> int:
    verdict = verify_log(desk, outside, receipts)
    if as_json:
        print(json.dumps(_as_json(verdict, outside, len(receipts))))
    elif verdict.sound:
        known = [f"the head kept outside (entry {outside.seq})"] if outside else []
        known += [f"{len(receipts)} receipts"] if receipts else []
        agrees = f"; agrees with {' and '.join(known)}" if known else ""
        print(f"The log is whole: {verdict.checked} entries{agrees}.")
    else:
        print(f"The log is NOT whole. First broken entry: {verdict.broken_at} ({verdict.why}).")
    return FINE if verdict.sound else FAILED


def _as_json(verdict: Verdict, outside: Head | None, receipts: int) -> dict[str, object]:
    return {
        "sound": verdict.sound,
        "checked": verdict.checked,
        "broken_at": verdict.broken_at,
        "why": verdict.why,
        "head": verdict.head.hash.hex(),
        "outside_head": outside.seq if outside else None,
        "receipts": receipts,
    }


def _write(file: Path, lines: Iterable[str]) -> None:
    """The file, and beside it the program that checks it."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(lines)
    checker = file.parent / CHECKER.name
    checker.write_bytes(CHECKER.read_bytes())
    print(f"Written: {file}. Anyone can check it: python {checker} {file} --receipt TEXT")


def _receipt_text(given: str) -> str:
    """What was given, or what the code in a picture of that name says."""
    if not Path(given).is_file():
        return given
    texts = read_codes(Path(given).read_bytes())
    if not texts:
        raise LogReceiptUnreadable
    return texts[0]
