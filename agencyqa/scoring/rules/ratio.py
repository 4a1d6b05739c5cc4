"""Ratio: the points times what was done over what was planned, or the other way round where less is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from agencyqa.scoring.inputs import InputSpec, number_input
from agencyqa.scoring.params import Count, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, places_problems, positive_problem
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape
from agencyqa.scoring.units import PLACES


@dataclass(frozen=True)
class Ratio(Rule):
    """`cap` is the most that can be earned, `points` unless said otherwise. `places` are the decimals of a point
    to which the quotient is rounded half-up. `empty` says what a divisor of 0 means."""

    kind: ClassVar[str] = "ratio"
    explanation_codes: ClassVar[tuple[str, ...]] = ("ratio.quotient", "ratio.capped", "ratio.empty")

    points: Points
    direction: Literal["higher", "lower"] = "higher"
    cap: Points | None = None
    empty: Literal["refuse", "zero", "full"] = "refuse"
    places: Count = PLACES

    def inputs(self) -> tuple[InputSpec, ...]:
        return number_input("actual"), number_input("planned")

    @property
    def _top(self) -> int:
        return self.points if self.cap is None else self.cap

    def evaluate(self, tape: Tape) -> Num:
        actual, planned = (tape.input(spec) for spec in self.specs)
        over, under = (actual, planned) if self.direction == "higher" else (planned, actual)
        if self.empty == "refuse":
            tape.require("divisor_is_zero", under, tape.within(under, 1, under.high))
        points = tape.param("points", self.points)
        instead = points if self.empty == "full" else tape.param("zero", 0)
        scaled = tape.mul("points_times", points, over)
        quotient = tape.quotient("quotient", scaled, under, 10 ** (PLACES - self.places), instead)
        top = tape.param("points" if self.cap is None else "cap", self._top)
        result = tape.least("capped", quotient, top)

        def explain(see: Sight) -> None:
            if see.value(result) is None:
                return
            figures = {"actual": see.value(actual), "planned": see.value(planned)}
            if see.value(under) == 0:
                see.note("ratio.empty", **figures, points=self.points, value=see.value(result))
            elif see.value(result) == see.value(quotient):
                see.note("ratio.quotient", **figures, points=self.points, value=see.value(result))
            else:
                see.note("ratio.capped", **figures, points=self.points, cap=self._top)

        tape.explain(explain)
        return result

    def excel(self) -> str:
        over, under = ("actual", "planned") if self.direction == "higher" else ("planned", "actual")
        unit = 10 ** (PLACES - self.places)
        instead = min(self.points, self._top) if self.empty == "full" else 0
        quotient = f"ROUND({self.points}*{{{over}}}/{{{under}}}/{unit},0)*{unit}"
        return f"IF({{{under}}}=0,{instead},MIN({self._top},{quotient}))"

    def parameter_problems(self) -> list[Problem]:
        found = positive_problem(self.points, "points") + places_problems(self.places)
        return found if self.cap is None else found + positive_problem(self.cap, "cap")
