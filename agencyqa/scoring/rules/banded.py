"""Banded range: the scorer picks a band by its description, then a figure inside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar, Literal

from agencyqa.scoring.inputs import Choice, InputSpec, choice_input, points_input
from agencyqa.scoring.params import NEWER, Key, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, key_problems, step_problems
from agencyqa.scoring.steps import Num, Row
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class Band:
    key: Key
    low: Points
    high: Points


@dataclass(frozen=True)
class BandedRange(Rule):
    """Both edges of a band belong to it, so neighbours may share an edge.

    With a step of a whole point, 0-6 and 7-12 are neighbours too: no figure lies between them.
    """

    kind: ClassVar[str] = "banded"
    explanation_codes: ClassVar[tuple[str, ...]] = ("banded.chosen", "banded.rounded")

    bands: tuple[Band, ...]
    step: Points = 1
    gaps: Literal["refuse", "round"] = field(default="refuse", metadata=NEWER)

    def inputs(self) -> tuple[InputSpec, ...]:
        choices = tuple(Choice(band.key, band.low, band.high) for band in self.bands)
        low, high = min(band.low for band in self.bands), max(band.high for band in self.bands)
        step = self.step if self.gaps == "refuse" else 1
        return choice_input("band", choices), points_input("value", low, high, step)

    def evaluate(self, tape: Tape) -> Num:
        band_spec, value_spec = self.specs
        band = tape.input(band_spec)
        given = tape.input(value_spec, own_check=True)
        # The figure alone is not enough: without its band nobody can tell whether it was allowed.
        value = paired = tape.beside(given, band)
        if self.gaps == "round":
            value = tape.to_step("to_step", paired, tape.param("step", self.step))
        low = tape.pick(None, band, [("", each.low) for each in self.bands])
        high = tape.pick(None, band, [("", each.high) for each in self.bands])
        tape.require(
            "outside_band", given, tape.between(value, low, high), lambda row: self._limits(row, band)
        )
        tape.check_limits(given, value_spec)

        def explain(see: Sight) -> None:
            number, figure = see.value(band), see.value(given)
            if number is None:
                return
            chosen = self.bands[number]
            marked = figure if self.gaps == "refuse" else see.value(value)
            see.note("banded.chosen", band=chosen.key, low=chosen.low, high=chosen.high, value=marked)
            if marked != figure:
                see.note("banded.rounded", given=figure, step=self.step, value=marked)

        tape.explain(explain)
        return tape.take("value", value)

    def _limits(self, row: Row, band: Num) -> dict[str, str | int]:
        chosen = self.bands[row[band.at] or 0]
        return {"band": chosen.key, "low": chosen.low, "high": chosen.high}

    def excel(self) -> str:
        if self.gaps == "refuse":
            return "{value}"
        return f"INT((2*{{value}}+{self.step})/{2 * self.step})*{self.step}"

    def parameter_problems(self) -> list[Problem]:
        found = key_problems([band.key for band in self.bands], "bands")
        if not self.bands:
            return found
        edges: dict[str, int] = {}
        turned: list[Problem] = []
        for band in self.bands:
            edges[f"bands.{band.key}.low"], edges[f"bands.{band.key}.high"] = band.low, band.high
            if band.low > band.high:
                params = {"low": band.low, "high": band.high}
                turned.append(Problem(f"bands.{band.key}", "band_reversed", params))
        found += turned + step_problems(self.step, edges)
        if self.step < 1 or turned:
            # What lies beside what is not known.
            return found
        return found + self._neighbour_problems()

    def _neighbour_problems(self) -> list[Problem]:
        found: list[Problem] = []
        ordered = sorted(self.bands, key=lambda band: (band.low, band.high))
        for lower, upper in pairwise(ordered):
            place = f"bands.{upper.key}.low"
            params = {"below": lower.key, "high": lower.high, "above": upper.key, "low": upper.low}
            if upper.low < lower.high or (lower.low, lower.high) == (upper.low, upper.high):
                found.append(Problem(place, "band_overlap", params))
            elif (lower.high // self.step + 1) * self.step < upper.low:
                found.append(Problem(place, "band_gap", params))
        return found
