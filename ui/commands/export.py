"""`python run.py export …`: one record as a signed file, or all of them in a locked zip.

export ML-XXXX-XXXX --to FOLDER [--form pdf|json|csv|xlsx|fhir|ips] [--language sw]
export --all --to FOLDER --why REASON [--form …|ndjson]

The password of a locked file is read from MEDILINK_FILE_PASSWORD; that of the zip is asked for.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from exports.everybody import BULK, AllWanted, everybody_path, export_everybody
from exports.forms import Form
from exports.making import Chosen, make_file
from exports.whole_files import writing_new
from medilink.acts.hand_out import hand_out_by_id
from medilink.desk import Desk
from medilink.errors import MediLinkError
from medilink.handing_out import Asked
from ui.commands.bring_in import PASSWORD
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser
from ui.words import languages
from ui.words.wording import DocumentWords

FORMS = {
    "pdf": Form.PDF.value,
    "json": Form.JSON.value,
    "csv": Form.CSV.value,
    "xlsx": Form.EXCEL.value,
    "fhir": Form.FHIR.value,
    "ips": Form.IPS.value,
    "ndjson": BULK,
}


def main(argv: list[str]) -> int:
    """0 when the file is written; 1 with a sentence when it is not."""
    given = _given(argv)
    try:
        house = opened_house(config_of(given))
    except MediLinkError as error:
        return complain(error)
    try:
        print(f"Written: {_write(house.system_desk(), given)}")
    except MediLinkError as error:
        return complain(error)
    except OSError as trouble:
        print(f"The file could not be written: {trouble.strerror}.", file=sys.stderr)
        return FAILED
    finally:
        house.close()
    return FINE


def _given(argv: list[str]) -> argparse.Namespace:
    options = parser("export", "Records out of MediLink, signed.")
    options.add_argument("who", nargs="?", default="", metavar="MEDILINK-ID")
    options.add_argument("--all", action="store_true", help="every record, in one locked zip")
    options.add_argument("--to", type=Path, default=Path(), metavar="FOLDER")
    options.add_argument("--form", choices=sorted(FORMS), default="json")
    options.add_argument("--language", choices=sorted(languages()), default="en")
    options.add_argument("--why", default="", metavar="REASON", help="it stands in the log")
    given = options.parse_args(argv)
    if bool(given.who) == given.all:
        options.error("name one MediLink ID, or --all")
    if given.form == "ndjson" and not given.all:
        options.error("ndjson is for --all")
    return given


def _write(desk: Desk, given: argparse.Namespace) -> Path:
    words, asked = DocumentWords(given.language), Asked(language=given.language)
    if not given.all:
        form = Form(FORMS[given.form])
        handed = hand_out_by_id(desk, given.who, asked, form.value, given.why)
        password = os.environ.get(PASSWORD, "")
        made = make_file(desk, handed, Chosen(asked, form, words, password=password))
        path: Path = given.to / made.name
        with writing_new(path) as file:
            file.write(made.content)
        return path
    path = everybody_path(given.to, desk.clock())
    export_everybody(
        desk,
        path,
        AllWanted(given.why, FORMS[given.form], asked, words),
        os.environ.get(PASSWORD) or getpass.getpass("Password for the zip: "),
        _bar,
    )
    return path


def _bar(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
