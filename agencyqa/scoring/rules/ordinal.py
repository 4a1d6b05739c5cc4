"""Ordinal: each named level has its set points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agencyqa.scoring.inputs import Choice, InputSpec, choice_input
from agencyqa.scoring.params import Key, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, key_problems
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class Level:
    key: Key
    points: Points


@dataclass(frozen=True)
class Ordinal(Rule):
    kind: ClassVar[str] = "ordinal"
    explanation_codes: ClassVar[tuple[str, ...]] = ("ordinal.level",)

    levels: tuple[Level, ...]

    def inputs(self) -> tuple[InputSpec, ...]:
        return (choice_input("level", tuple(Choice(v.key, v.points, v.points) for v in self.levels)),)

    def evaluate(self, tape: Tape) -> Num:
        level = tape.input(self.specs[0])
        options = [(f"levels.{v.key}.points", v.points) for v in self.levels]

        def explain(see: Sight) -> None:
            number = see.value(level)
            if number is not None:
                see.note("ordinal.level", level=self.levels[number].key, points=self.levels[number].points)

        tape.explain(explain)
        return tape.pick("level_points", level, options)

    def excel(self) -> str:
        return f"CHOOSE({{level}},{','.join(str(v.points) for v in self.levels)})"

    def parameter_problems(self) -> list[Problem]:
        found = key_problems([v.key for v in self.levels], "levels")
        return found + [
            Problem(f"levels.{v.key}.points", "negative", {"value": v.points})
            for v in self.levels
            if v.points < 0
        ]
