"""Is a workbook safe to parse? Sizes are measured first, because the parser trusts the file.

A few hundred kilobytes can unpack to gigabytes, and two cells in opposite corners of a sheet make the parser
lay out every cell between them.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from agencyqa.spreadsheets.problems import Problem, UnreadableTable


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 10 * 1024 * 1024
    unpacked_bytes: int = 50 * 1024 * 1024
    members: int = 500
    cells: int = 1_000_000


WORKBOOK = "xl/workbook.xml"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_CHUNK = 4 * 1024 * 1024
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,4})([0-9]{1,8})["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHEET = re.compile(r"xl/worksheets/.+\.xml")


def check(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The parts of the workbook by path. Raise UnreadableTable where parsing would fail or cost too much."""
    if len(data) > limits.file_bytes:
        raise _refusal("table.file_too_large", megabytes=limits.file_bytes // 1024 // 1024)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise _refusal("table.not_a_workbook") from error
    if not any(member.filename.lower() == WORKBOOK for member in members):
        raise _refusal("table.not_a_workbook")
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise _refusal("table.unpacks_too_large", megabytes=limits.unpacked_bytes // 1024 // 1024)
    parts: dict[str, bytes] = {}
    for member in members:
        name = member.filename.lstrip("/").lower()
        parts[name] = _unpacked(data, member)
        if _SHEET.fullmatch(name) and _area(parts[name]) > limits.cells:
            raise _refusal("table.too_many_cells", cells=limits.cells)
    return parts


def _unpacked(data: bytes, member: zipfile.ZipInfo) -> bytes:
    """The content; a member that holds more than its declared size is refused, for the parser would unpack it all."""
    try:
        header = _LOCAL_HEADER.unpack_from(data, member.header_offset)
    except struct.error as error:
        raise _refusal("table.not_a_workbook") from error
    start = member.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    packed = data[start : start + member.compress_size]
    method = member.compress_type
    readable = method in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} and not member.flag_bits & 1
    if header[0] != b"PK\x03\x04" or not readable:
        raise _refusal("table.not_a_workbook")
    try:
        content = packed if method == zipfile.ZIP_STORED else b"".join(_inflated(packed, member.file_size))
    except zlib.error as error:
        raise _refusal("table.not_a_workbook") from error
    if len(content) != member.file_size:
        raise _refusal("table.not_a_workbook")
    return content


def _inflated(packed: bytes, size: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    total = 0
    while not inflater.eof and total <= size:
        part = inflater.decompress(packed, _CHUNK)
        packed = inflater.unconsumed_tail
        if not part and not packed:
            return
        total += len(part)
        yield part


def _area(sheet: bytes) -> int:
    """How many cells the parser would lay out: from the first to the last, with everything between."""
    rows = columns = references = 0
    for letters, digits in _REFERENCE.findall(sheet):
        references += 1
        rows = max(rows, int(digits))
        if letters:
            columns = max(columns, _column_number(letters))
    # Rows and cells that do not say where they stand follow the one before.
    tags = len(_ROW.findall(sheet)) + len(_CELL.findall(sheet))
    unplaced = max(0, tags - references)
    return (rows + unplaced) * max(1, columns + min(unplaced, 16_384))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _refusal(code: str, **params: int) -> UnreadableTable:
    return UnreadableTable(Problem("", None, code, dict(params)))
