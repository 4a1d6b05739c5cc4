"""What a record of a scheme file holds, read off its model, so that the workbook knows every field there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator

from agencyqa.measures.scheme_format import SchemeFile, SectionPart
from agencyqa.measures.scheme_format.fields import FilePart, Points, Text
from agencyqa.measures.scheme_format.model import CriterionPart

FieldType = Literal["points", "count", "flag", "choice", "word", "day", "text", "record", "list", "rule"]
Model = type[FilePart]

_POINTS_READER = next(mark.func for mark in get_args(Points) if isinstance(mark, BeforeValidator))


@dataclass(frozen=True)
class Field:
    """``model`` is that of a record, or of the items of a list; ``choices`` are codes."""

    name: str
    type: FieldType
    model: Model | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True)
class Leaf:
    """A field that fits a cell. ``path`` leads to it from the record: ("label", "zh")."""

    path: tuple[str, ...]
    type: FieldType
    choices: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return ".".join(self.path)


@cache
def fields_of(model: Model) -> tuple[Field, ...]:
    return tuple(
        replace(_field(name, info.annotation, info.metadata), is_required=info.is_required())
        for name, info in model.model_fields.items()
    )


@cache
def leaves_of(model: Model) -> tuple[Leaf, ...]:
    """Everything of a record that is no list and no rule; the kind of a rule stands in a column of its own."""
    found: list[Leaf] = []
    for each in fields_of(model):
        if each.type in {"record", "text"} and each.model is not None:
            found += [
                Leaf((each.name, *leaf.path), leaf.type, leaf.choices) for leaf in leaves_of(each.model)
            ]
        elif each.type not in {"list", "rule"} and each.name != "kind":
            found.append(Leaf((each.name,), each.type, each.choices))
    return tuple(found)


@cache
def lists_of(model: Model) -> tuple[Field, ...]:
    return tuple(each for each in fields_of(model) if each.type == "list")


@cache
def rule_field(model: Model) -> str | None:
    """The name of the field that holds a rule, if there is one."""
    return next((each.name for each in fields_of(model) if each.type == "rule"), None)


@cache
def rule_models() -> dict[str, Model]:
    """The models of the rules by their kind."""
    annotation = CriterionPart.model_fields["rule"].annotation
    return {get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(annotation)}


@cache
def rows_of_rules() -> dict[str, Model]:
    """What else has rows of its own on the sheet of rules, by the name of its list."""
    models = [CriterionPart, *rule_models().values()]
    models += [each.model for each in scheme_lists() if each.model is not None]
    return {each.name: each.model for model in models for each in lists_of(model) if each.model is not None}


@cache
def rule_leaves() -> dict[str, Leaf]:
    """The columns of the sheet of rules. One name may be of several types; the row's model decides."""
    models = (*rule_models().values(), *rows_of_rules().values())
    return _in_order(leaf for model in models for leaf in leaves_of(model))


@cache
def form_leaves() -> dict[str, Leaf]:
    """The columns of the sheet of sections and criteria."""
    return _in_order(leaf for model in (SectionPart, CriterionPart) for leaf in leaves_of(model))


def _in_order(leaves: Iterable[Leaf]) -> dict[str, Leaf]:
    """Key and wording first; the English, and whose wording it is, last, out of the way of a Chinese reader."""
    first = {"key": 0, "label.zh": 1}
    last = {"en": 3, "ours": 4}
    found = {leaf.name: leaf for leaf in leaves}
    names = sorted(found, key=lambda name: first.get(name, last.get(found[name].path[-1], 2)))
    return {name: found[name] for name in names}


@cache
def scheme_lists() -> tuple[Field, ...]:
    """The lists of a scheme that have a sheet of their own."""
    return tuple(each for each in lists_of(SchemeFile) if each.name != "sections")


def _field(name: str, annotation: Any, metadata: Any) -> Field:
    marks = list(metadata)
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            marks += more
        elif get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
            rest = [arg for arg in get_args(annotation) if arg is not type(None)]
            if len(rest) > 1:
                break
            annotation = rest[0]
        else:
            break
    if any(isinstance(mark, BeforeValidator) and mark.func is _POINTS_READER for mark in marks):
        return Field(name, "points")
    if get_origin(annotation) in (Union, UnionType):
        return Field(name, "rule")
    if get_origin(annotation) is list:
        return Field(name, "list", get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return Field(name, "choice", choices=tuple(map(str, get_args(annotation))))
    return _plain_field(name, annotation)


def _plain_field(name: str, annotation: type) -> Field:
    if issubclass(annotation, Text):
        return Field(name, "text", annotation)
    if issubclass(annotation, FilePart):
        return Field(name, "record", annotation)
    if issubclass(annotation, StrEnum):
        return Field(name, "choice", choices=tuple(member.value for member in annotation))
    types: dict[type, FieldType] = {bool: "flag", int: "count", date: "day", str: "word"}
    return Field(name, types[annotation])
