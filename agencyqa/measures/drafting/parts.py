"""The parts of a draft that have a page of their own: its head, a section, a criterion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agencyqa.errors import NotVisible, Stale
from agencyqa.measures.drafting import tree
from agencyqa.measures.drafting.outline import Page
from agencyqa.measures.drafting.tree import Content
from agencyqa.measures.drafting.typed import nested, read_record
from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_shape import Shape, criterion_shape, file_shapes, rule_shapes, section_shape

_POSITION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_NUMBER = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class Part:
    """``shapes`` are the fields of the page; everything else of the thing at ``path`` stays as it is."""

    page: Page
    at: str
    path: Path
    shapes: tuple[Shape, ...]

    def thing(self, content: Content) -> dict[str, Any]:
        found = tree.thing_at(content, self.path)
        if not isinstance(found, dict):
            raise Stale()
        return found

    def is_in(self, content: Content) -> bool:
        try:
            self.thing(content)
        except Stale:
            return False
        return True

    def key(self, content: Content) -> str:
        """What the thing is known by, whatever its position; "" for the head."""
        return str(self.thing(content).get("key", "")) if self.path else ""

    def read(self, content: Content, fields: Iterable[tuple[str, str]]) -> Content:
        """The content with what was typed on the page."""
        before = self.thing(content)
        own = {shape.name for shape in self.shapes}
        kept = {name: value for name, value in before.items() if name not in own}
        return tree.with_thing(content, self.path, kept | read_record(self.shapes, nested(fields)))

    def below(self, path: Path) -> str | None:
        """The name that a position of the content has on this page; None for one that is not on it."""
        if path[: len(self.path)] != self.path or len(path) == len(self.path):
            return "" if path == self.path else None
        inside = path[len(self.path) :]
        if inside[0] not in {shape.name for shape in self.shapes}:
            return None
        return ".".join(str(step) for step in inside)


def head_part() -> Part:
    shapes = tuple(shape for name, shape in file_shapes().items() if name not in {"key", "sections"})
    return Part("head", "", (), shapes)


def part_at(at: str, page: Page | None = None) -> Part:
    """The section "0" or the criterion "0.2". Raise NotVisible for what is no position, or none for ``page``."""
    numbers = [int(number) for number in at.split(".")] if _POSITION.fullmatch(at) else []
    if not numbers or page not in {None, "section" if len(numbers) == 1 else "criterion"}:
        raise NotVisible()
    if len(numbers) == 1:
        shapes = tuple(shape for shape in section_shape().fields if shape.name != "criteria")
        return Part("section", at, ("sections", numbers[0]), shapes)
    return Part("criterion", at, ("sections", numbers[0], "criteria", numbers[1]), criterion_shape().fields)


def shape_along(shapes: Iterable[Shape], record: Any, steps: Path) -> Shape | None:
    """The field that a name on a page leads to, through lists and rules; None where it leads nowhere."""
    known = {shape.name: shape for shape in shapes}
    shape: Shape | None = None
    held = record
    for step in steps:
        if isinstance(step, int):
            held = held[step] if isinstance(held, list) and step < len(held) else None
            continue
        shape = known.get(step)
        if shape is None:
            return None
        held = held.get(step) if isinstance(held, dict) else None
        if shape.kind == "rule":
            kind = held.get("kind") if isinstance(held, dict) else ""
            known = {each.name: each for each in rule_shapes(str(kind))}
        else:
            known = {each.name: each for each in shape.fields}
    return shape


def steps_of(name: str) -> Path:
    return tuple(int(step) if _NUMBER.fullmatch(step) else step for step in name.split("."))


def change_list(content: Content, part: Part, verb: str, name: str) -> Content:
    """Add to, remove from, or reorder a list on the page. Raise Stale for a name that leads to none."""
    steps = steps_of(name)
    shape = shape_along(part.shapes, part.thing(content), steps)
    if shape is None or shape.kind != "list" or (verb != "add") != isinstance(steps[-1], int):
        raise Stale()
    path = (*part.path, *steps)
    match verb:
        case "add":
            return tree.add(content, path, shape)
        case "copy":
            return tree.duplicate(content, path, shape)
        case "remove":
            return tree.remove(content, path)
        case _:
            return tree.move(content, path, -1 if verb == "up" else 1)
