"""The fields of a part of a draft as a page shows them: name, words, what stands there, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.measures.drafting.typed import DEEPEST_RULE
from agencyqa.measures.scheme_shape import Shape, rule_kinds, rule_shapes
from agencyqa.measures.scheme_values import Words
from agencyqa.measures.scheme_words import choice_name, field_name, rule_name, unit_of
from agencyqa.measures.words import gettext

Errors = Mapping[str, Sequence[str]]
# The fields that name something which stands elsewhere, and are picked from a list of it.
PICKED = frozenset({"provision", "fault", "criterion", "input", "caps_grade"})
LONG_LABEL = 16
_LONG = {"description", "source"}


@dataclass(frozen=True)
class Picks:
    """What fields may name: (value, label) by the name of the field."""

    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)

    def of(self, name: str) -> Sequence[tuple[str, str]] | None:
        return self.options.get(name)


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Box:
    """``kind``: line, area, figure, day, flag, choice, wording, things, group or rule.

    ``boxes`` are the fields inside; of "things" they are groups, one for each thing. ``value`` is the text in the box.
    """

    kind: str
    name: str
    label: str
    required: bool = False
    value: str = ""
    unit: str = ""
    help: str = ""
    errors: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    is_ticked: bool = False
    boxes: tuple[Box, ...] = ()
    # Of things: whether one more fits.
    has_room: bool = False
    # Of wording: both languages as typed, and whether the words are ours.
    zh: str = ""
    en: str = ""
    is_ours: bool = False

    @property
    def id(self) -> str:
        return field_id(self.name)

    @property
    def is_wide(self) -> bool:
        """Whether one of its choices needs more room than a figure."""
        return any(len(option.label) > LONG_LABEL for option in self.options)


def field_id(name: str) -> str:
    return f"f-{name.replace('.', '-')}"


class Boxes:
    """Writes the boxes of one page. ``errors`` are sentences by the name of the field they belong to."""

    def __init__(self, words: Words, picks: Picks, errors: Errors) -> None:
        self.words = words
        self.picks = picks
        self.errors = errors

    def of(self, shapes: Iterable[Shape], held: Any, prefix: str = "", depth: int = 0) -> tuple[Box, ...]:
        record = held if isinstance(held, Mapping) else {}
        ordered = sorted(shapes, key=_rank)
        return tuple(self._box(shape, record, _join(prefix, shape.name), depth) for shape in ordered)

    def _box(self, shape: Shape, record: Mapping[str, Any], name: str, depth: int) -> Box:
        held = record.get(shape.name)
        match shape.kind:
            case "text":
                return self._wording(shape, held, name)
            case "list":
                return self._things(shape, held, name, depth)
            case "record":
                return self._made("group", shape, name, boxes=self.of(shape.fields, held, name, depth))
            case "rule":
                return self._rule(shape, held, name, depth)
            case "flag":
                ticked = held if isinstance(held, bool) else bool(shape.default)
                return self._made("flag", shape, name, is_ticked=ticked)
            case _:
                return self._leaf(shape, held, name)

    def _leaf(self, shape: Shape, held: Any, name: str) -> Box:
        value = "" if held is None else str(held)
        options = self._options(shape, value)
        if options is not None:
            return self._made("choice", shape, name, value=value, options=options)
        kind = {"points": "figure", "count": "figure", "day": "day"}.get(shape.kind, "line")
        shown = value or ("" if shape.default is None else str(shape.default))
        return self._made(kind, shape, name, value=shown, unit=unit_of(shape))

    def _options(self, shape: Shape, value: str) -> tuple[Option, ...] | None:
        """A value that is not in the list stays in it, so that nothing changes unseen."""
        if shape.kind == "choice":
            value = value or str(shape.default or "")
            pairs: Sequence[tuple[str, str]] = [
                (each, choice_name(shape.name, each)) for each in shape.choices
            ]
        elif shape.kind == "line" and (picked := self.picks.of(shape.name)) is not None:
            pairs = picked
        else:
            return None
        if value and value not in {key for key, _ in pairs}:
            pairs = [*pairs, (value, value)]
        return tuple(Option(key, label, key == value) for key, label in pairs)

    def _wording(self, shape: Shape, held: Any, name: str) -> Box:
        words = held if isinstance(held, Mapping) else {}
        kind = "wording-long" if shape.name in _LONG else "wording"
        inside = [self.errors.get(f"{name}.{language}", ()) for language in ("zh", "en")]
        errors = [*self.errors.get(name, ()), *(text for texts in inside for text in texts)]
        return self._made(
            kind,
            shape,
            name,
            zh=str(words.get("zh", "")),
            en=str(words.get("en", "")),
            is_ours=words.get("ours") is True,
            errors=tuple(dict.fromkeys(errors)),
        )

    def _things(self, shape: Shape, held: Any, name: str, depth: int) -> Box:
        things = held if isinstance(held, list) else []
        groups = tuple(
            Box(
                "group",
                f"{name}.{number}",
                self.words.label(thing, gettext("第 %(number)s 项", number=number + 1)),
                errors=tuple(self.errors.get(f"{name}.{number}", ())),
                boxes=self.of(shape.fields, thing, f"{name}.{number}", depth),
            )
            for number, thing in enumerate(things)
        )
        has_room = shape.most is None or len(things) < shape.most
        return self._made("things", shape, name, boxes=groups, has_room=has_room)

    def _rule(self, shape: Shape, held: Any, name: str, depth: int) -> Box:
        kind = held.get("kind", "") if isinstance(held, Mapping) else ""
        options = tuple(
            Option(each, rule_name(each), each == kind)
            for each in rule_kinds()
            # What holds rules itself is not offered where the engine would not read it any more.
            if depth + 1 < DEEPEST_RULE or not _holds_rules(each) or each == kind
        )
        inside = self.of(rule_shapes(kind), held, name, depth + 1)
        errors = (*self.errors.get(name, ()), *self.errors.get(f"{name}.kind", ()))
        return self._made("rule", shape, name, value=kind, options=options, boxes=inside, errors=errors)

    def _made(self, kind: str, shape: Shape, name: str, **more: Any) -> Box:
        errors = more.pop("errors", tuple(self.errors.get(name, ())))
        return Box(kind, name, field_name(shape), shape.required, errors=errors, **more)


def _holds_rules(kind: str) -> bool:
    return any(
        each.kind == "rule" or any(inner.kind == "rule" for inner in each.fields)
        for each in rule_shapes(kind)
    )


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _rank(shape: Shape) -> int:
    """Names first, what stands inside last, and keys, which only the program reads, at the very end."""
    if shape.name == "key":
        return 9
    if shape.kind == "text":
        return 1 if shape.name in _LONG else 0
    return {"rule": 6, "list": 7, "record": 5}.get(shape.kind, 2)
