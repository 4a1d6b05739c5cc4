"""Free value: the scorer gives a figure between two limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agencyqa.scoring.inputs import InputSpec, points_input
from agencyqa.scoring.params import Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, step_problems
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class FreeValue(Rule):
    """`published` False says that the form's own rule is not public, so that every screen can say it."""

    kind: ClassVar[str] = "free"
    explanation_codes: ClassVar[tuple[str, ...]] = ("free.given", "free.unpublished")

    low: Points
    high: Points
    step: Points = 1
    published: bool = True

    def inputs(self) -> tuple[InputSpec, ...]:
        return (points_input("value", self.low, self.high, self.step),)

    def evaluate(self, tape: Tape) -> Num:
        value = tape.input(self.specs[0])

        def explain(see: Sight) -> None:
            if see.value(value) is not None:
                code = "free.given" if self.published else "free.unpublished"
                see.note(code, value=see.value(value), low=self.low, high=self.high)

        tape.explain(explain)
        return tape.take("value", value)

    def excel(self) -> str:
        return "{value}"

    def parameter_problems(self) -> list[Problem]:
        if self.low >= self.high:
            return [Problem("high", "range_reversed", {"low": self.low, "high": self.high})]
        return step_problems(self.step, {"low": self.low, "high": self.high})
