"""Small real files of every kind, and contents already kept."""

from __future__ import annotations

import hashlib
import io
import itertools
import secrets
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.files.enums import FileKind, ScanState, UploadState
from agencyqa.files.models import PartialUpload, StoredFile
from agencyqa.files.services import keep_bytes
from tests.factories.accounts import NOW

_numbers = itertools.count(1)
_OFFICE = {
    FileKind.DOCX: "word/document.xml",
    FileKind.XLSX: "xl/workbook.xml",
    FileKind.PPTX: "ppt/presentation.xml",
}
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="{kind}"/></Types>'
)
SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def pdf(text: str = "report", *, padding: int = 0, trailer: bytes = b"") -> bytes:
    """One empty page that a reader opens; ``text`` makes it differ from others, ``padding`` makes it larger."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    out = b"%PDF-1.7\n% " + text.encode() + b"\n%" + b"." * padding + b"\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + table
    return out + b"trailer\n<</Size 4/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name, (2022, 1, 1, 0, 0, 0)), data, method)
    return target.getvalue()


def office(kind: FileKind, more: Mapping[str, bytes] | None = None, *, main_type: str = "main+xml") -> bytes:
    """A package with the parts by which its kind is known."""
    part = _OFFICE[kind]
    types = _TYPES.format(part=part, kind=main_type).encode()
    return archive({"[Content_Types].xml": types, part: b"<x/>", **(more or {})})


def ofd() -> bytes:
    return archive({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<ofd:Document/>"})


def old_office(stream: str, *, start: bytes = b"", beside: tuple[str, ...] = ()) -> bytes:
    """The container of before 2007 with one main stream of 4,096 bytes and empty streams ``beside`` it."""
    names = ["Root Entry", stream, *beside]
    names += [""] * (-len(names) % 4)
    entries = b""
    for number, name in enumerate(names):
        text = name.encode("utf-16-le")
        kind = 5 if number == 0 else 2 if name else 0
        child = 1 if number == 0 else _FREE
        right = number + 1 if 0 < number < 1 + len(beside) else _FREE
        place, size = (1 + len(names) // 4, 4096) if number == 1 else (_END, 0)
        entries += text.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(text) + 2 if name else 0, kind, 1, _FREE, right, child
        )
        entries += bytes(36) + struct.pack("<III", place, size, 0)
    sectors = len(names) // 4
    table = [_TABLE, *range(2, 1 + sectors), _END, *range(2 + sectors, 9 + sectors), _END]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<I", _FREE) * 108
    numbers = b"".join(struct.pack("<I", number) for number in table).ljust(SECTOR, b"\xff")
    return header.ljust(SECTOR, b"\0") + numbers + entries + start.ljust(4096, b"\0")


def make_stored(app: Flask, session: Session, data: bytes | None = None) -> StoredFile:
    """A kept content with its row: by default a PDF that no other call has made."""
    with app.app_context():
        return keep_bytes(session, data or pdf(f"stored {next(_numbers)}"), now=NOW)


def make_stored_row(session: Session, kind: FileKind = FileKind.PDF, size: int = 1234) -> StoredFile:
    """Only the row, for tests that never open the content."""
    sha256 = hashlib.sha256(b"row %d" % next(_numbers)).hexdigest()
    row = StoredFile(
        sha256=sha256, size=size, kind=kind, stored_at=NOW, scan_state=ScanState.NOT_SCANNED, scan_detail=""
    )
    session.add(row)
    session.flush()
    return row


def make_upload(session: Session, membership: Membership) -> PartialUpload:
    """A file of which a half has come, without its bytes."""
    upload = PartialUpload(
        token=secrets.token_urlsafe(32),
        membership_id=membership.id,
        place="/",
        file_name="half.pdf",
        size=2000,
        received=1000,
        state=UploadState.OPEN,
        created_at=NOW,
        expires_at=NOW + timedelta(days=3),
    )
    session.add(upload)
    session.flush()
    return upload
