"""What a file is, by its content alone, and whether a content of that kind is taken.

These are checks of structure. They keep out what would run or could not be opened, and are no search for viruses.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from agencyqa.files import archives, ole
from agencyqa.files.enums import FileKind
from agencyqa.files.errors import FileRefused
from agencyqa.files.names import ENDINGS, ending_of
from agencyqa.web.labels import label_of

_HEAD = 1024
_TAIL = 64 * 1024
# A table of references may be long; its trailer is looked for in this much of it.
_TABLE = 4 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_START = re.compile(rb"startxref\s+(\d{1,12})")
_ENCRYPT = re.compile(rb"/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)")


def kind_of(stream: BinaryIO, size: int, name: str) -> FileKind:
    """Raise FileRefused where the content is not taken, or ``name`` says that it is something else.

    ``name`` has been cleaned; one without an ending says nothing. The stream is read in bounded memory.
    """
    if not size:
        raise FileRefused("file_empty")
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(archives.SIGNATURE):
        kind = archives.kind_of(stream, size)
    elif head.startswith(ole.SIGNATURE):
        kind = ole.kind_of(stream, size)
    else:
        kind = _plain_kind(head)
        if kind is FileKind.PDF:
            _check_pdf(stream, size)
        if archives.ends_as_archive(stream, size):
            # Two programs would open two different things under one hash.
            raise FileRefused("file_two_kinds", kind=label_of(kind))
    _check_ending(kind, name)
    return kind


def _plain_kind(head: bytes) -> FileKind:
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    if head.startswith(_PNG) and head[12:16] == b"IHDR":
        return FileKind.PNG
    if head.startswith(_JPEG):
        return FileKind.JPEG
    raise FileRefused("file_kind_unknown")


def _check_ending(kind: FileKind, name: str) -> None:
    ending = ending_of(name)
    if ending and ending not in ENDINGS[kind]:
        raise FileRefused("file_mislabelled", ending=ending, kind=label_of(kind), right=ENDINGS[kind][0])


def _check_pdf(stream: BinaryIO, size: int) -> None:
    """A protected file says so in the trailer that the end of the file points to."""
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    starts = _START.findall(tail)
    trailer = tail[tail.rfind(b"trailer") :] if b"trailer" in tail else b""
    if starts and int(starts[-1]) < size:
        stream.seek(int(starts[-1]))
        trailer += _trailer_at(stream)
    if _ENCRYPT.search(trailer):
        raise FileRefused("file_encrypted")


def _trailer_at(stream: BinaryIO) -> bytes:
    """The dictionary behind a table of references, or of the stream that stands for one."""
    found = stream.read(_HEAD)
    if not found.lstrip().startswith(b"xref"):
        while b"stream" not in found and len(found) < _TAIL and (more := stream.read(_HEAD)):
            found += more
        return found.partition(b"stream")[0]
    read = len(found)
    while b"trailer" not in found and read < _TABLE and (more := stream.read(_TAIL)):
        # Only the end of what was read before can hold the beginning of the word.
        found = found[-len(b"trailer") :] + more
        read += len(more)
    return found[max(0, found.find(b"trailer")) :] + stream.read(_HEAD)
