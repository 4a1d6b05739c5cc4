"""Checklist: named points, each for a thing that is there or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agencyqa.scoring.inputs import InputSpec, flag_input
from agencyqa.scoring.params import Key, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, key_problems, positive_problem
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class Item:
    key: Key
    points: Points


@dataclass(frozen=True)
class Checklist(Rule):
    kind: ClassVar[str] = "checklist"
    explanation_codes: ClassVar[tuple[str, ...]] = ("checklist.item", "checklist.none", "checklist.sum")

    items: tuple[Item, ...]

    def inputs(self) -> tuple[InputSpec, ...]:
        return tuple(flag_input(item.key) for item in self.items)

    def evaluate(self, tape: Tape) -> Num:
        earned: list[Num] = []
        for item, spec in zip(self.items, self.specs, strict=True):
            points = tape.param(f"items.{item.key}.points", item.points)
            earned.append(tape.mul("item_points", tape.input(spec), points))
        total = tape.add("ticked", earned)

        def explain(see: Sight) -> None:
            for item, each in zip(self.items, earned, strict=True):
                if see.value(each):
                    see.note("checklist.item", item=item.key, points=item.points)
            if see.value(total) == 0:
                see.note("checklist.none", items=len(self.items))
            elif see.value(total) is not None:
                see.note("checklist.sum", value=see.value(total))

        tape.explain(explain)
        return total

    def excel(self) -> str:
        return "+".join(f"{item.points}*{{{item.key}}}" for item in self.items)

    def parameter_problems(self) -> list[Problem]:
        found = key_problems([item.key for item in self.items], "items")
        for item in self.items:
            found += positive_problem(item.points, f"items.{item.key}.points")
        return found
