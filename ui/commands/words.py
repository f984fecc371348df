"""The verb `words`: bring the catalogues of all languages up to date with the texts of the code.

`python run.py words` keeps every translation that is still asked for, adds what is new with an
empty translation, drops what nothing says any more, and names what is missing. `python run.py words
am` begins a new language (a BCP 47 tag).
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from ui.commands.options import FAILED, FINE
from ui.words import read_catalogue
from ui.words.texts import Text, all_texts

FOLDER = Path(__file__).parents[1] / "words"


def main(argv: list[str]) -> int:
    """Bring the catalogues up to date; exit code 1 while a text is not translated."""
    arguments = _parser().parse_args(argv)
    texts, missing = all_texts(), 0
    for language in sorted({path.stem for path in FOLDER.glob("*.po")} | set(arguments.language)):
        try:
            name = Locale.parse(language).english_name
        except (UnknownLocaleError, ValueError):
            print(f"{language} is no language MediLink knows the dates and numbers of.")
            return FAILED
        untranslated = bring_up_to_date(language, texts)
        missing += len(untranslated)
        print(f"{name}: {len(texts) - len(untranslated)} of {len(texts)} texts")
        for text in untranslated[:20]:
            print(f"  {text.one}")
    return FAILED if missing else FINE


def bring_up_to_date(language: str, texts: list[Text]) -> list[Text]:
    """Write a language's catalogue with exactly these texts; those without a translation."""
    before = read_catalogue(language)
    made = Catalog(language, project="MediLink", charset="utf-8", fuzzy=False)
    untranslated = []
    for text in texts:
        id_ = (text.one, text.many) if text.many else text.one
        known = before.get(text.one)
        same_kind = known is not None and isinstance(known.id, str) != bool(text.many)
        string = known.string if known and same_kind else ""
        made.add(id_, string)
        if not string or not all(string):
            untranslated.append(text)
    written = BytesIO()
    write_po(written, made, width=100, omit_header=False, sort_output=True)
    (FOLDER / f"{language}.po").write_bytes(_without_dates(written.getvalue()))
    read_catalogue.cache_clear()
    return untranslated


def _without_dates(po: bytes) -> bytes:
    """The header without what changes on every run: the file differs only where a text does."""
    kept = (line for line in po.splitlines(keepends=True)
            if not line.startswith((b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Last-Trans',
                                    b'"Language-Team', b'"Report-Msgid', b"#")))  # fmt: skip
    return b"".join(kept).lstrip()


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python run.py words", description=__doc__)
    made.add_argument("language", nargs="*", help="a language to begin, like am")
    return made
