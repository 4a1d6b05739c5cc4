"""Stored values of a scheme in words, also of a draft in which anything may be missing or wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from agencyqa.measures.scheme_format import countable_inputs
from agencyqa.measures.scheme_format.rules import RULE_PARTS, RulePart, rule_data
from agencyqa.measures.scheme_shape import Shape, rule_shapes
from agencyqa.measures.scheme_words import choice_name, field_name, rule_name, unit_of
from agencyqa.measures.sentences import rule_sentence
from agencyqa.measures.texts import code_title, rule_words
from agencyqa.measures.words import gettext
from agencyqa.scoring import SchemeError, rule_from_data

NOTHING = "—"
# What a page shows of a value that is no value of its field.
LONGEST = 200


class Words:
    """Writes values for a reader. ``citations`` and ``labels`` are the names of provisions and criteria by key.

    ``names`` are those that other fields point to by key, by the name of the field.
    """

    def __init__(
        self,
        language: str,
        citations: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        names: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.language = language
        self.citations = citations or {}
        self.labels = labels or {}
        self.names = {"provision": self.citations, "criterion": self.labels, **(names or {})}

    def with_names(self, names: Mapping[str, Mapping[str, str]]) -> Words:
        return Words(self.language, self.citations, self.labels, {**self.names, **names})

    def value(self, shape: Shape | None, value: Any) -> str:
        """A field's value; of a field left out, what holds without it."""
        if value is None and shape is not None and not shape.required and shape.kind != "list":
            value = shape.default
        if value in (None, [], {}):
            return NOTHING
        return plain(value) if shape is None else self._written(shape, value)

    def _written(self, shape: Shape, value: Any) -> str:
        found: str | None = None
        match shape.kind, value:
            case "points", str():
                unit = unit_of(shape)
                found = f"{value}%" if unit == "%" else f"{value} {unit}".strip()
            case "flag", bool():
                found = gettext("是") if value else gettext("否")
            case "choice", str():
                found = choice_name(shape.name, value)
            case "text", dict():
                found = self.text(value)
            case "line", str():
                found = self.line(shape, value)
            case "rule", dict():
                found = self.rule(value)
            case "record", dict():
                found = self.record(shape.fields, value)
            case "list", list():
                found = gettext("；").join(self.thing(shape, each) for each in value)
        return plain(value) if found is None else found

    def text(self, value: Mapping[str, Any]) -> str:
        first, second = ("en", "zh") if self.language == "en" else ("zh", "en")
        found = value.get(first) or value.get(second)
        return plain(found) if found else NOTHING

    def line(self, shape: Shape, value: str) -> str:
        if shape.name == "fault":
            return plain(code_title(value))
        return plain(self.names.get(shape.name, {}).get(value, value))

    def rule(self, value: Mapping[str, Any]) -> str:
        kind = plain(value.get("kind", ""))
        shapes = rule_shapes(kind)
        sentence = self._sentence(value)
        return f"{rule_name(kind)}{gettext('：')}{sentence or self.record(shapes, value)}"

    def _sentence(self, value: Mapping[str, Any]) -> str:
        part = rule_part(value)
        if part is None:
            return ""
        try:
            rule = rule_from_data(rule_data(part))
        except SchemeError:
            return ""
        return rule_sentence(rule, rule_words(part, self.language))

    def record(self, shapes: tuple[Shape, ...], value: Mapping[str, Any]) -> str:
        """Every field that is there, with its name; keys only serve the program."""
        known = {shape.name: shape for shape in shapes}
        parts = [
            f"{field_name(known[name]) if name in known else plain(name)} {self.value(known.get(name), held)}"
            for name, held in value.items()
            if name not in {"kind", "key"}
        ]
        return gettext("，").join(parts) or NOTHING

    def thing(self, shape: Shape, value: Any) -> str:
        return self.record(shape.fields, value) if isinstance(value, Mapping) else plain(value)

    def label(self, thing: Any, fallback: str) -> str:
        """What a thing of a list is called: by its label, the fault or criterion it names, else its key."""
        if isinstance(thing, Mapping):
            label = thing.get("label")
            if isinstance(label, Mapping) and (found := self.text(label)) != NOTHING:
                return found
            if isinstance(fault := thing.get("fault"), str):
                return code_title(fault)
            if isinstance(criterion := thing.get("criterion"), str):
                return self.labels.get(criterion, criterion)
        return fallback


def rule_part(rule: Any) -> RulePart | None:
    """The rule of a draft; None while it cannot be read."""
    model = RULE_PARTS.get(str(rule.get("kind"))) if isinstance(rule, Mapping) else None
    if model is None:
        return None
    try:
        return model.model_validate(dict(rule))
    except ValidationError:
        return None


def input_names(rules: Iterable[Any], language: str) -> dict[str, str]:
    """What the inputs that occurrences can feed are called, by their names; of rules that cannot be read nothing."""
    found: dict[str, str] = {}
    for rule in rules:
        if (part := rule_part(rule)) is not None:
            texts = rule_words(part, language)
            found |= {name: plain(texts.place(name)) for name, _ in countable_inputs(part)}
    return found


def plain(value: Any) -> str:
    """Anything at all, not longer than a page can bear."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
