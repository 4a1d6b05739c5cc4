"""A scheme as the rows of its workbook's sheets. The reader in ``reading`` is the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.cells import to_cell
from agencyqa.measures.scheme_books.fields import Model, leaves_of, lists_of, rule_field, rule_models
from agencyqa.measures.scheme_format import CriterionPart

# Between the keys of nested parts.
PART_SEPARATOR = "/"


@dataclass(frozen=True)
class RuleRow:
    """``content`` says what the row is: a kind of rule, or an item of one of the lists."""

    criterion: str
    part: str
    content: str
    cells: dict[str, str | int | None] = field(default_factory=dict)
    is_rule: bool = False


def cells_of(model: Model, content: Mapping[str, Any], language: str) -> dict[str, str | int | None]:
    """The cells of one record by the names of the columns; what is not stated has none."""
    found: dict[str, str | int | None] = {}
    for leaf in leaves_of(model):
        held: Any = content
        for step in leaf.path:
            held = held.get(step) if isinstance(held, Mapping) else None
        if held is not None:
            found[leaf.name] = to_cell(leaf, held, language)
    return found


def rule_rows(criterion: Mapping[str, Any], language: str) -> Iterator[RuleRow]:
    """The rule of a criterion of the stored content, and whatever else of it is a list."""
    key = str(criterion["key"])
    yield from _rule(key, "", criterion["rule"], language)
    yield from _lists(key, "", CriterionPart, criterion, language)


def list_rows(model: Model, item: Mapping[str, Any], language: str) -> Iterator[RuleRow]:
    """What an item of a list of the scheme itself holds beyond its own row."""
    if lists_of(model):
        yield from _lists(str(item["key"]), "", model, item, language)


def _rule(key: str, part: str, rule: Mapping[str, Any], language: str) -> Iterator[RuleRow]:
    kind = str(rule["kind"])
    model = rule_models()[kind]
    word = words.pick(words.KINDS.get(kind, (kind, kind)), language)
    yield RuleRow(key, part, word, cells_of(model, rule, language), is_rule=True)
    yield from _lists(key, part, model, rule, language)
    inner = rule_field(model)
    if inner is not None:
        yield from _rule(key, part, rule[inner], language)


def _lists(key: str, part: str, model: Model, content: Mapping[str, Any], language: str) -> Iterator[RuleRow]:
    for each in lists_of(model):
        if each.model is None:
            continue
        word = words.pick(words.LISTS.get(each.name, (each.name, each.name)), language)
        for item in content.get(each.name, ()):
            yield RuleRow(key, part, word, cells_of(each.model, item, language))
            inner = rule_field(each.model)
            if inner is not None:
                yield from _rule(key, nested(part, str(item["key"])), item[inner], language)


def nested(part: str, key: str) -> str:
    return f"{part}{PART_SEPARATOR}{key}" if part else key
