"""Every fault of a draft at once, each with its position, so that a page can lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_format import SchemeFile, check_draft
from agencyqa.scoring import Problem


@dataclass(frozen=True)
class PlacedProblem:
    """``path`` leads to the value in the draft, or to where it is missing."""

    problem: Problem
    path: Path

    @property
    def is_error(self) -> bool:
        return self.problem.severity == "error"


@dataclass(frozen=True)
class DraftCheck:
    """``file`` is whole where there are no errors; else a mended copy to show the rest by, or None."""

    file: SchemeFile | None
    problems: tuple[PlacedProblem, ...]

    @property
    def error_count(self) -> int:
        return sum(each.is_error for each in self.problems)

    @property
    def is_whole(self) -> bool:
        return self.file is not None and self.error_count == 0


def check(
    content: Mapping[str, Any], citations: Collection[str] | None, faults: Collection[str] | None
) -> DraftCheck:
    file, problems = check_draft(content, citations, faults)
    placed = [PlacedProblem(problem, path_of(content, problem.place)) for problem in problems]
    return DraftCheck(file, tuple(sorted(placed, key=lambda each: _order(content, each.path))))


def path_of(content: Any, place: str) -> Path:
    """The position of a dotted place, in which things of lists are named by their keys or numbers from 1."""
    path: list[str | int] = []
    held = content
    for name in place.split(".") if place else []:
        if isinstance(held, list):
            number = _position(held, name)
            path.append(number)
            held = held[number] if number < len(held) else None
        else:
            path.append(name)
            held = held.get(name) if isinstance(held, dict) else None
    return tuple(path)


def _position(things: list[Any], name: str) -> int:
    for number, thing in enumerate(things):
        if isinstance(thing, dict) and thing.get("key") == name:
            return number
    return int(name) - 1 if name.isascii() and name.isdigit() and len(name) < 6 and name != "0" else 0


def _order(content: Any, path: Path) -> tuple[tuple[int, str], ...]:
    """The head first, then the sheet from top to bottom."""
    is_sheet = path[:1] == ("sections",)
    steps = ((step, "") if isinstance(step, int) else (0, step) for step in path)
    return ((int(is_sheet), ""), *steps)


def positions(content: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Every criterion with the numbers of its section and of itself."""
    for number, section in enumerate(content.get("sections", [])):
        for position, criterion in enumerate(section.get("criteria", [])):
            yield number, position, criterion
