"""Schemes and rules as JSON data and back, by their dataclasses alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from agencyqa.scoring.params import ParamSpec, place_of, record_specs, value_problems
from agencyqa.scoring.problems import Problem, SchemeError, join_place
from agencyqa.scoring.rules import RULES
from agencyqa.scoring.rules.base import Rule
from agencyqa.scoring.scheme import Scheme
from agencyqa.scoring.units import UnitsError

# A real form nests two rules deep. The limit keeps a hostile file from exhausting the stack.
DEEPEST_RULE = 8

ReadPoints = Callable[[Any], int]


def param_specs(kind: str) -> tuple[ParamSpec, ...]:
    """The parameters of a kind of rule, for documents, forms and file schemas."""
    return record_specs(RULES[kind])


def read_units(value: Any) -> int:
    """The strict reader: figures are units already."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnitsError("not_a_number")
    return value


def rule_to_data(rule: Rule) -> dict[str, Any]:
    return {"kind": rule.kind, **_record_to_data(rule)}


def scheme_to_data(scheme: Scheme) -> dict[str, Any]:
    return _record_to_data(scheme)


def scheme_digest(scheme: Scheme) -> str:
    """SHA-256 of the canonical JSON; equal schemes have equal digests."""
    text = json.dumps(scheme_to_data(scheme), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def rule_from_data(data: Any, read_points: ReadPoints = read_units) -> Rule:
    """Reads the shape only; ask the rule for its problems afterwards. Raises SchemeError with every fault.

    `read_points` turns a figure of the source into units, e.g. parse_points; it raises UnitsError.
    """
    reader = _Reader(read_points)
    rule = reader.rule(data, "", 0)
    if reader.problems or rule is None:
        raise SchemeError(reader.problems)
    return rule


def scheme_from_data(data: Any, read_points: ReadPoints = read_units) -> Scheme:
    """As rule_from_data, for a whole scheme."""
    reader = _Reader(read_points)
    scheme = reader.record(data, Scheme, "", 0)
    if reader.problems or not isinstance(scheme, Scheme):
        raise SchemeError(reader.problems)
    return scheme


def _record_to_data(record: Any) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for spec in record_specs(type(record)):
        value = getattr(record, spec.name)
        if not (spec.newer and value == spec.default):
            data[spec.name] = _value_to_data(value, spec)
    return data


def _value_to_data(value: Any, spec: ParamSpec) -> Any:
    if value is None:
        return None
    if spec.type == "rule":
        return rule_to_data(value)
    if spec.type == "list":
        return [_record_to_data(item) for item in value]
    if spec.type == "record":
        return _record_to_data(value)
    return value


class _Reader:
    """Walks the data along the parameter descriptions and collects every fault."""

    def __init__(self, read_points: ReadPoints) -> None:
        self.problems: list[Problem] = []
        self._read_points = read_points

    def rule(self, data: Any, place: str, depth: int) -> Rule | None:
        if not isinstance(data, Mapping):
            self.problems.append(Problem(place, "not_a_rule"))
            return None
        if depth >= DEEPEST_RULE:
            self.problems.append(Problem(place, "nested_too_deep", {"limit": DEEPEST_RULE}))
            return None
        kind = data.get("kind")
        if not isinstance(kind, str) or kind not in RULES:
            self.problems.append(Problem(join_place(place, "kind"), "unknown_kind", {"kinds": sorted(RULES)}))
            return None
        rest = {name: value for name, value in data.items() if name != "kind"}
        rule = self.record(rest, RULES[kind], place, depth)
        return rule if isinstance(rule, Rule) else None

    def record(self, data: Any, target: type, place: str, depth: int) -> Any:
        if not isinstance(data, Mapping):
            self.problems.append(Problem(place, "not_a_record"))
            return None
        before = len(self.problems)
        specs = record_specs(target)
        known = {spec.name for spec in specs}
        for name in data:
            if name not in known:
                self.problems.append(Problem(join_place(place, str(name)), "unknown_field"))
        values: dict[str, Any] = {}
        for spec in specs:
            here = join_place(place, spec.name)
            if spec.name not in data:
                if spec.required:
                    self.problems.append(Problem(here, "missing_field"))
                continue
            values[spec.name] = self._value(data[spec.name], spec, here, depth)
        return target(**values) if len(self.problems) == before else None

    def _value(self, held: Any, spec: ParamSpec, place: str, depth: int) -> Any:
        if held is None and spec.optional:
            return None
        if spec.type == "rule":
            return self.rule(held, place, depth + 1)
        if spec.target is not None and spec.type == "record":
            return self.record(held, spec.target, place, depth)
        if spec.target is not None:
            if not isinstance(held, (list, tuple)):
                self.problems.append(Problem(place, "not_a_list"))
                return None
            return tuple(
                self.record(item, spec.target, join_place(place, place_of(item, number)), depth)
                for number, item in enumerate(held)
            )
        if spec.type == "points":
            try:
                return self._read_points(held)
            except UnitsError as error:
                self.problems.append(Problem(place, error.code))
                return None
        self.problems += value_problems(held, spec, place)
        return held
