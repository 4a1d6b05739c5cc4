"""The parameters of rules and schemes read off their dataclasses, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from agencyqa.scoring.problems import Problem, join_place

# The marks in these types drive the codec, the type check and the generated documents.
Points = Annotated[int, "points"]
Count = Annotated[int, "count"]
Key = Annotated[str, "key"]
Text = Annotated[str, "text"]

RecordType = type[Any]
ParamType = Literal["points", "count", "key", "text", "flag", "option", "rule", "list", "record"]


# Marks a field that published schemes do not have: at its default it leaves no trace in data, so that the digest of
# what was published stays as it is.
NEWER: Mapping[str, bool] = {"newer": True}


class AnyRule:
    """Marks the type of a field that holds a rule of any kind."""


@dataclass(frozen=True)
class ParamSpec:
    """One parameter. `fields` describes the items of a list or the record; `target` builds them.

    `choices` are the words an option may have. A `newer` parameter is left out of data at its default.
    """

    name: str
    type: ParamType
    required: bool
    default: Any
    optional: bool
    fields: tuple[ParamSpec, ...] = ()
    target: RecordType | None = None
    choices: tuple[str, ...] = ()
    newer: bool = False


def record_specs(record: RecordType) -> tuple[ParamSpec, ...]:
    """The parameters of a dataclass, in order. A list or record inside is described in turn."""
    if record not in _known_specs:
        _known_specs[record] = _read_specs(record)
    return _known_specs[record]


# Reading type hints is slow, and a dataclass never changes its fields.
_known_specs: dict[RecordType, tuple[ParamSpec, ...]] = {}


def _read_specs(record: RecordType) -> tuple[ParamSpec, ...]:
    hints = get_type_hints(record, include_extras=True)
    specs: list[ParamSpec] = []
    for entry in fields(record):
        kind, target, optional = _read_hint(hints[entry.name])
        inner = record_specs(target) if target is not None else ()
        required = entry.default is MISSING
        default = None if required else entry.default
        choices = get_args(hints[entry.name]) if kind == "option" else ()
        is_newer = entry.metadata.get("newer", False)
        specs.append(
            ParamSpec(entry.name, kind, required, default, optional, inner, target, choices, is_newer)
        )
    return tuple(specs)


def _read_hint(hint: Any) -> tuple[ParamType, type | None, bool]:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = next(arg for arg in get_args(hint) if arg is not type(None))
        kind, target, _ = _read_hint(inner)
        return kind, target, True
    if origin is Annotated:
        return get_args(hint)[1], None, False
    if origin is Literal:
        return "option", None, False
    if origin is tuple:
        return "list", get_args(hint)[0], False
    if hint is bool:
        return "flag", None, False
    if issubclass(hint, AnyRule):
        return "rule", None, False
    return "record", hint, False


def type_problems(value: Any, place: str = "") -> list[Problem]:
    """Fields that hold something else than their type says; a rule inside checks itself."""
    found: list[Problem] = []
    for spec in record_specs(type(value)):
        here = join_place(place, spec.name)
        held = getattr(value, spec.name)
        if held is None and spec.optional:
            continue
        if spec.type == "list":
            if not isinstance(held, tuple):
                found.append(Problem(here, "not_a_list"))
                continue
            for number, item in enumerate(held):
                at = join_place(here, place_of(item, number))
                if spec.target is not None and not isinstance(item, spec.target):
                    found.append(Problem(at, "not_a_record"))
                else:
                    found += type_problems(item, at)
        elif spec.type == "record":
            if spec.target is not None and not isinstance(held, spec.target):
                found.append(Problem(here, "not_a_record"))
            else:
                found += type_problems(held, here)
        else:
            found += value_problems(held, spec, here)
    return found


def value_problems(held: Any, spec: ParamSpec, place: str) -> list[Problem]:
    """The fault of a single value, neither list nor record."""
    if spec.type == "option":
        known = isinstance(held, str) and held in spec.choices
        return [] if known else [Problem(place, "unknown_option", {"options": list(spec.choices)})]
    return [] if is_of_type(held, spec.type) else [Problem(place, f"not_a_{spec.type}")]


def is_of_type(held: Any, kind: ParamType) -> bool:
    if kind in ("points", "count"):
        return isinstance(held, int) and not isinstance(held, bool)
    if kind in ("key", "text"):
        return isinstance(held, str)
    if kind == "flag":
        return isinstance(held, bool)
    return isinstance(held, AnyRule)


def place_of(item: Any, number: int) -> str:
    """How an item of a list is named in a place: by its key, else by its position."""
    key = item.get("key") if isinstance(item, dict) else getattr(item, "key", None)
    return key if isinstance(key, str) and key else str(number)
