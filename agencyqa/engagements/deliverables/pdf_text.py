"""The text of a PDF for comparison: lines that a child process reads, without what only the printed page needs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess  # nosec B404
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, BinaryIO

from agencyqa.engagements.deliverables import pdf_reader
from agencyqa.engagements.deliverables.word_text import NoText

# The limit of the processor holds before this one; it is for a process that waits for something.
SECONDS = pdf_reader.SECONDS + 5
# Readers at once in this worker; each may take a processor and as much memory as it is allowed.
AT_ONCE = 2
WAITING_SECONDS = 10
# On average on a page; a scan may have a page number or a stamp as text.
FEWEST_CHARACTERS = 5
_FEWEST_PAGES = 3
_ENDS = re.compile(r"(?<=[。！？；])|(?<=[.!?])\s+(?=[A-Z])")
_NUMBER = re.compile(r"第?\s*[-—–·]*\s*\d{1,4}\s*[-—–·]*\s*(?:页|/\s*\d{1,4})?(?:\s*共\s*\d{1,4}\s*页)?")
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_BETWEEN_CHINESE = re.compile(rf"(?<=[{_CHINESE}])\s+(?=[{_CHINESE}])")
_MEANINGLESS = re.compile(r"[\s|]+")

_readers = threading.BoundedSemaphore(AT_ONCE)


class NoTextLayer(Exception):
    """The pages are pictures, as of a scanned paper."""


class Busy(Exception):
    """Others have long files read at the moment."""


def lines_of(stream: BinaryIO, folder: str) -> list[str]:
    """In the order of reading. Raise NoText, NoTextLayer, ValueError for too long a text, Busy.

    ``folder`` takes the file while it is read, nameless.
    """
    if not _readers.acquire(timeout=WAITING_SECONDS):
        raise Busy
    try:
        with tempfile.TemporaryFile(dir=folder) as file, tempfile.TemporaryFile(dir=folder) as answer:
            shutil.copyfileobj(stream, file)
            file.seek(0)
            pages = _read(file, answer)
    finally:
        _readers.release()
    lines = [line for page in without_margins(pages) for line in page]
    if sum(len(_MEANINGLESS.sub("", line)) for line in lines) < FEWEST_CHARACTERS * max(1, len(pages)):
        raise NoTextLayer
    return lines


def _read(file: IO[bytes], answer: IO[bytes]) -> list[list[str]]:
    command = [sys.executable, "-I", str(Path(pdf_reader.__file__))]
    try:
        # Our own program, its input a file and its settings none.
        done = subprocess.run(  # nosec B603
            command,
            stdin=file,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ValueError("takes too long") from None
    if done.returncode == pdf_reader.TOO_LONG or done.returncode < 0:
        # Below zero: the system ended it, at one of the limits.
        raise ValueError("too long")
    if done.returncode != 0:
        raise NoText
    answer.seek(0)
    pages: list[list[str]] = json.loads(answer.read(pdf_reader.LARGEST_OUTPUT))
    return [[" ".join(line.split()) for line in page if line.strip()] for page in pages]


def without_margins(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Without page numbers, and without what stands at the same edge of at least half of three or more pages."""
    numbered = [[line for line in page if not _NUMBER.fullmatch(line)] for page in pages]
    heads = _repeated([(page[0], n) for n, page in enumerate(numbered, 1) if page], len(pages))
    feet = _repeated([(page[-1], n) for n, page in enumerate(numbered, 1) if len(page) > 1], len(pages))
    found = []
    for n, page in enumerate(numbered, 1):
        begin = bool(page) and _numberless(page[0], n) in heads
        end = len(page) > 1 and _numberless(page[-1], n) in feet
        found.append(page[begin : len(page) - end])
    return found


def _repeated(lines: Iterable[tuple[str, int]], pages: int) -> set[str]:
    if pages < _FEWEST_PAGES:
        return set()
    counts = Counter(_numberless(line, page) for line, page in lines)
    return {line for line, count in counts.items() if count * 2 >= pages}


def _numberless(line: str, page: int) -> str:
    """Without the number of the page, which makes the same footer differ on each."""
    return re.sub(rf"(?<!\d){page}(?!\d)", "", line)


def sentences_of(lines: Iterable[str]) -> list[str]:
    """The same text in units that do not depend on where lines and paragraphs end."""
    whole = _BETWEEN_CHINESE.sub("", " ".join(lines))
    return [text for text in (each.strip() for each in _ENDS.split(whole)) if text]


def essence_of(text: str) -> str:
    """What two texts must share to be the same: a PDF knows no columns of tables, and blanks only by distance."""
    return _MEANINGLESS.sub("", text)
