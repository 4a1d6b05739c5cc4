"""Composite: one item made of named parts (3 + 1, 5 + 5), each with a rule of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.params import Key
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, key_problems, prefix_placeholders
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class Part:
    key: Key
    rule: Rule


@dataclass(frozen=True)
class Composite(Rule):
    kind: ClassVar[str] = "composite"
    explanation_codes: ClassVar[tuple[str, ...]] = ("composite.part", "composite.sum")

    parts: tuple[Part, ...]

    def inputs(self) -> tuple[InputSpec, ...]:
        return tuple(spec.under(part.key) for part in self.parts for spec in part.rule.inputs())

    def evaluate(self, tape: Tape) -> Num:
        results = [part.rule.evaluate(tape.at(part.key)) for part in self.parts]
        total = tape.add("parts", results)
        for part, result in zip(self.parts, results, strict=True):
            tape.at(part.key).explain(partial(_explain_part, part.key, result))
        tape.explain(lambda see: see.note("composite.sum", value=see.value(total)))
        return total

    def excel(self) -> str:
        terms = [f"({prefix_placeholders(part.rule.excel(), part.key)})" for part in self.parts]
        return "+".join(terms)

    def parameter_problems(self) -> list[Problem]:
        found = key_problems([part.key for part in self.parts], "parts")
        for part in self.parts:
            place = f"parts.{part.key}.rule"
            found += [problem.under(place) for problem in part.rule.problems()]
            if part.rule.can_be_left_out:
                # A criterion is assessed as a whole or not at all.
                found.append(Problem(place, "part_cannot_be_left_out"))
        return found


def _explain_part(key: str, result: Num, see: Sight) -> None:
    see.note("composite.part", part=key, value=see.value(result))
