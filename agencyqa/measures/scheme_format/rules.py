"""How each kind of rule is written in a scheme file: the engine's parameters, and the words beside them.

The parameters are read off the engine's own descriptions, so a rule that the engine learns can be written at once.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from agencyqa.measures.scheme_format.fields import FilePart, Key, Points, Text
from agencyqa.measures.scheme_format.words import RULE_WORDS, Word
from agencyqa.scoring import RULES, ParamSpec, format_points, param_specs

MOST_ITEMS = 40

P = TypeVar("P", bound="EnginePart")


class EnginePart(FilePart):
    """A record of the engine as the file has it: ``specs`` are its parameters, ``words`` the wording beside them."""

    specs: ClassVar[tuple[ParamSpec, ...]] = ()
    words: ClassVar[tuple[Word, ...]] = ()

    @model_validator(mode="after")
    def _words_are_whole(self) -> EnginePart:
        for word in self.words:
            if word.key_in is not None and (getattr(self, word.key_in) is None) != (self.text(word) is None):
                raise PydanticCustomError("exception_incomplete", "key and label belong together")
        return self

    def text(self, word: Word) -> Text | None:
        found: Text | None = getattr(self, word.name)
        return found


class RulePart(EnginePart):
    """A rule; ``kind`` is its kind in the engine."""

    kind: str

    def named_items(self) -> Iterator[tuple[str, Any]]:
        """The things of its lists that have a key and a label, each with the name of its list."""
        for spec in self.specs:
            if spec.type == "list" and _has_key(spec):
                for item in getattr(self, spec.name):
                    yield spec.name, item


def _has_key(spec: ParamSpec) -> bool:
    return any(each.name == "key" for each in spec.fields)


_made_parts: list[type[EnginePart]] = []
_PLAIN: dict[str, Any] = {"points": Points, "count": int, "key": Key, "text": str, "flag": bool}


def _field(spec: ParamSpec) -> tuple[Any, Any]:
    """A parameter as a field of the file: its type, and its default or that it has none."""
    held: Any
    if spec.type == "rule":
        held = "RuleField"
    elif spec.type == "list":
        items: Any = _record(spec)
        held = Annotated[list[items], Field(max_length=MOST_ITEMS)]
        return held, ... if spec.required else []
    elif spec.type == "record":
        held = _record(spec)
    elif spec.type == "option":
        held = Literal[spec.choices]
    else:
        held = _PLAIN[spec.type]
    return (held | None if spec.optional else held), ... if spec.required else spec.default


def _record(spec: ParamSpec) -> type[EnginePart]:
    """The things of a list; what has a key has a label for people, too."""
    fields = {each.name: _field(each) for each in spec.fields}
    if _has_key(spec):
        fields["label"] = (Text, ...)
    assert spec.target is not None
    return _made(f"{spec.target.__name__}Part", EnginePart, fields, spec.fields, ())


def _rule(kind: str) -> type[RulePart]:
    specs, words = param_specs(kind), RULE_WORDS.get(kind, ())
    fields: dict[str, tuple[Any, Any]] = {"kind": (Literal[kind], ...)}
    fields |= {spec.name: _field(spec) for spec in specs}
    fields |= {word.name: (Text, ...) if word.required else (Text | None, None) for word in words}
    return _made(f"{RULES[kind].__name__}Part", RulePart, fields, specs, words)


def _made(
    name: str,
    base: type[P],
    fields: dict[str, tuple[Any, Any]],
    specs: tuple[ParamSpec, ...],
    words: tuple[Word, ...],
) -> type[P]:
    definitions: dict[str, Any] = fields
    made = create_model(name, __base__=base, __module__=__name__, **definitions)
    made.specs, made.words = specs, words
    _made_parts.append(made)
    return made


# Every kind of rule as the file has it.
RULE_PARTS: dict[str, type[RulePart]] = {kind: _rule(kind) for kind in RULES}

if TYPE_CHECKING:
    RuleField = RulePart
else:
    RuleField = Annotated[reduce(operator.or_, RULE_PARTS.values()), Field(discriminator="kind")]

for _part in _made_parts:
    _part.model_rebuild(_types_namespace={"RuleField": RuleField, "Text": Text})


def rule_data(part: EnginePart) -> dict[str, Any]:
    """The rule as the engine reads it: all words left out, figures in ten-thousandths of a point."""
    data = {spec.name: _plain(getattr(part, spec.name)) for spec in part.specs}
    return {"kind": part.kind, **data} if isinstance(part, RulePart) else data


def _plain(held: Any) -> Any:
    if isinstance(held, EnginePart):
        return rule_data(held)
    return [_plain(item) for item in held] if isinstance(held, list) else held


def free_stand_in(max_points: int) -> dict[str, Any]:
    """A rule that stands in for a broken one, so that the rest of a file can still be checked."""
    return {"kind": "free", "low": "0", "high": format_points(max(max_points, 1))}
