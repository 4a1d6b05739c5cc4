"""Files that people write by hand (schemes, sheets, measures) as plain data with the line of every value.

A subset of YAML 1.2 in which nothing can surprise: no anchors or aliases, no tags, no floats (a figure with
decimals stays exact), and only ``true`` and ``false`` are truth values. JSON is read by the same gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from agencyqa.scoring import Problem

LARGEST_FILE = 1_000_000
DEEPEST = 32
MOST_VALUES = 30_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,40})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,40}\.[0-9]{1,40}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Path = tuple[str | int, ...]


def join_place(*parts: str) -> str:
    return ".".join(part for part in parts if part)


@dataclass(frozen=True)
class FileProblem:
    """A fault with its place in the data and, where known, its line in the file (from 1)."""

    problem: Problem
    line: int | None = None

    @property
    def is_error(self) -> bool:
        return self.problem.severity == "error"


class FileError(ValueError):
    """The file cannot be taken. ``problems`` holds every fault that could be found at once."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems: tuple[FileProblem, ...] = tuple(problems)
        super().__init__(
            "; ".join(f"line {p.line}: {p.problem.place} {p.problem.code}" for p in self.problems)
        )


@dataclass(frozen=True)
class Document:
    """``data`` holds dict, list, str, int, bool, None, Decimal and date only.

    ``faults`` are names that were given twice; of their values the last one stands in the data.
    """

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    faults: tuple[FileProblem, ...] = ()

    def line_at(self, path: Path) -> int | None:
        """The line of the value, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if (line := self.lines.get(path[:end])) is not None:
                return line
        return None

    def path_of(self, place: str) -> Path:
        """The position of a dotted place, in which items of lists are named by their keys."""
        path: Path = ()
        held = self.data
        for name in place.split("."):
            if isinstance(held, dict) and name in held:
                held, path = held[name], (*path, name)
            elif isinstance(held, list) and (number := _position(held, name)) is not None:
                held, path = held[number], (*path, number)
            else:
                break
        return path

    def place_of(self, path: Sequence[str | int]) -> str:
        """The dotted place of a position; a list's item is named by its key where it has one."""
        held = self.data
        names: list[str] = []
        for step in path:
            if isinstance(held, list) and isinstance(step, int) and step < len(held):
                held = held[step]
                key = held.get("key") if isinstance(held, dict) else None
                names.append(key if isinstance(key, str) and key else str(step + 1))
            else:
                held = held.get(step) if isinstance(held, dict) else None
                names.append(str(step))
        return join_place(*names)

    def problem(self, problem: Problem) -> FileProblem:
        return FileProblem(problem, self.line_at(self.path_of(problem.place)))


def _position(items: list[Any], name: str) -> int | None:
    for number, item in enumerate(items):
        if isinstance(item, dict) and item.get("key") == name:
            return number
    return int(name) - 1 if name.isdigit() and 0 < int(name) <= len(items) else None


def read_document(content: str | bytes) -> Document:
    """Raise FileError for what is not plain data or says a thing twice; nothing is ever executed or expanded."""
    document = read_loosely(content)
    if document.faults:
        raise FileError(document.faults)
    return document


def read_loosely(content: str | bytes) -> Document:
    """The same for a caller who looks for more faults and reports ``faults`` among them."""
    size = len(content)
    if size > LARGEST_FILE or (
        isinstance(content, str) and len(content.encode(errors="replace")) > LARGEST_FILE
    ):
        raise _fault("file_too_large", None, limit=LARGEST_FILE)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
        text.encode("utf-8")
    except UnicodeError:
        raise _fault("not_utf8", None) from None
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else None
        raise _fault("not_yaml", line, detail=str(error.problem or error.context or "")) from None
    except yaml.YAMLError as error:
        raise _fault("not_yaml", None, detail=type(error).__name__) from None


def _fault(code: str, line: int | None, place: str = "", **params: Any) -> FileError:
    return FileError([FileProblem(Problem(place, code, params), line)])


class _Builder:
    """Turns the parser's events into data, so that a hostile file is stopped before it grows."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._lines: dict[Path, int] = {}
        self._twice: list[tuple[Path, int]] = []
        self._values = 0

    def document(self) -> Document:
        data: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _fault("several_documents", _line(event))
            elif isinstance(event, yaml.NodeEvent):
                data = self._value(event, ())
        if data is None:
            raise _fault("empty_file", None)
        document = Document(data, self._lines)
        problems = [
            FileProblem(Problem(document.place_of(path), "duplicate_name", {"name": path[-1]}), line)
            for path, line in self._twice
        ]
        return replace(document, faults=tuple(problems))

    def _value(self, event: Any, path: Path) -> Any:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _fault("too_many_values", _line(event), limit=MOST_VALUES)
        if len(path) > DEEPEST:
            raise _fault("nested_too_deep", _line(event), limit=DEEPEST)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _fault("anchors_refused", _line(event))
        if getattr(event, "tag", None) is not None:
            raise _fault("tags_refused", _line(event), tag=str(event.tag)[:80])
        self._lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        held: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise _fault("name_not_text", _line(event))
            if event.anchor is not None:
                raise _fault("anchors_refused", _line(event))
            name = event.value
            here = (*path, name)
            if name in held:
                self._twice.append((here, _line(event)))
            self._lines[here] = _line(event)
            held[name] = self._value(next(self._events), here)
        return held

    def _sequence(self, path: Path) -> list[Any]:
        held: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            held.append(self._value(event, (*path, len(held))))
        return held


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.style:
        # Quoted or a block of text.
        return text
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            # Not a day of the calendar; whoever expects a date will say so at this place.
            return text
    return text
