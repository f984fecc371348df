"""Files locked with a password: they open with it, in other programs too, and with nothing else."""

from __future__ import annotations

import contextlib
import io
import unicodedata
import zipfile

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NameObject, TextStringObject

from medilink.errors import FilePasswordWrong, FileUnreadable, PasswordWeak
from security.locked_files import lock_pdf, lock_zip, open_locked_zip, unlock_pdf

PASSWORD = "mango river lantern quiet"
CONTENT = b"Wanjiku, malaria, " * 500
WEAK = ["", "a", "password12", "1234567890", "kisumukisumu"]


def tagged_pdf() -> bytes:
    """A page with a structure tree and a language, and a file attached."""
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_attachment("record.json", CONTENT)
    tree = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/StructTreeRoot"),
            NameObject("/K"): ArrayObject(
                [
                    DictionaryObject(
                        {
                            NameObject("/S"): NameObject("/Document"),
                            NameObject("/Alt"): TextStringObject("Medical record"),
                        }
                    )
                ]
            ),
        }
    )
    root = writer.root_object
    root[NameObject("/StructTreeRoot")] = writer._add_object(tree)
    root[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    root[NameObject("/Lang")] = TextStringObject("sw")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def what_stays(reader: PdfReader) -> tuple[object, ...]:
    root = reader.root_object
    tree = root["/StructTreeRoot"]
    return (
        reader.attachments["record.json"],
        root["/Lang"],
        root["/MarkInfo"]["/Marked"],  # type: ignore[index]
        tree["/K"][0]["/Alt"],  # type: ignore[index]
        len(reader.pages),
    )


def test_a_zip_opens_with_its_password() -> None:
    locked = lock_zip("K7PM-3QXE.zip", CONTENT, PASSWORD)
    assert open_locked_zip(locked, PASSWORD) == [("K7PM-3QXE.zip", CONTENT)]
    assert b"malaria" not in locked


def test_a_zip_is_locked_by_aes_256_and_not_by_the_old_cipher() -> None:
    with zipfile.ZipFile(io.BytesIO(lock_zip("a.json", CONTENT, PASSWORD))) as packed:
        [held] = packed.infolist()
    assert held.flag_bits & 1
    assert held.compress_type == 99  # WinZip's mark for AES
    assert held.extra[8] == 3  # 256 bits


def test_no_two_are_alike() -> None:
    assert lock_zip("a", CONTENT, PASSWORD) != lock_zip("a", CONTENT, PASSWORD)


@pytest.mark.parametrize("wrong", ["", "mango river lantern quieT", "x" * 300])
def test_a_wrong_password_opens_nothing(wrong: str) -> None:
    with pytest.raises(FilePasswordWrong):
        open_locked_zip(lock_zip("a.json", CONTENT, PASSWORD), wrong)
    with pytest.raises(FilePasswordWrong):
        unlock_pdf(lock_pdf(tagged_pdf(), PASSWORD), wrong)


@pytest.mark.parametrize("weak", WEAK)
def test_what_is_guessed_at_once_locks_nothing(weak: str) -> None:
    with pytest.raises(PasswordWeak):
        lock_zip("a.json", CONTENT, weak)
    with pytest.raises(PasswordWeak):
        lock_pdf(tagged_pdf(), weak)


def test_a_password_is_the_same_from_every_keyboard() -> None:
    typed = unicodedata.normalize("NFD", "maïs rivière lanterne été")
    also = unicodedata.normalize("NFC", typed)
    assert open_locked_zip(lock_zip("a", CONTENT, typed), also) == [("a", CONTENT)]
    unlock_pdf(lock_pdf(tagged_pdf(), typed), also)


def test_every_changed_byte_of_a_locked_zip_is_noticed() -> None:
    locked = lock_zip("a.json", CONTENT, PASSWORD)
    start = locked.index(b"a.json") + 40
    for place in range(start, start + 60, 7):
        changed = bytearray(locked)
        changed[place] ^= 0x40
        with pytest.raises((FileUnreadable, FilePasswordWrong)):
            open_locked_zip(bytes(changed), PASSWORD)


@pytest.mark.parametrize(
    "junk", [b"", b"PK", b"PK\x03\x04" + b"x" * 90, b"%PDF-1.7\n", b"\0" * 500]
)
def test_what_is_neither_is_told(junk: bytes) -> None:
    with pytest.raises(FileUnreadable):
        open_locked_zip(junk, PASSWORD)
    with pytest.raises(FileUnreadable):
        unlock_pdf(junk, PASSWORD)
    with pytest.raises(FileUnreadable):
        lock_pdf(junk, PASSWORD)


def test_a_pdf_keeps_what_is_attached_and_its_structure() -> None:
    before = what_stays(PdfReader(io.BytesIO(tagged_pdf())))
    locked = lock_pdf(tagged_pdf(), PASSWORD)
    assert b"malaria" not in locked
    reader = PdfReader(io.BytesIO(locked))
    assert reader.is_encrypted
    assert reader.decrypt(PASSWORD)
    assert what_stays(reader) == before
    assert reader.trailer["/Encrypt"]["/V"] == 5  # type: ignore[index]  # AES-256, ISO 32000-2
    plain = PdfReader(io.BytesIO(unlock_pdf(locked, PASSWORD)))
    assert not plain.is_encrypted
    assert what_stays(plain) == before


def test_a_damaged_pdf_is_told_and_nothing_of_it_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    locked = lock_pdf(tagged_pdf(), PASSWORD)
    for place in range(0, len(locked), 211):
        damaged = bytearray(locked)
        damaged[place] ^= 0x15
        with contextlib.suppress(FileUnreadable, FilePasswordWrong):
            unlock_pdf(bytes(damaged), PASSWORD)
    assert caplog.text == ""


def test_another_program_opens_the_pdf() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    locked = lock_pdf(tagged_pdf(), PASSWORD)
    with pytest.raises(pdfium.PdfiumError):
        pdfium.PdfDocument(locked)
    assert len(pdfium.PdfDocument(locked, password=PASSWORD)) == 1
