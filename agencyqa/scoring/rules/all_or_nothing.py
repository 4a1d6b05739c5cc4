"""All or nothing: full points when the requirement is met, else 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agencyqa.scoring.inputs import InputSpec, flag_input
from agencyqa.scoring.params import Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, positive_problem
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class AllOrNothing(Rule):
    kind: ClassVar[str] = "all_or_nothing"
    explanation_codes: ClassVar[tuple[str, ...]] = ("all_or_nothing.met", "all_or_nothing.not_met")

    points: Points

    def inputs(self) -> tuple[InputSpec, ...]:
        return (flag_input("met"),)

    def evaluate(self, tape: Tape) -> Num:
        met = tape.input(self.specs[0])
        result = tape.mul("met_points", met, tape.param("points", self.points))

        def explain(see: Sight) -> None:
            given = see.value(met)
            if given is not None:
                see.note("all_or_nothing.met" if given else "all_or_nothing.not_met", points=self.points)

        tape.explain(explain)
        return result

    def excel(self) -> str:
        return f"{self.points}*{{met}}"

    def parameter_problems(self) -> list[Problem]:
        return positive_problem(self.points, "points")
