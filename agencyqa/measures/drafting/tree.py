"""Changes of a draft's tree: add, remove, move, duplicate. Each takes a content and gives a new one.

A position is a path such as ``("sections", 0, "criteria", 2)``: keys may be wrong or used twice in a draft.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from agencyqa.errors import Refused, Stale
from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_shape import Shape, criterion_shape, section_shape
from agencyqa.scoring import UnitsError, format_points, parse_points

Content = dict[str, Any]
# What new things of a list are called until somebody gives them another key.
_STEMS = {
    "sections": "section",
    "criteria": "item",
    "bands": "band",
    "faults": "fault",
    "levels": "level",
    "parts": "part",
    "items": "point",
    "classes": "class",
    "grades": "grade",
    "vetoes": "veto",
}


def thing_at(content: Any, path: Path) -> Any:
    """What stands at a position; raise Stale where nothing does, because the draft was changed meanwhile."""
    held = content
    for step in path:
        inside = isinstance(held, dict) and step in held
        if isinstance(held, list) and isinstance(step, int):
            inside = 0 <= step < len(held)
        if not inside:
            raise Stale()
        held = held[step]
    return held


def with_thing(content: Content, path: Path, thing: Any) -> Content:
    """The content with another thing at a position that is there; without a position, the thing itself."""
    if not path:
        return copy.deepcopy(dict(thing))
    after = copy.deepcopy(content)
    holder = thing_at(after, path[:-1])
    thing_at(holder, path[-1:])
    holder[path[-1]] = thing
    return after


def add(content: Content, path: Path, shape: Shape) -> Content:
    """One more blank thing at the end of the list at ``path``. Raise Refused where the list is full."""
    after = copy.deepcopy(content)
    things = _list_at(after, path)
    _make_room(things, shape)
    things.append(_blank(after, shape, things))
    return after


def remove(content: Content, path: Path) -> Content:
    after = copy.deepcopy(content)
    thing_at(after, path)
    del thing_at(after, path[:-1])[path[-1]]
    return after


def duplicate(content: Content, path: Path, shape: Shape) -> Content:
    """The thing once more, below itself and under new keys.

    What it counts stays with the first, because one fault stands under at most one criterion.
    """
    after = copy.deepcopy(content)
    made = copy.deepcopy(thing_at(after, path))
    things, number = thing_at(after, path[:-1]), _number(path)
    _make_room(things, shape)
    if isinstance(made, dict):
        for criterion in made.get("criteria", []):
            _rename(criterion, after, criterion_shape(), [*things, made])
        _rename(made, after, shape, things)
    things.insert(number + 1, made)
    return after


def move(content: Content, path: Path, step: int) -> Content:
    """One place up (-1) or down (1). A criterion at the edge of its section goes over to the next one."""
    after = copy.deepcopy(content)
    things, number = thing_at(after, path[:-1]), _number(path)
    thing = thing_at(after, path)
    if 0 <= number + step < len(things):
        things.insert(number + step, things.pop(number))
        return after
    if path[2:3] == ("criteria",) and len(path) == len(("sections", 0, "criteria", 0)):
        sections, home = after["sections"], path[1]
        assert isinstance(home, int)
        if 0 <= home + step < len(sections):
            target = sections[home + step].setdefault("criteria", [])
            _make_room(target, criterion_shape())
            things.pop(number)
            target.insert(len(target) if step < 0 else 0, thing)
    return after


def fit_points(content: Content) -> Content:
    """The stated points of every section and of the whole as the sum of what stands below, where it can be read."""
    after = copy.deepcopy(content)
    sums: list[int] = []
    for section in after["sections"]:
        if (total := points_below(section)) is None:
            continue
        section["max_points"] = format_points(total)
        sums.append(total)
    if len(sums) == len(after["sections"]):
        after["max_points"] = format_points(sum(sums))
    return after


def points_below(section: Mapping[str, Any]) -> int | None:
    """The sum of the criteria that count towards the maximum; None while one of them has no figure yet."""
    figures = [
        units_of(criterion.get("max_points"))
        for criterion in section.get("criteria", [])
        if criterion.get("bonus") is not True
    ]
    return None if None in figures else sum(figure for figure in figures if figure is not None)


def units_of(value: Any) -> int | None:
    """A figure of a draft in ten-thousandths; None where nothing that can be read stands there."""
    try:
        return parse_points(value)
    except UnitsError:
        return None


def _list_at(content: Content, path: Path) -> list[Any]:
    holder = thing_at(content, path[:-1])
    if not isinstance(holder, dict):
        raise Stale()
    things = holder.setdefault(str(path[-1]), [])
    if not isinstance(things, list):
        things = holder[str(path[-1])] = []
    return things


def _number(path: Path) -> int:
    number = path[-1]
    if not isinstance(number, int):
        raise Stale()
    return number


def _make_room(things: list[Any], shape: Shape) -> None:
    if shape.most is not None and len(things) >= shape.most:
        raise Refused("scheme_list_full", most=shape.most)


def _blank(content: Content, shape: Shape, things: list[Any]) -> Any:
    made: dict[str, Any] = {}
    if shape.field("key") is not None:
        made["key"] = _free_key(content, shape, things)
    if shape.name == section_shape().name:
        made["criteria"] = []
    return made


def _rename(thing: Any, content: Content, shape: Shape, things: list[Any]) -> None:
    if isinstance(thing, dict):
        if "key" in thing:
            thing["key"] = _free_key(content, shape, things)
        thing.pop("counts", None)


def _free_key(content: Content, shape: Shape, things: list[Any]) -> str:
    """A key that nothing beside it has; of criteria, nothing in the whole scheme."""
    beside: Iterator[Any] = iter(things)
    taken = {thing.get("key") for thing in beside if isinstance(thing, dict)}
    if shape.name == criterion_shape().name:
        taken |= {key for section in (*content["sections"], *things) for key in _criterion_keys(section)}
        # The vetoes of a scheme share the names of its criteria.
        taken |= {veto.get("key") for veto in content.get("vetoes", [])}
    stem = _STEMS.get(shape.name, "entry")
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _criterion_keys(section: Any) -> list[Any]:
    criteria = section.get("criteria", []) if isinstance(section, dict) else []
    return [criterion.get("key") for criterion in criteria if isinstance(criterion, dict)]
