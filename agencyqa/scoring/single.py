"""One sheet in plain integers, with everything a person wants to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from agencyqa.scoring.assembly import BonusCode, CriterionCode, Maximum, SchemeCode, SumCode, VetoCode
from agencyqa.scoring.columns import Answers, Entered
from agencyqa.scoring.grades import grade_for
from agencyqa.scoring.results import (
    BonusOutcome,
    ConditionOutcome,
    CriterionResult,
    SheetResult,
    SheetState,
    Subtotal,
    VetoResult,
)
from agencyqa.scoring.scheme import NO_MEASURE, Scheme
from agencyqa.scoring.steps import Findings, Instruction, Row

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Run:
    """The registers of one sheet, and what was found at each criterion and veto, in order."""

    row: Row
    criteria: Sequence[Findings]
    vetoes: Sequence[Findings]


class SingleSheet:
    def __init__(self, scheme: Scheme, code: SchemeCode, engine: str) -> None:
        self._scheme, self._code, self._engine = scheme, code, engine
        self._criteria = [(each.criterion.key, each.segment.instructions) for each in code.criteria]
        self._vetoes = [(each.veto.key, each.segment.instructions) for each in code.vetoes]
        self._lows = {band.key: band.low for band in scheme.grades}

    def run(self, answers: Answers, entered: Entered) -> Run:
        row: Row = self._code.registers.copy()
        criteria = [
            _found(instructions, row, answers.get(key), entered.get(key))
            for key, instructions in self._criteria
        ]
        vetoes = [_found(instructions, row, answers.get(key), None) for key, instructions in self._vetoes]
        _found(self._code.end.instructions, row, None, None)
        return Run(row, criteria, vetoes)

    def result(self, run: Run) -> SheetResult:
        scheme, code, row = self._scheme, self._code, run.row
        criteria = tuple(
            _criterion(each, findings, row)
            for each, findings in zip(code.criteria, run.criteria, strict=True)
        )
        vetoes = tuple(
            _veto(each, findings, row) for each, findings in zip(code.vetoes, run.vetoes, strict=True)
        )
        total = row[code.total.at]
        assessed = _value(code.assessed, row)
        percent = None if total is None else Fraction(total * 100, assessed)
        grade, capped_by = self._grade(percent, vetoes)
        left_out = tuple(each.key for each in criteria if each.state == "left_out")
        return SheetResult(
            criteria=criteria,
            sections=tuple(_subtotal(each, row) for each in code.sections),
            measures=tuple(_subtotal(each, row) for each in code.measures),
            total=total,
            max_points=scheme.max_points,
            percent=percent,
            grade=grade,
            state=_state(run, total),
            known_total=sum(each.contribution for each in criteria if each.contribution is not None),
            assessed_max=assessed,
            partial=bool(left_out),
            left_out=left_out,
            vetoes=vetoes,
            capped_by=capped_by,
            engine=self._engine,
        )

    def _grade(self, percent: Fraction | None, vetoes: Sequence[VetoResult]) -> tuple[str | None, str | None]:
        """The grade, and the veto that lowered it."""
        if percent is None or not self._scheme.grades:
            return None, None
        grade, by = grade_for(percent, self._scheme.grades, self._scheme.rounding).key, None
        for veto in vetoes:
            cap = veto.caps_grade
            if veto.applied and cap is not None and self._lows[cap] < self._lows[grade]:
                grade, by = cap, veto.key
        return grade, by


def _found(instructions: Sequence[Instruction], row: Row, given: Any, figure: Any) -> Findings:
    findings = Findings(given or NOTHING, figure)
    for instruction in instructions:
        instruction.one(row, findings)
    return findings


def _state(run: Run, total: int | None) -> SheetState:
    states = {found.state for found in (*run.criteria, *run.vetoes)}
    if "invalid" in states:
        return "invalid"
    if "missing" in states:
        return "missing"
    # Everything is answered: without a total, too little of it was assessed.
    return "unassessed" if total is None else "ok"


def _value(maximum: Maximum, row: Row) -> int:
    return maximum if isinstance(maximum, int) else row[maximum.at] or 0


def _criterion(each: CriterionCode, findings: Findings, row: Row) -> CriterionResult:
    criterion = each.criterion
    return CriterionResult(
        key=criterion.key,
        section=each.section,
        measure=criterion.measure or NO_MEASURE,
        max_points=criterion.max_points,
        state=findings.state,
        computed=findings.computed,
        entered=findings.entered,
        counted=findings.counted,
        issues=tuple(findings.issues),
        contribution=row[each.gives.at],
        max_contribution=_value(each.maximum, row),
        bonus=None if each.bonus is None else _bonus(each.bonus, criterion.only_if, row),
    )


def _bonus(bonus: BonusCode, conditions: Sequence[Any], row: Row) -> BonusOutcome:
    outcomes: list[ConditionOutcome] = []
    for number, condition in enumerate(conditions):
        left_out = bonus.left_out[number]
        is_out = left_out is not None and row[left_out.at] == 1
        holds = row[bonus.holds[number].at]
        outcomes.append(
            ConditionOutcome(
                condition.criterion,
                bonus.least[number],
                None if is_out else row[bonus.reached[number].at],
                None if holds is None else bool(holds),
            )
        )
    met = row[bonus.met.at]
    return BonusOutcome(None if met is None else bool(met), row[bonus.room.at], tuple(outcomes))


def _veto(each: VetoCode, findings: Findings, row: Row) -> VetoResult:
    veto = each.veto
    raised = row[each.raised.at]
    excepted = None if each.excepted is None else row[each.excepted.at]
    applies = row[each.applies.at]
    contribution: int | None = 0
    if applies is None:
        contribution = None
    elif each.takes_off is not None:
        contribution = row[each.takes_off.at]
    state = findings.state
    return VetoResult(
        key=veto.key,
        measure=veto.measure or NO_MEASURE,
        state="ok" if state == "left_out" else state,
        raised=None if raised is None else bool(raised),
        excepted=None if excepted is None else bool(excepted),
        applied=None if applies is None else bool(applies),
        cap=None if each.cap is None else _value(each.cap, row),
        contribution=contribution,
        caps_grade=veto.caps_grade,
        issues=tuple(findings.issues),
    )


def _subtotal(each: SumCode, row: Row) -> Subtotal:
    return Subtotal(each.key, row[each.total.at], _value(each.maximum, row))
