"""Item veto: the item is 0 whatever else it earned, unless a named exception applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agencyqa.scoring.inputs import InputSpec, flag_input
from agencyqa.scoring.params import Key
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import KEY_PATTERN, Rule
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape


@dataclass(frozen=True)
class Veto(Rule):
    """Wraps a rule. Once the item is cancelled, the wrapped rule's inputs may stay empty."""

    kind: ClassVar[str] = "veto"
    explanation_codes: ClassVar[tuple[str, ...]] = ("veto.not_raised", "veto.applied", "veto.excepted")

    rule: Rule
    flag: Key = "veto"
    exception: Key | None = None

    @property
    def can_be_left_out(self) -> bool:
        return self.rule.can_be_left_out

    def inputs(self) -> tuple[InputSpec, ...]:
        own = [flag_input(self.flag)]
        if self.exception is not None:
            own.append(flag_input(self.exception, needed_if=self.flag))
        return (*own, *self.rule.inputs())

    def evaluate(self, tape: Tape) -> Num:
        flag = applied = tape.input(flag_input(self.flag))
        if self.exception is not None:
            exception = tape.input(flag_input(self.exception, needed_if=self.flag))
            applied = tape.unless("veto_applies", flag, exception)
        inner = self.rule.evaluate(tape)
        if tape.left_out is not None:
            # A cancelled item has its result; nothing of it is left to assess.
            tape.leave_out(tape.cancel(None, tape.left_out, applied))
        if self.exception is not None:
            tape.excuse(flag, 0, [self.exception])
        tape.excuse(applied, 1, [spec.name for spec in self.rule.specs])

        def explain(see: Sight) -> None:
            if see.value(flag) == 0:
                see.note("veto.not_raised", flag=self.flag)
            elif see.value(applied) == 1:
                see.note("veto.applied", flag=self.flag)
            elif see.value(applied) == 0:
                see.note("veto.excepted", flag=self.flag, exception=self.exception)

        tape.explain(explain)
        return tape.cancel("veto", inner, applied)

    def excel(self) -> str:
        return f"IF({self._excel_applies()},0,{self.rule.excel()})"

    def excel_left_out(self) -> str | None:
        inner = self.rule.excel_left_out()
        # A cancelled item has its result; nothing of it is left to assess.
        return None if inner is None else f"AND(NOT({self._excel_applies()}),{inner})"

    def _excel_applies(self) -> str:
        raised = f"{{{self.flag}}}=1"
        return raised if self.exception is None else f"AND({raised},{{{self.exception}}}<>1)"

    def parameter_problems(self) -> list[Problem]:
        found = [problem.under("rule") for problem in self.rule.problems()]
        names = [("flag", self.flag)] + (
            [("exception", self.exception)] if self.exception is not None else []
        )
        taken: set[str] = set() if found else {spec.name for spec in self.rule.inputs()}
        for place, name in names:
            if not KEY_PATTERN.fullmatch(name):
                found.append(Problem(place, "bad_key", {"key": name}))
            if name in taken:
                found.append(Problem(place, "duplicate_key", {"key": name}))
            taken.add(name)
        return found
