"""Every fault of a draft at once, each with its position, so that a page can lead to it."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agencyqa.measures.drafting.tree import units_of
from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_format import SchemeFile, check_draft
from agencyqa.measures.scheme_format.fields import KEY
from agencyqa.scoring import Problem

LONGEST_KEY = 40


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
    if file is None:
        # Something is missing that the rest cannot be read without, so it is made up to find the other faults.
        filled, made_up = _filled(content)
        file, more = check_draft(filled, citations, faults)
        known = {each.path for each in placed}
        for problem in more:
            path = path_of(filled, problem.place)
            if path not in known and not _rests_on(problem, made_up):
                placed.append(PlacedProblem(problem, path))
    return DraftCheck(file, tuple(sorted(placed, key=lambda each: _order(content, each.path))))


def _filled(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A copy in which every section and criterion has a key and points; and the places that got points."""
    made: dict[str, Any] = copy.deepcopy(dict(content))
    places: list[str] = []
    if units_of(made.get("max_points")) is None:
        made["max_points"] = "1"
        places.append("max_points")
    for number, section in enumerate(made.get("sections", []), start=1):
        place = f"sections.{_fill(section, f'unnamed_{number}', 'sections.', places)}"
        for position, criterion in enumerate(section.get("criteria", []), start=1):
            _fill(criterion, f"unnamed_{number}_{position}", f"{place}.criteria.", places)
    return made, places


def _fill(thing: dict[str, Any], spare: str, above: str, places: list[str]) -> str:
    key = thing.get("key")
    if not isinstance(key, str) or len(key) > LONGEST_KEY or not re.fullmatch(KEY, key):
        key = thing["key"] = spare
    if units_of(thing.get("max_points")) is None:
        thing["max_points"] = "1"
        places.append(f"{above}{key}.max_points")
    return key


def _rests_on(problem: Problem, made_up: list[str]) -> bool:
    """Whether it is only a figure that was made up that does not fit the others."""
    if problem.code in {"rule_above_max_points", "max_points_out_of_reach"}:
        return f"{problem.place.removesuffix('rule')}max_points" in made_up
    if problem.code != "points_do_not_add_up":
        return False
    below = problem.place.removesuffix("max_points")
    return any(place.startswith(below) for place in made_up)


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
