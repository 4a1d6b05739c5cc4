"""Deduction per occurrence, to zero: several faults, each with its own amount, inside one item."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from agencyqa.scoring.inputs import InputSpec, count_input
from agencyqa.scoring.params import NEWER, Count, Key, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, key_problems, positive_problem
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class Fault:
    """`amount` is taken off for each occurrence, at most `max_count` times and at most `max_amount` in all."""

    key: Key
    amount: Points
    max_count: Count | None = None
    max_amount: Points | None = field(default=None, metadata=NEWER)


@dataclass(frozen=True)
class Deductions(Rule):
    kind: ClassVar[str] = "deductions"
    explanation_codes: ClassVar[tuple[str, ...]] = (
        "deductions.fault",
        "deductions.none",
        "deductions.taken",
        "deductions.exhausted",
    )

    points: Points
    faults: tuple[Fault, ...]

    def inputs(self) -> tuple[InputSpec, ...]:
        return tuple(count_input(fault.key) for fault in self.faults)

    def evaluate(self, tape: Tape) -> Num:
        counts = [tape.input(spec) for spec in self.specs]
        taken: list[tuple[Num, Num]] = []
        for fault, count in zip(self.faults, counts, strict=True):
            counted = count
            if fault.max_count is not None:
                cap = tape.param(f"faults.{fault.key}.max_count", fault.max_count)
                counted = tape.least("counted", count, cap)
            off = tape.mul("fault_deduction", counted, tape.param(f"faults.{fault.key}.amount", fault.amount))
            if fault.max_amount is not None:
                most = tape.param(f"faults.{fault.key}.max_amount", fault.max_amount)
                off = tape.least("fault_capped", off, most)
            taken.append((counted, off))
        deducted = tape.add("deducted", [off for _, off in taken])
        rest = tape.sub("rest", tape.param("points", self.points), deducted)

        def explain(see: Sight) -> None:
            for fault, count, (counted, off) in zip(self.faults, counts, taken, strict=True):
                if see.value(count):
                    see.note(
                        "deductions.fault",
                        fault=fault.key,
                        count=see.value(count),
                        counted=see.value(counted),
                        amount=fault.amount,
                        deducted=see.value(off),
                    )
            self._explain(see, see.value(deducted))

        tape.explain(explain)
        return tape.greatest("not_below_zero", rest, tape.param("zero", 0))

    def _explain(self, see: Sight, deducted: int | None) -> None:
        if deducted is None:
            return
        if deducted == 0:
            see.note("deductions.none", points=self.points)
        elif deducted >= self.points:
            see.note("deductions.exhausted", points=self.points, deducted=deducted)
        else:
            see.note("deductions.taken", points=self.points, deducted=deducted, rest=self.points - deducted)

    def excel(self) -> str:
        terms = ""
        for fault in self.faults:
            count = f"{{{fault.key}}}"
            if fault.max_count is not None:
                count = f"MIN({count},{fault.max_count})"
            off = f"{fault.amount}*{count}"
            terms += f"-{off}" if fault.max_amount is None else f"-MIN({off},{fault.max_amount})"
        return f"MAX(0,{self.points}{terms})"

    def parameter_problems(self) -> list[Problem]:
        found = positive_problem(self.points, "points")
        found += key_problems([fault.key for fault in self.faults], "faults")
        for fault in self.faults:
            found += positive_problem(fault.amount, f"faults.{fault.key}.amount")
            if fault.max_count is not None:
                found += positive_problem(fault.max_count, f"faults.{fault.key}.max_count")
            if fault.max_amount is not None:
                found += positive_problem(fault.max_amount, f"faults.{fault.key}.max_amount")
        return found
