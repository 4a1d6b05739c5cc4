"""The fields of a scheme file read off its models, so that pages and comparisons need no second list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from agencyqa.measures.scheme_format.fields import Day, FilePart, Points, Text
from agencyqa.measures.scheme_format.model import SchemeFile
from agencyqa.measures.scheme_format.rules import RULE_PARTS, RulePart
from agencyqa.scoring import format_points

Kind = Literal["points", "count", "flag", "line", "text", "day", "choice", "list", "record", "rule"]

# What tells one thing of a list from another; without any of them it is its position.
IDENTITIES = ("key", "fault", "criterion")


@dataclass(frozen=True)
class Shape:
    """One field of a record. ``owner`` names the record; ``fields`` are those of the record or of a list's things.

    ``default`` is written as stored content writes it: points as text.
    """

    owner: str
    name: str
    kind: Kind
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    part: type[FilePart] | None = None
    most: int | None = None

    @property
    def fields(self) -> tuple[Shape, ...]:
        return () if self.part is None else shapes_of(self.part)

    def field(self, name: str) -> Shape | None:
        return next((each for each in self.fields if each.name == name), None)


def _checker(annotation: Any) -> Any:
    return next(mark.func for mark in get_args(annotation)[1:] if isinstance(mark, BeforeValidator))


_UNITS, _DAY = _checker(Points), _checker(Day)


@cache
def shapes_of(part: type[FilePart]) -> tuple[Shape, ...]:
    """The fields of a record in the order of the file."""
    return tuple(_shape(part.__name__, name, field) for name, field in part.model_fields.items())


def file_shapes() -> Mapping[str, Shape]:
    return {shape.name: shape for shape in shapes_of(SchemeFile)}


def rule_shapes(kind: str) -> tuple[Shape, ...]:
    """The parameters and words of a kind of rule; none for a kind that does not exist."""
    part = RULE_PARTS.get(kind)
    return () if part is None else tuple(shape for shape in shapes_of(part) if shape.name != "kind")


def rule_kinds() -> tuple[str, ...]:
    return tuple(RULE_PARTS)


def section_shape() -> Shape:
    return file_shapes()["sections"]


def criterion_shape() -> Shape:
    found = section_shape().field("criteria")
    assert found is not None
    return found


def _shape(owner: str, name: str, field: FieldInfo) -> Shape:
    held, marks = _bare(field.annotation, list(field.metadata))
    required = field.is_required()
    default = None if required else field.get_default()
    most = next((mark.max_length for mark in marks if hasattr(mark, "max_length")), None)
    kind = _kind(held, marks)
    choices: tuple[str, ...] = ()
    part: type[FilePart] | None = None
    if kind == "choice":
        options = get_args(held) if get_origin(held) is Literal else [member.value for member in held]
        choices = tuple(map(str, options))
        default = default.value if isinstance(default, StrEnum) else default
    elif kind == "list":
        part, default = _bare(get_args(held)[0], [])[0], []
    elif kind == "record":
        part = held
    elif kind == "points" and isinstance(default, int):
        default = format_points(default)
    return Shape(owner, name, kind, required, default, choices, part, most)


def _kind(held: Any, marks: list[Any]) -> Kind:
    if get_origin(held) is list:
        return "list"
    if get_origin(held) is Literal or _is_a(held, StrEnum):
        return "choice"
    if _is_rule(held):
        return "rule"
    if held is int:
        return "points" if _has(marks, _UNITS) else "count"
    if _has(marks, _DAY):
        return "day"
    if _is_a(held, FilePart):
        return "text" if held is Text else "record"
    return "flag" if held is bool else "line"


def _is_a(held: Any, base: type) -> bool:
    return isinstance(held, type) and issubclass(held, base)


def _bare(annotation: Any, marks: list[Any]) -> tuple[Any, list[Any]]:
    """The type without its marks and without "or nothing"."""
    if get_origin(annotation) is Annotated:
        held, *more = get_args(annotation)
        for mark in more:
            marks.extend(mark.metadata if isinstance(mark, FieldInfo) else [mark])
        return _bare(held, marks)
    if get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        if len(inner) == 1:
            return _bare(inner[0], marks)
    return annotation, marks


def _is_rule(held: Any) -> bool:
    options = get_args(held) if get_origin(held) in (Union, UnionType) else (held,)
    return all(_is_a(each, RulePart) for each in options)


def _has(marks: list[Any], checker: Any) -> bool:
    return any(isinstance(mark, BeforeValidator) and mark.func is checker for mark in marks)
