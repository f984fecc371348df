"""The signed record inside an Excel workbook: a custom XML part (ECMA-376-1, 15.2.4 and 15.2.5),
which spreadsheets carry along without showing it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from base64 import b64decode, b64encode

from medilink.errors import FileUnreadable

NAMESPACE = "urn:medilink:signed-record"
LARGEST_PART = 256 * 1024 * 1024  # bytes unpacked: more would be a bomb
_ITEM, _PROPERTIES = "customXml/item1.xml", "customXml/itemProps1.xml"
_ITEM_LINKS, _BOOK_LINKS = "customXml/_rels/item1.xml.rels", "xl/_rels/workbook.xml.rels"
_TYPES = "[Content_Types].xml"
_STORE_ID = "{6D656469-6C69-4E6B-8000-000000000001}"  # any GUID: it names the part in its workbook
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_BROKEN = (zipfile.BadZipFile, zlib.error)
_ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)
# Found by its text, not by a parser: a stranger's XML is not worth its risks for one element.
_RECORD = re.compile(
    rb'<record xmlns="' + re.escape(NAMESPACE.encode()) + rb'">([A-Za-z0-9+/=\s]*)</record>'
)


def with_record(workbook: bytes, record: bytes) -> bytes:
    """The workbook with the signed record inside."""
    parts = _links(record)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == _TYPES:
                content = _before_end(content, "</Types>", _override())
            elif name == _BOOK_LINKS:
                content = _before_end(
                    content, "</Relationships>", _link(f"../{_ITEM}", "customXml")
                )
            _put(after, name, content)
        for name, content in parts.items():
            _put(after, name, content)
    return out.getvalue()


def read_record_from_xlsx(workbook: bytes) -> bytes:
    """The signed record in a workbook, also after a spreadsheet has saved it anew under another
    name of its part. Raises FileUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
            for info in packed.infolist():
                if not re.fullmatch(r"customXml/item\d+\.xml", info.filename):
                    continue
                if info.file_size > LARGEST_PART:
                    raise FileUnreadable(why="it is too big")
                with packed.open(info) as part:
                    found = _RECORD.search(part.read(LARGEST_PART))
                if found:
                    return b64decode(found[1])
    except (*_BROKEN, EOFError, NotImplementedError, RuntimeError, ValueError) as trouble:
        raise FileUnreadable(why="it is damaged, or no Excel file") from trouble
    raise FileUnreadable(why="it holds no signed record")


def _links(record: bytes) -> dict[str, bytes]:
    item = f'{_XML}<record xmlns="{NAMESPACE}">{b64encode(record).decode()}</record>'
    properties = (
        f'{_XML}<ds:datastoreItem ds:itemID="{_STORE_ID}" xmlns:ds="{_OFFICE}/customXml">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    link = _link("itemProps1.xml", "customXmlProps")
    links = f'{_XML}<Relationships xmlns="{_PACKAGE}">{link}</Relationships>'
    return {_ITEM: item.encode(), _PROPERTIES: properties.encode(), _ITEM_LINKS: links.encode()}


def _link(target: str, kind: str) -> str:
    kept = f"{_OFFICE}/relationships/{kind}"
    return f'<Relationship Id="rIdMediLink" Type="{kept}" Target="{target}"/>'


def _override() -> str:
    return f'<Override PartName="/{_PROPERTIES}" ContentType="{_PROPERTIES_TYPE}"/>'


def _before_end(content: bytes, end: str, more: str) -> bytes:
    return content.replace(end.encode(), f"{more}{end}".encode())


def _put(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _ZIP_BEGINS)
    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
    info.external_attr = 0o600 << 16
    packed.writestr(info, content)
