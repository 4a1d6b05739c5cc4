"""Where a row of the sheet of rules belongs: to which criterion, part and rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.cells import plain_word
from agencyqa.measures.scheme_books.fields import (
    Model,
    lists_of,
    rows_of_rules,
    rule_field,
    rule_models,
)
from agencyqa.measures.scheme_books.rows import PART_SEPARATOR, nested
from agencyqa.spreadsheets.tables import TableRow

Record = tuple[dict[str, Any], Path, Model]


@dataclass
class _Part:
    """A criterion or a part of one; ``rules`` are its rule and the rules inside that, from the outside."""

    holder: dict[str, Any]
    path: Path
    model: Model
    rules: list[Record] = field(default_factory=list)


class RuleRows:
    def __init__(self, owners: dict[str, Record], problem: Callable[..., None]) -> None:
        self._owners = owners
        self._problem = problem
        self._parts: dict[tuple[str, str], _Part] = {
            (key, ""): _Part(*owner) for key, owner in owners.items()
        }
        self._kinds = {
            plain_word(word): kind for kind in rule_models() for word in (*words.KINDS.get(kind, ()), kind)
        }
        self._lists = {
            plain_word(word): name for name in rows_of_rules() for word in (*words.LISTS.get(name, ()), name)
        }

    def place(self, row: TableRow) -> Record | None:
        """The record, still empty, that the row fills; None with a problem told where it belongs nowhere."""
        key = row.values["@criterion"]
        content = plain_word(row.values["@content"] or "")
        if key not in self._owners:
            self._problem(row, "@criterion", "book.unknown_criterion", key=(key or "")[:40])
            return None
        part = self._parts.get((key, _part_of(row)))
        if part is None:
            self._problem(row, "@part", "book.unknown_part", part=_part_of(row)[:40])
            return None
        if content in self._kinds:
            return self._rule(row, part, self._kinds[content])
        if content in self._lists:
            return self._item(row, part, self._lists[content])
        offered = [words.KINDS.get(kind, (kind,))[0] for kind in rule_models()]
        offered += [words.LISTS.get(name, (name,))[0] for name in rows_of_rules()]
        self._problem(row, "@content", "book.not_offered", value=content[:40], choices=offered)
        return None

    def read(self, row: TableRow, holder: dict[str, Any], path: Path, model: Model) -> None:
        """After the row was read: a part is a place for rules from here on."""
        if rule_field(model) is not None and "kind" not in holder and isinstance(holder.get("key"), str):
            place = (row.values["@criterion"], nested(_part_of(row), holder["key"]))
            self._parts.setdefault(place, _Part(holder, path, model))

    def _rule(self, row: TableRow, part: _Part, kind: str) -> Record | None:
        model = rule_models()[kind]
        holder, path, outer = part.rules[-1] if part.rules else (part.holder, part.path, part.model)
        name = rule_field(outer)
        if name is None:
            self._problem(row, "@content", "book.second_rule" if part.rules else "book.no_rule_here")
            return None
        rule: dict[str, Any] = {"kind": kind}
        holder[name] = rule
        found = (rule, (*path, name), model)
        part.rules.append(found)
        return found

    def _item(self, row: TableRow, part: _Part, name: str) -> Record | None:
        """An item of a list of the innermost rule that has such a list, or of the criterion itself."""
        owners = [*reversed(part.rules), (part.holder, part.path, part.model)]
        for holder, path, model in owners:
            each = next((each for each in lists_of(model) if each.name == name), None)
            if each is not None and each.model is not None:
                items = holder.setdefault(name, [])
                item: dict[str, Any] = {}
                items.append(item)
                return item, (*path, name, len(items) - 1), each.model
        self._problem(row, "@content", "book.item_without_rule", value=str(row.values["@content"]))
        return None


def _part_of(row: TableRow) -> str:
    text = row.values["@part"] or ""
    return PART_SEPARATOR.join(step.strip() for step in text.split(PART_SEPARATOR)) if text else ""
