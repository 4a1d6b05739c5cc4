"""What somebody typed, as the data of a draft. Whatever cannot be read is kept as typed, and the check says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from agencyqa.measures.scheme_shape import Shape, rule_kinds, rule_shapes
from agencyqa.scoring import UnitsError, format_points, parse_points
from agencyqa.web import normalise

# Deeper than the engine reads rules; a hostile form could nest without end.
DEEPEST_RULE = 8
_DEEPEST_NAME = 64
_ROW = re.compile(r"0|[1-9][0-9]{0,2}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
# The select that chooses a rule, and the kind whose fields the form showed.
KIND, SHOWN = "kind", "shown"

Branch = dict[str, Any]


def nested(fields: Iterable[tuple[str, str]]) -> Branch:
    """Fields named ``rule.bands.0.low`` as a tree; of a name sent twice the first counts."""
    tree: Branch = {}
    for name, value in fields:
        steps = name.split(".")
        if len(steps) > _DEEPEST_NAME:
            continue
        held = tree
        for step in steps[:-1]:
            below = held.setdefault(step, {})
            if not isinstance(below, dict):
                break
            held = below
        else:
            held.setdefault(steps[-1], value)
    return tree


def read_record(shapes: Iterable[Shape], tree: Any, depth: int = 0) -> dict[str, Any]:
    """The record that a branch of the form describes. What is empty or says the default is left out."""
    found: dict[str, Any] = {}
    branch = tree if isinstance(tree, dict) else {}
    for shape in shapes:
        value = _read(shape, branch.get(shape.name), depth)
        if value is not None and value != shape.default:
            found[shape.name] = value
    return found


def _read(shape: Shape, held: Any, depth: int) -> Any:
    if shape.kind in {"text", "list", "record", "rule"}:
        return _read_inside(shape, held, depth)
    if shape.kind == "flag":
        return held is not None
    text = normalise.text(held) if isinstance(held, str) else ""
    if not text:
        return None
    match shape.kind:
        case "points":
            return points_text(text)
        case "count":
            figure = normalise.figure(text)
            return int(figure) if _WHOLE.fullmatch(figure) else text
        case _:
            return text.replace("\r\n", "\n")


def _read_inside(shape: Shape, held: Any, depth: int) -> Any:
    if not isinstance(held, dict):
        return None
    match shape.kind:
        case "text":
            return _wording(held)
        case "list":
            rows = sorted((name for name in held if _ROW.fullmatch(name)), key=int)
            return [read_record(shape.fields, held[row], depth) for row in rows]
        case "record":
            return read_record(shape.fields, held, depth) or None
        case _:
            return _rule(held, depth)


def _wording(held: Branch) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for language in ("zh", "en"):
        value = held.get(language)
        if isinstance(value, str) and (text := normalise.text(value).replace("\r\n", "\n")):
            found[language] = text
    if found and "ours" in held:
        found["ours"] = True
    return found or None


def _rule(held: Branch, depth: int) -> dict[str, Any] | None:
    """A rule of the kind chosen. Fields of another kind were not shown, so only equal ones are taken over."""
    if depth >= DEEPEST_RULE:
        return None
    kind, shown = held.get(KIND), held.get(SHOWN)
    if not isinstance(kind, str) or kind not in rule_kinds():
        return None
    shapes = rule_shapes(kind)
    if shown == kind:
        return {"kind": kind, **read_record(shapes, held, depth + 1)}
    before = {shape.name: shape for shape in rule_shapes(shown if isinstance(shown, str) else "")}
    kept = [shape for shape in shapes if shape.name in before and before[shape.name].kind == shape.kind]
    return {"kind": kind, **read_record([each for each in kept if each.kind != "list"], held, depth + 1)}


def points_text(text: str) -> str:
    """A figure in the one way that stored content writes it; anything else as typed."""
    figure = normalise.figure(text)
    if not normalise.is_decimal(figure):
        return text
    try:
        return format_points(parse_points(figure))
    except UnitsError:
        return text
