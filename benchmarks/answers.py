"""Any number of sound sheets of any scheme, as columns, always the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from agencyqa.scoring import Columns, Program
from agencyqa.scoring.arrays import Column, IntArray
from agencyqa.scoring.columns import answer_of
from agencyqa.scoring.rules import BandedRange, Composite, RangeDeduction, Ratio, Rule, Veto

Held = dict[str, IntArray]


def random_columns(program: Program, size: int, seed: int = 1) -> Columns:
    dice = np.random.default_rng(seed)
    inputs: dict[str, Held] = {}
    for key, specs in program.layout.items():
        inputs[key] = {}
        for spec in specs:
            high = min(spec.high, 3) if spec.type == "count" else spec.high // spec.step
            # Vetoes and exceptions are rare.
            rare = spec.type == "flag" and (spec.needed_if is not None or len(specs) < 3)
            chance = dice.integers(0, 50 if rare and key not in program.criterion_keys else high + 1, size)
            inputs[key][spec.name] = np.minimum(chance, high) * spec.step if high else chance * 0
    for _, criterion in program.scheme.criteria():
        _fit(criterion.rule, inputs[criterion.key], "", dice, size)
    nothing = Column(np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool))
    return Columns(
        size,
        {key: {name: Column(values) for name, values in held.items()} for key, held in inputs.items()},
        dict.fromkeys(program.criterion_keys, nothing),
    )


def _fit(rule: Rule, held: Held, at: str, dice: np.random.Generator, size: int) -> None:
    if isinstance(rule, BandedRange):
        band = held[f"{at}band"]
        low = np.array([each.low for each in rule.bands])[band]
        steps = np.array([(each.high - each.low) // rule.step + 1 for each in rule.bands])[band]
        held[f"{at}value"] = low + (dice.random(size) * steps).astype(np.int64) * rule.step
    elif isinstance(rule, RangeDeduction):
        count = held[f"{at}count"] if rule.per_occurrence else dice.integers(0, 2, size)
        held[f"{at}amount"] = count * rule.low
    elif isinstance(rule, Ratio):
        held[f"{at}planned"] = dice.integers(1, 200, size) * 10_000
        held[f"{at}actual"] = dice.integers(0, 220, size) * 10_000
    elif isinstance(rule, Veto):
        _fit(rule.rule, held, at, dice, size)
    elif isinstance(rule, Composite):
        for part in rule.parts:
            _fit(part.rule, held, f"{at}{part.key}.", dice, size)


def sheet_at(program: Program, columns: Columns, row: int) -> dict[str, dict[str, Any]]:
    return {
        key: {spec.name: answer_of(spec, int(columns.inputs[key][spec.name].values[row])) for spec in specs}
        for key, specs in program.layout.items()
    }


def plain(columns: Columns) -> dict[str, Held]:
    """The bare arrays, as a hand-written program takes them."""
    return {
        key: {name: column.values for name, column in held.items()} for key, held in columns.inputs.items()
    }
