"""Range deduction: the scorer takes off a figure between two limits, once or for each occurrence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agencyqa.scoring.inputs import COUNT_LIMIT, InputSpec, count_input, points_input
from agencyqa.scoring.params import Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, positive_problem, step_problems
from agencyqa.scoring.steps import Num, Row
from agencyqa.scoring.tape import Sight, Tape


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
        given = amount = tape.input(specs[-1], own_check=True)
        count = tape.input(specs[0]) if self.per_occurrence else None
        if count is None:
            holds = tape.any_of(tape.within(given, self.low, self.high), tape.within(given, 0, 0))
            limits = {"low": self.low, "high": self.high}
            tape.require("outside_deduction_range", given, holds, limits)
        else:
            self._check_each(tape, count, given)
            amount = tape.beside(given, count)
        tape.check_limits(given, specs[-1])
        rest = tape.sub("rest", tape.param("points", self.points), amount)

        def explain(see: Sight) -> None:
            taken = see.value(amount)
            if taken:
                number = None if count is None else see.value(count)
                see.note("range_deduction.taken", amount=taken, count=number, points=self.points)
            elif taken is not None:
                see.note("range_deduction.none", points=self.points)

        tape.explain(explain)
        return tape.greatest("not_below_zero", rest, tape.param("zero", 0))

    def _check_each(self, tape: Tape, count: Num, amount: Num) -> None:
        least = tape.mul("least_deduction", count, tape.param("low", self.low))
        most = tape.mul("most_deduction", count, tape.param("high", self.high))

        def limits(row: Row) -> dict[str, int | None]:
            return {"low": row[least.at], "high": row[most.at]}

        counted, nothing = tape.at_least(count, 1), tape.within(amount, 0, 0)
        tape.require("amount_without_count", amount, tape.any_of(counted, nothing), limits)
        tape.require("outside_deduction_range", amount, tape.between(amount, least, most), limits)

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
