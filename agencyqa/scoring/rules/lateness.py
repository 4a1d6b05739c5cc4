"""Stepped lateness: points for each day, and penalties at multiples of a limit that depends on a class."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from agencyqa.scoring.inputs import Choice, InputSpec, choice_input, count_input, number_input
from agencyqa.scoring.params import Count, Key, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, key_problems, positive_problem
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape
from agencyqa.scoring.units import SCALE


@dataclass(frozen=True)
class LateClass:
    """`limit` is in days. `above` is the least amount of the class where the amount decides, nothing for the first."""

    key: Key
    limit: Count
    above: Points | None = None


@dataclass(frozen=True)
class LateStep:
    """Reached at `multiple` times the limit (1.5 is 15000)."""

    multiple: Points
    penalty: Points


@dataclass(frozen=True)
class Lateness(Rule):
    """Unless `steps_add`, only the penalty of the highest step reached is taken off."""

    kind: ClassVar[str] = "lateness"
    explanation_codes: ClassVar[tuple[str, ...]] = (
        "lateness.class",
        "lateness.on_time",
        "lateness.days",
        "lateness.step",
        "lateness.rest",
    )

    points: Points
    classes: tuple[LateClass, ...]
    per_day: Points
    steps: tuple[LateStep, ...] = ()
    steps_add: bool = False
    reached: Literal["over", "at"] = "over"
    by_amount: bool = False

    def inputs(self) -> tuple[InputSpec, ...]:
        if self.by_amount:
            return count_input("days"), number_input("amount")
        # A class yields no points by itself.
        return count_input("days"), choice_input("class", tuple(Choice(c.key, 0, 0) for c in self.classes))

    def evaluate(self, tape: Tape) -> Num:
        days, other = (tape.input(spec) for spec in self.specs)
        if self.by_amount:
            edges = [
                tape.param("zero", 0)
                if held.above is None
                else tape.param(f"classes.{held.key}.above", held.above)
                for held in self.classes
            ]
            other = tape.bracket("class", other, edges)
        limit = tape.pick("limit", other, [(f"classes.{c.key}.limit", c.limit) for c in self.classes])
        # Without its class a delay means nothing, even where no step looks at the limit.
        by_day = tape.mul("days_deduction", tape.beside(days, limit), tape.param("per_day", self.per_day))
        penalties = [self._penalty(tape, number, days, limit) for number in range(len(self.steps))]
        off = tape.add("deducted", [by_day, self._of(tape, penalties)]) if penalties else by_day
        rest = tape.sub("rest", tape.param("points", self.points), off)
        result = tape.greatest("not_below_zero", rest, tape.param("zero", 0))

        def explain(see: Sight) -> None:
            number, late = see.value(other), see.value(days)
            if number is None or late is None:
                return
            held = self.classes[number]
            see.note("lateness.class", **{"class": held.key}, limit=held.limit)
            if late == 0:
                see.note("lateness.on_time", points=self.points)
                return
            see.note("lateness.days", days=late, per_day=self.per_day, deducted=see.value(by_day))
            reached = [n for n, penalty in enumerate(penalties) if see.value(penalty)]
            for n in reached if self.steps_add else reached[-1:]:
                step = self.steps[n]
                see.note("lateness.step", multiple=step.multiple, limit=held.limit, penalty=step.penalty)
            see.note("lateness.rest", points=self.points, deducted=see.value(off), rest=see.value(result))

        tape.explain(explain)
        return result

    def _penalty(self, tape: Tape, number: int, days: Num, limit: Num) -> Num:
        step = self.steps[number]
        multiple = tape.param(f"steps.{number}.multiple", step.multiple)
        flag = tape.reaches("step_reached", days, multiple, limit, at=self.reached == "at")
        return tape.mul("step_penalty", flag, tape.param(f"steps.{number}.penalty", step.penalty))

    def _of(self, tape: Tape, penalties: list[Num]) -> Num:
        if self.steps_add:
            return tape.add("step_penalties", penalties)
        # Penalties rise with the steps, so the highest step reached has the greatest.
        most = penalties[0]
        for penalty in penalties[1:]:
            most = tape.greatest("highest_step", most, penalty)
        return most

    def excel(self) -> str:
        if self.by_amount:
            limit = str(self.classes[0].limit)
            for held in self.classes[1:]:
                limit = f"IF({{amount}}>={held.above},{held.limit},{limit})"
        else:
            limit = f"CHOOSE({{class}},{','.join(str(held.limit) for held in self.classes)})"
        sign = ">=" if self.reached == "at" else ">"
        penalties = [
            f"IF({{days}}*{SCALE}{sign}{step.multiple}*{limit},{step.penalty},0)" for step in self.steps
        ]
        off = f"{self.points}-{self.per_day}*{{days}}"
        if penalties:
            off += f"-{'-'.join(penalties)}" if self.steps_add else f"-MAX({','.join(penalties)})"
        return f"MAX(0,{off})"

    def parameter_problems(self) -> list[Problem]:
        found = positive_problem(self.points, "points")
        if self.per_day < 0:
            found.append(Problem("per_day", "negative", {"value": self.per_day}))
        if self.per_day == 0 and not self.steps:
            found.append(Problem("per_day", "nothing_deducted"))
        found += key_problems([held.key for held in self.classes], "classes")
        for held in self.classes:
            found += positive_problem(held.limit, f"classes.{held.key}.limit")
        return found + self._edge_problems() + self._step_problems()

    def _edge_problems(self) -> list[Problem]:
        found: list[Problem] = []
        below = 0
        for number, held in enumerate(self.classes):
            place = f"classes.{held.key}.above"
            if not self.by_amount:
                if held.above is not None:
                    found.append(Problem(place, "above_without_amount"))
            elif number == 0:
                if held.above not in (None, 0):
                    found.append(Problem(place, "first_class_from_zero", {"value": held.above}))
            elif held.above is None:
                found.append(Problem(place, "missing_field"))
            else:
                if held.above <= below:
                    found.append(Problem(place, "not_rising", {"value": held.above, "before": below}))
                below = held.above
        return found

    def _step_problems(self) -> list[Problem]:
        found: list[Problem] = []
        for number, step in enumerate(self.steps, start=1):
            found += positive_problem(step.multiple, f"steps.{number}.multiple")
            found += positive_problem(step.penalty, f"steps.{number}.penalty")
        for number, (before, step) in enumerate(pairwise(self.steps), start=2):
            params = {"value": step.multiple, "before": before.multiple}
            if step.multiple <= before.multiple:
                found.append(Problem(f"steps.{number}.multiple", "not_rising", params))
            if not self.steps_add and step.penalty < before.penalty:
                params = {"value": step.penalty, "before": before.penalty}
                found.append(Problem(f"steps.{number}.penalty", "penalty_falls", params))
        return found
