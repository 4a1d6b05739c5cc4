"""Zip archives and the documents that are zip archives: what they hold, and that they open without harm.

The sizes a zip file declares are its maker's word, so they are first looked at and then tried out.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from agencyqa.files.enums import FileKind
from agencyqa.files.errors import FileRefused

SIGNATURE = b"PK\x03\x04"
MAXIMUM_MEMBERS = 10_000
# What a reader would have to hold or write; twice the largest upload of a usual installation.
MAXIMUM_INFLATED = 1024**3
# Sheets full of empty rows reach about 60. Small archives may be denser, since nothing comes of it.
MAXIMUM_RATIO = 200
RATIO_COUNTS_FROM = 64 * 1024 * 1024
_MAXIMUM_DIRECTORY = 8 * 1024 * 1024
_MAXIMUM_TYPES = 1024 * 1024
_PIECE = 256 * 1024
_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_FULL_16 = 0xFFFF
_FULL_32 = 0xFFFFFFFF
_TYPES = "[Content_Types].xml"
_OFFICE = {"word": FileKind.DOCX, "xl": FileKind.XLSX, "ppt": FileKind.PPTX}
_DRIVE = re.compile(r"^[A-Za-z]:")


def kind_of(stream: BinaryIO, size: int) -> FileKind:
    """Raise FileRefused for what is broken, harmful, encrypted, or holds macros."""
    _check_directory(stream, size)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _check_members(members, size)
            _check_contents(stream, members)
            kind = _kind_by_members(archive, members)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError) as error:
        raise FileRefused("file_damaged") from error
    return kind


def ends_as_archive(stream: BinaryIO, size: int) -> bool:
    """Whether a program that looks for archives at the end of a file would find one."""
    end = _find_end(stream, size)
    return end is not None


def _find_end(stream: BinaryIO, size: int) -> tuple[int, bytes] | None:
    """Place and text of the last record of an archive, which reaches to the end of the file exactly."""
    start = max(0, size - _END_LENGTH - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read(_END_LENGTH + _LONGEST_COMMENT)
    at = tail.rfind(_END)
    while at >= 0:
        record = tail[at : at + _END_LENGTH]
        if len(record) == _END_LENGTH and at + _END_LENGTH + struct.unpack("<H", record[20:])[0] == len(tail):
            return start + at, record
        at = tail.rfind(_END, 0, at)
    return None


def _check_directory(stream: BinaryIO, size: int) -> None:
    """The list of members is read at once by whoever opens an archive, so it must be short."""
    found = _find_end(stream, size)
    if found is None:
        raise FileRefused("file_damaged")
    place, record = found
    count, length = struct.unpack("<10xHI", record[:16])
    if count == _FULL_16 or length == _FULL_32:
        count, length = _long_directory(stream, place) or (count, length)
    if count > MAXIMUM_MEMBERS or length > _MAXIMUM_DIRECTORY:
        raise FileRefused("archive_too_many", maximum=MAXIMUM_MEMBERS)


def _long_directory(stream: BinaryIO, place: int) -> tuple[int, int] | None:
    """Number and length as the record for large archives gives them."""
    if place < 20:
        return None
    stream.seek(place - 20)
    mark, at = struct.unpack("<4s4xQ4x", stream.read(20))
    if mark != b"PK\x06\x07" or at >= place:
        return None
    stream.seek(at)
    record = stream.read(56)
    if len(record) < 56 or record[:4] != b"PK\x06\x06":
        return None
    count, length = struct.unpack("<32xQQ8x", record)
    return count, length


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    """What the list says: enough to refuse most of what is harmful without opening anything."""
    if len(members) > MAXIMUM_MEMBERS:
        raise FileRefused("archive_too_many", maximum=MAXIMUM_MEMBERS)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise FileRefused("file_encrypted")
    for member in members:
        name = member.orig_filename.replace("\\", "/")
        if (
            name.startswith("/")
            or _DRIVE.match(name)
            or "\x00" in name
            or ".." in PurePosixPath(name).parts
            or stat.S_ISLNK(member.external_attr >> 16)
        ):
            raise FileRefused("archive_path")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise FileRefused("archive_method")
    inflated = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if inflated > MAXIMUM_INFLATED or (
        inflated > RATIO_COUNTS_FROM and inflated > MAXIMUM_RATIO * max(1, packed)
    ):
        raise FileRefused("archive_bomb")
    # Members that share their bytes make a little file inflate without end.
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end or member.header_offset + member.compress_size > size:
            raise FileRefused("archive_bomb")
        end = member.header_offset + 30 + member.compress_size


def _check_contents(stream: BinaryIO, members: list[zipfile.ZipInfo]) -> None:
    """Every member inflates to just the size it declares; none is ever held whole."""
    for member in members:
        stream.seek(member.header_offset)
        header = stream.read(30)
        if len(header) < 30 or header[:4] != SIGNATURE:
            raise FileRefused("file_damaged")
        name_length, extra_length = struct.unpack("<26xHH", header)
        stream.seek(name_length + extra_length, 1)
        if member.compress_type == zipfile.ZIP_STORED:
            if member.compress_size != member.file_size:
                raise FileRefused("archive_bomb")
            continue
        _inflate(stream, member)


def _inflate(stream: BinaryIO, member: zipfile.ZipInfo) -> None:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    packed, inflated = member.compress_size, 0
    while packed and not machine.eof:
        piece = stream.read(min(_PIECE, packed))
        if not piece:
            raise FileRefused("file_damaged")
        packed -= len(piece)
        while piece:
            inflated += len(machine.decompress(piece, _PIECE))
            if inflated > member.file_size:
                raise FileRefused("archive_bomb")
            piece = machine.unconsumed_tail
    while not machine.eof and (more := machine.decompress(b"", _PIECE)):
        inflated += len(more)
        if inflated > member.file_size:
            raise FileRefused("archive_bomb")
    if inflated != member.file_size:
        raise FileRefused("file_damaged")


def _kind_by_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> FileKind:
    names = {member.filename.replace("\\", "/") for member in members}
    if _TYPES in names:
        lower = [name.lower() for name in names]
        types = archive.getinfo(_TYPES)
        if types.file_size > _MAXIMUM_TYPES:
            raise FileRefused("file_damaged")
        if (
            any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower)
            or b"macroenabled" in archive.read(types).lower()
        ):
            raise FileRefused("file_macros")
        for folder, kind in _OFFICE.items():
            if any(name.startswith(f"{folder}/") for name in names):
                return kind
        raise FileRefused("file_kind_unknown")
    if "OFD.xml" in names:
        return FileKind.OFD
    return FileKind.ZIP
