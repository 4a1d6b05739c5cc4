"""Timing by turns, counting of statements, peaks of memory, and the table that is printed."""

from __future__ import annotations

import gc
import os
import platform
import sqlite3
import statistics
import time
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

MILLI = 1000
MEGA = 1024 * 1024
# Not statements of a page: every transaction begins with one.
BEGINNINGS = ("BEGIN", "SELECT PG_CATALOG", "SHOW ")


@dataclass(frozen=True)
class Line:
    """One line of the table: seconds, and what else is worth knowing of the product's side."""

    name: str
    floor: float
    product: float
    statements: int | None = None
    peak: float | None = None
    floor_peak: float | None = None
    remark: str = ""

    @property
    def ratio(self) -> float:
        return self.product / self.floor


def by_turns(
    floor: Callable[[], object], product: Callable[[], object], *, rounds: int, inner: int = 1
) -> tuple[float, float]:
    """Medians of processor time, taken A B A B, so that a slow spell of the machine falls on both."""
    floor()
    product()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, call in enumerate((floor, product)):
            gc.collect()
            began = time.process_time()
            for _ in range(inner):
                call()
            times[side].append((time.process_time() - began) / inner)
    return statistics.median(times[0]), statistics.median(times[1])


def peak_of(call: Callable[[], object]) -> float:
    """Bytes of Python's allocations at the highest point of one call, beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements sent while the block runs, without the opening of transactions."""
    found: list[str] = []

    def note(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if not statement.upper().startswith(BEGINNINGS):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append("".join(data.split()))


def words_of(page: str) -> str:
    """All that a page says, without spaces."""
    parser = _Words()
    parser.feed(page)
    return "".join(parser.found)


def difference(floor: str, product: str) -> str:
    """Where two pages begin to say different things; empty where they say the same."""
    ours, theirs = words_of(product), words_of(floor)
    if ours == theirs:
        return ""
    place = next(
        (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
    )
    return (
        f"product …{ours[max(0, place - 20) : place + 30]}… floor …{theirs[max(0, place - 20) : place + 30]}…"
    )


def print_table(lines: Sequence[Line]) -> None:
    print(f"{'':<52}{'floor ms':>10}{'product ms':>12}{'ratio':>8}{'SQL':>5}{'peak MB (floor)':>18}")
    for line in lines:
        peak = "" if line.peak is None else f"{line.peak / MEGA:.1f}"
        if line.floor_peak is not None:
            peak += f" ({line.floor_peak / MEGA:.1f})"
        count = "" if line.statements is None else str(line.statements)
        print(
            f"{_padded(line.name, 52)}{line.floor * MILLI:>10.2f}{line.product * MILLI:>12.2f}"
            f"{line.ratio:>8.2f}{count:>5}{peak:>18}{'  ' + line.remark if line.remark else ''}"
        )


def _padded(text: str, width: int) -> str:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return text + " " * (width - len(text) - wide)


def machine() -> str:
    """What the figures depend on, in one line; no names."""
    model = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "jinja2", "xlsxwriter", "numpy")
    )
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{packages}; load {os.getloadavg()[0]:.1f}"
    )
