"""From a rule to the fields of a page: names, widgets and their nesting, without any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agencyqa.scoring import (
    AllOrNothing,
    Checklist,
    Composite,
    Criterion,
    InputSpec,
    Rating,
    Rule,
    Scheme,
    SchemeVeto,
    Veto,
)
from agencyqa.scoring.vetoes import veto_inputs

# "yesno" asks outright: an all-or-nothing item nobody looked at must stay missing and not read as "no".
# "check" is a flag whose natural state is off: a veto that is not raised.
# "tick" is one of several; ticks are answers only together: with one of them, or with the box that says none.
# "rating" is a grade of a scale, where 0 stands for "cannot assess".
Widget = Literal["choice", "points", "count", "number", "check", "yesno", "tick", "rating"]

# A scale with more grades is typed and not picked.
MOST_GRADES = 12

ANSWER_PREFIX = "a-"
# The box of a checklist that says that none of it is there.
NONE_PREFIX = "none-"
ENTERED_PREFIX = "entered-"
REASON_PREFIX = "reason-"
# A row of the record that is set aside, and why; named by the key of the row.
OVERRULE_PREFIX = "overrule-"
WHY_PREFIX = "why-"
# How the name of every field begins that only the scheme of a sheet can have.
SHEET_PREFIXES = (ANSWER_PREFIX, NONE_PREFIX, ENTERED_PREFIX, REASON_PREFIX)
YES, NO = "yes", "no"


def answer_field(criterion: str, name: str) -> str:
    """The name and id of an input in the page; ``name`` is the input's full name in the scheme."""
    return f"{ANSWER_PREFIX}{criterion}-{name}"


def none_field(criterion: str, path: str) -> str:
    """``path`` is that of the checklist's block."""
    return f"{NONE_PREFIX}{criterion}-{path}"


def entered_field(criterion: str) -> str:
    return f"{ENTERED_PREFIX}{criterion}"


def reason_field(criterion: str) -> str:
    return f"{REASON_PREFIX}{criterion}"


def overrule_field(key: str) -> str:
    return f"{OVERRULE_PREFIX}{_safe(key)}"


def why_field(key: str) -> str:
    return f"{WHY_PREFIX}{_safe(key)}"


def _safe(key: str) -> str:
    """A key as part of a field's name and id: what is no plain letter, digit or underscore becomes its number."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"-{ord(match.group()):x}-", key)


@dataclass(frozen=True)
class Input:
    """``name`` is the full name in the answers (``cover.tables.count``), ``local`` its last part."""

    field: str
    name: str
    local: str
    widget: Widget
    spec: InputSpec


@dataclass(frozen=True)
class Block:
    """One rule with its own inputs; ``parts`` are the rules nested in it. ``path`` is empty at the top.

    A veto of the whole scheme has no rule.
    """

    path: str
    part: str | None
    rule: Rule | None
    inputs: tuple[Input, ...]
    parts: tuple[Block, ...] = ()

    def all_inputs(self) -> Iterator[Input]:
        yield from self.inputs
        for part in self.parts:
            yield from part.all_inputs()

    def checklists(self) -> Iterator[Block]:
        if isinstance(self.rule, Checklist):
            yield self
        for part in self.parts:
            yield from part.checklists()


# A page asks for the blocks of its scheme again and again. Rules never change, and a compiled scheme keeps its own.
_MOST_KEPT = 2_000
_blocks: dict[int, tuple[Criterion, Block]] = {}


def block_of(criterion: Criterion) -> Block:
    held = _blocks.get(id(criterion))
    # The number may have belonged to a criterion that is gone, so the criterion itself is kept and compared.
    if held is None or held[0] is not criterion:
        if len(_blocks) >= _MOST_KEPT:
            _blocks.clear()
        held = _blocks[id(criterion)] = (criterion, _block(criterion.key, criterion.rule, "", None))
    return held[1]


def veto_block(veto: SchemeVeto) -> Block:
    return Block(
        "",
        None,
        None,
        tuple(
            Input(answer_field(veto.key, spec.name), spec.name, spec.name, "check", spec)
            for spec in veto_inputs(veto)
        ),
    )


def blocks_of(scheme: Scheme) -> Iterator[tuple[str, Block]]:
    """All that asks for answers, by the key of the criterion or of the scheme's veto."""
    for _, criterion in scheme.criteria():
        yield criterion.key, block_of(criterion)
    for veto in scheme.vetoes:
        yield veto.key, veto_block(veto)


def inputs_of(scheme: Scheme) -> Iterator[tuple[str, Input]]:
    for key, block in blocks_of(scheme):
        for item in block.all_inputs():
            yield key, item


def checklists_of(scheme: Scheme) -> Iterator[tuple[str, Block]]:
    for key, block in blocks_of(scheme):
        for part in block.checklists():
            yield key, part


def _block(criterion: str, rule: Rule, path: str, part: str | None) -> Block:
    if isinstance(rule, Composite):
        parts = tuple(
            _block(criterion, item.rule, f"{path}.{item.key}" if path else item.key, item.key)
            for item in rule.parts
        )
        return Block(path, part, rule, (), parts)
    if isinstance(rule, Veto):
        inner = {spec.name for spec in rule.rule.inputs()}
        own = tuple(_input(criterion, rule, path, spec) for spec in rule.inputs() if spec.name not in inner)
        return Block(path, part, rule, own, (_block(criterion, rule.rule, path, None),))
    return Block(path, part, rule, tuple(_input(criterion, rule, path, spec) for spec in rule.inputs()))


def _input(criterion: str, rule: Rule, path: str, spec: InputSpec) -> Input:
    name = f"{path}.{spec.name}" if path else spec.name
    return Input(answer_field(criterion, name), name, spec.name, _widget(rule, spec), spec)


def _widget(rule: Rule, spec: InputSpec) -> Widget:
    if spec.type == "flag":
        if isinstance(rule, AllOrNothing):
            return "yesno"
        return "tick" if isinstance(rule, Checklist) else "check"
    if isinstance(rule, Rating) and rule.high - rule.low < MOST_GRADES:
        return "rating"
    return spec.type
