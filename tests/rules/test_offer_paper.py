"""A code to take along keeps its words with it, and reads from screen, file and paper."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from exports.offer_paper import OfferPaper, draw_offer_paper, draw_offer_picture
from ui.reading import read_codes

TEXT = "ML1:" + "A7B9C" * 190  # 954 characters: nearly the finest code there is
PAPER = OfferPaper(TEXT, "Kibera South Health Centre", "3 March 2026, 11:00")


def say(text: str, **facts: object) -> str:
    return text.format(**facts)


def test_the_saved_picture_is_read_also_after_a_messenger_has_shrunk_it() -> None:
    saved = draw_offer_picture(PAPER, say)
    assert read_codes(saved) == [TEXT]
    sent = io.BytesIO()
    shrunk = Image.open(io.BytesIO(saved)).resize((720, 1168))
    shrunk.save(sent, "JPEG", quality=70)
    assert read_codes(sent.getvalue()) == [TEXT]


def test_the_paper_says_what_it_is_and_what_to_ask_for() -> None:
    [page] = PdfReader(io.BytesIO(draw_offer_paper(PAPER, say))).pages
    told = " ".join(page.extract_text().split())
    for words in ("MediLink", "Kibera South Health Centre", "until 3 March 2026, 11:00",
                  "ask the patient for the six digits"):  # fmt: skip
        assert words in told


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no pdftoppm here")
def test_the_printed_page_is_read_when_it_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "code.pdf").write_bytes(draw_offer_paper(PAPER, say))
    command = ["pdftoppm", "-r", "150", "-gray", "-singlefile", "-png", "code.pdf", "code"]
    subprocess.run(command, cwd=tmp_path, check=True)
    turned = Image.open(tmp_path / "code.png").rotate(4, expand=True, fillcolor=255)
    scanned = io.BytesIO()
    turned.convert("L").save(scanned, "JPEG", quality=80)
    assert read_codes(scanned.getvalue()) == [TEXT]
