"""Range deduction: the scorer takes off a figure between two limits, once or for each occurrence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from agencyqa.scoring.inputs import COUNT_LIMIT, InputSpec, count_input, points_input
from agencyqa.scoring.params import Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, positive_problem, step_problems
from agencyqa.scoring.tape import Num, Tape


@dataclass(frozen=True)
class RangeDeduction(Rule):
    """An amount of 0 means that nothing is taken off.

    With `per_occurrence` the amount is the sum over all occurrences: n of them allow n*low to n*high.
    """

    kind: ClassVar[str] = "range_deduction"
    explanation_codes: ClassVar[tuple[str, ...]] = ("range_deduction.none", "range_deduction.taken")

    points: Points
    low: Points
    high: Points
    step: Points = 1
    per_occurrence: bool = False

    def inputs(self) -> tuple[InputSpec, ...]:
        reach = self.high * COUNT_LIMIT if self.per_occurrence else self.high
        amount = points_input("amount", 0, reach, self.step)
        return (count_input("count"), amount) if self.per_occurrence else (amount,)

    def evaluate(self, tape: Tape) -> Num:
        specs = self.specs
        amount = tape.input(specs[-1], own_check=True)
        count = self._check_each(tape, tape.input(specs[0]), amount) if self.per_occurrence else None
        if count is None:
            holds = (amount.values == 0) | ((amount.values >= self.low) & (amount.values <= self.high))
            tape.check("outside_deduction_range", amount, holds, low=self.low, high=self.high)
        tape.check_limits(amount, specs[-1])
        if count is not None:
            amount = amount.beside(count)
        rest = tape.sub("rest", tape.param("points", self.points), amount)
        result = tape.greatest("not_below_zero", rest, tape.param("zero", 0))
        if tape.explaining and amount.one() is not None:
            if amount.one():
                tape.note("range_deduction.taken", amount=amount, count=count, points=self.points)
            else:
                tape.note("range_deduction.none", points=self.points)
        return result

    def _check_each(self, tape: Tape, count: Num, amount: Num) -> Num:
        least = tape.mul("least_deduction", count, tape.param("low", self.low))
        most = tape.mul("most_deduction", count, tape.param("high", self.high))
        uncounted = (count.values == 0) & (amount.values > 0)
        tape.check("amount_without_count", amount, ~uncounted, low=least, high=most)
        holds = (amount.values >= least.values) & (amount.values <= most.values)
        tape.check("outside_deduction_range", amount, np.asarray(holds | uncounted), low=least, high=most)
        return count

    def excel(self) -> str:
        return f"MAX(0,{self.points}-{{amount}})"

    def parameter_problems(self) -> list[Problem]:
        found = positive_problem(self.points, "points") + positive_problem(self.low, "low")
        if self.low > self.high:
            found.append(Problem("high", "range_reversed", {"low": self.low, "high": self.high}))
        found += step_problems(self.step, {"low": self.low, "high": self.high})
        if self.high > self.points:
            params = {"high": self.high, "points": self.points}
            found.append(Problem("high", "deduction_above_points", params, "warning"))
        return found
