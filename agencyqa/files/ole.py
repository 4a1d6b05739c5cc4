"""The container of Office before 2007, in which WPS writes too: a little file system of sectors.

Only its list of entries and the first sector of the main stream are read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from agencyqa.files.enums import FileKind
from agencyqa.files.errors import FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128
# Sectors of the list of entries: 4,096 hold at least 16,384 entries, and a document has some dozens.
_LONGEST_CHAIN = 4096
_LAST = 0xFFFFFFFA
_STREAM = 2
_ROOT = 5
_BY_STREAM = {
    "WordDocument": FileKind.DOC,
    "Workbook": FileKind.XLS,
    "Book": FileKind.XLS,
    "PowerPoint Document": FileKind.PPT,
}
_ENCRYPTED = {"EncryptedPackage", "EncryptedSummary"}
_MACROS = {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "Macros", "VBA"}
# A presentation keeps its macros inside its one stream; this record says whether it has any.
_MACRO_RECORD = bytes.fromhex("020000040c000000")
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


def kind_of(stream: BinaryIO, size: int) -> FileKind:
    """Raise FileRefused for what is broken, encrypted, no document, or holds macros."""
    try:
        container = _Container(stream, size)
        entries = container.entries()
        names = {entry.name for entry in entries}
        if names & _ENCRYPTED:
            raise FileRefused("file_encrypted")
        if names & _MACROS:
            raise FileRefused("file_macros")
        for entry in _at_the_top(entries):
            kind = _BY_STREAM.get(entry.name)
            if kind is not None and entry.kind == _STREAM:
                _check_main(container, kind, entry, entries[0])
                return kind
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise FileRefused("file_damaged") from error
    raise FileRefused("file_kind_unknown")


def _check_main(container: _Container, kind: FileKind, entry: Entry, root: Entry) -> None:
    if kind is FileKind.PPT:
        if _has_macro_record(container.stream):
            raise FileRefused("file_macros")
        return
    start = container.beginning(entry, root)
    encrypted = _word_is_encrypted(start) if kind is FileKind.DOC else _excel_is_encrypted(start)
    if encrypted:
        raise FileRefused("file_encrypted")


def _word_is_encrypted(start: bytes) -> bool:
    return len(start) > 11 and bool(struct.unpack_from("<H", start, 10)[0] & 0x0100)


def _excel_is_encrypted(start: bytes) -> bool:
    at = 0
    while at + 4 <= len(start):
        record, length = struct.unpack_from("<HH", start, at)
        if record == 0x002F:
            return True
        at += 4 + length
    return False


def _has_macro_record(stream: BinaryIO) -> bool:
    stream.seek(0)
    before = b""
    while piece := stream.read(_PIECE):
        text = before + piece
        at = text.find(_MACRO_RECORD)
        while at >= 0:
            if text[at + 12 : at + 16] == b"\x01\x00\x00\x00":
                return True
            at = text.find(_MACRO_RECORD, at + 1)
        before = text[-16:]
    return False


def _at_the_top(entries: list[Entry]) -> list[Entry]:
    """The entries beside each other directly below the root, which hang on a tree of left and right."""
    found: dict[int, Entry] = {}
    waiting = [entries[0].child]
    while waiting:
        number = waiting.pop()
        if number < len(entries) and number not in found:
            found[number] = entries[number]
            waiting += [entries[number].left, entries[number].right]
    return list(found.values())


class _Container:
    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream = stream
        self.size = size
        stream.seek(0)
        header = stream.read(_HEADER)
        shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if shift not in {9, 12} or mini_shift != 6:
            raise FileRefused("file_damaged")
        self.sector = 1 << shift
        self.mini_sector = 1 << mini_shift
        self.first_entry = struct.unpack_from("<I", header, 48)[0]
        self.cutoff = struct.unpack_from("<I", header, 56)[0]
        self.tables = list(struct.unpack_from("<109I", header, 76))
        self._add_tables(struct.unpack_from("<I", header, 68)[0])

    def _add_tables(self, following: int) -> None:
        """Large files list the places of their tables in sectors of their own."""
        seen = set[int]()
        while following < _LAST and following not in seen and len(seen) < _LONGEST_CHAIN:
            seen.add(following)
            numbers = struct.unpack(f"<{self.sector // 4}I", self._at(following))
            self.tables += numbers[:-1]
            following = numbers[-1]

    def _at(self, number: int) -> bytes:
        place = (number + 1) * self.sector
        if place >= self.size:
            raise FileRefused("file_damaged")
        self.stream.seek(place)
        # The last sector of a file may be cut short.
        return self.stream.read(self.sector).ljust(self.sector, b"\0")

    def _next(self, number: int) -> int:
        row, column = divmod(number, self.sector // 4)
        self.stream.seek((self.tables[row] + 1) * self.sector + 4 * column)
        following: int = struct.unpack("<I", self.stream.read(4))[0]
        return following

    def entries(self) -> list[Entry]:
        found: list[Entry] = []
        number, seen = self.first_entry, set[int]()
        while number < _LAST:
            if number in seen or len(seen) >= _LONGEST_CHAIN:
                raise FileRefused("file_damaged")
            seen.add(number)
            data = self._at(number)
            found += [_entry(data[at : at + _ENTRY]) for at in range(0, self.sector, _ENTRY)]
            number = self._next(number)
        if not found or found[0].kind != _ROOT:
            raise FileRefused("file_damaged")
        return found

    def beginning(self, entry: Entry, root: Entry) -> bytes:
        """The first bytes of a stream: a sector, or of a small stream one of the small sectors that the root holds."""
        if entry.size >= self.cutoff:
            return self._at(entry.start)
        number = root.start
        sectors, inside = divmod(entry.start * self.mini_sector, self.sector)
        if sectors > _LONGEST_CHAIN:
            raise FileRefused("file_damaged")
        for _ in range(sectors):
            number = self._next(number)
        return self._at(number)[inside : inside + self.mini_sector]


def _entry(data: bytes) -> Entry:
    length, kind, left, right, child = struct.unpack_from("<HBxIII", data, 64)
    start, size = struct.unpack_from("<II", data, 116)
    return Entry(
        data[: max(0, min(length, 64) - 2)].decode("utf-16-le"), kind, left, right, child, start, size
    )
