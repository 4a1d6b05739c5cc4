"""The compiled scheme: scores one sheet or a million with the same arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from agencyqa.scoring.checks import check_scheme
from agencyqa.scoring.codec import scheme_digest
from agencyqa.scoring.columns import (
    Answers,
    Columns,
    Entered,
    check_names,
    encode_column,
    encode_entered,
)
from agencyqa.scoring.grades import grade_for, least_totals
from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.packing import columns_from_packed, pack, unpack
from agencyqa.scoring.problems import SchemeError, errors_of
from agencyqa.scoring.results import ArrayResult, CriterionResult, Issue, SheetResult, State, Subtotal
from agencyqa.scoring.scheme import NO_MEASURE, Criterion, Scheme
from agencyqa.scoring.tape import Column, Mask, Num, Record, Tape, as_array, either, fits_int64
from agencyqa.scoring.trace import rules_to_data, sheet_trace


@dataclass(frozen=True)
class Outcome:
    """One criterion over all rows of a run."""

    criterion: Criterion
    section: str
    computed: Num
    entered: Column
    counted: Num
    entered_invalid: Mask | None
    invalid: Mask | None
    record: Record

    @property
    def missing(self) -> Mask | None:
        return self.computed.missing


def compile_scheme(scheme: Scheme) -> Program:
    """Raises SchemeError with every error; warnings do not stop it."""
    errors = errors_of(check_scheme(scheme))
    if errors:
        raise SchemeError(errors)
    return Program(scheme)


class Program:
    """Use compile_scheme to make one; it never changes, so results of an old version cannot move."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.digest = scheme_digest(scheme)
        self.layout: Mapping[str, tuple[InputSpec, ...]] = {
            criterion.key: criterion.rule.inputs() for _, criterion in scheme.criteria()
        }
        self._grade_order = sorted(range(len(scheme.grades)), key=lambda n: scheme.grades[n].low)
        self._least_totals = least_totals(scheme.grades, scheme.rounding, scheme.max_points)
        # Running without rows proves the limits of every step and tells which need Python integers.
        proof = self._run(self._columns([], []), recording=False)
        self.wide_steps: Mapping[str, int] = {o.criterion.key: o.record.wide_steps for o in proof}

    @cached_property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """The order of packed answers: (criterion, input), then (criterion, "") for each entered figure."""
        inputs = [(key, spec.name) for key, specs in self.layout.items() for spec in specs]
        return (*inputs, *((key, "") for key in self.layout))

    # One sheet

    def score(self, answers: Answers, entered: Entered | None = None) -> SheetResult:
        """Raises AnswersError for unknown names; every other fault is a state of the result."""
        return self._result(self._run_one(answers, entered or {}))

    def trace(self, answers: Answers, entered: Entered | None = None) -> dict[str, Any]:
        """Every step behind the result as JSON data; `readd` adds it up again."""
        outcomes = self._run_one(answers, entered or {})
        records = {outcome.criterion.key: outcome.record for outcome in outcomes}
        result = self._result(outcomes)
        return sheet_trace(self.scheme, self.digest, self._rule_data, result, records, answers)

    @cached_property
    def _rule_data(self) -> dict[str, dict[str, Any]]:
        return rules_to_data(self.scheme)

    # Many sheets

    def encode(self, answers: Sequence[Answers], entered: Sequence[Entered] | None = None) -> Columns:
        figures: Sequence[Entered] = entered if entered is not None else [{}] * len(answers)
        for sheet, figure in zip(answers, figures, strict=True):
            check_names(self.layout, sheet, figure)
        return self._columns(answers, figures)

    def score_arrays(self, columns: Columns) -> ArrayResult:
        outcomes = self._run(columns, recording=False)
        size = columns.size
        nowhere = np.zeros(size, dtype=bool)
        invalid = {o.criterion.key: nowhere if o.invalid is None else o.invalid for o in outcomes}
        missing = {
            o.criterion.key: nowhere if o.missing is None else o.missing & ~invalid[o.criterion.key]
            for o in outcomes
        }
        ok = {key: ~(missing[key] | invalid[key]) for key in invalid}
        sections = {
            section.key: _sum(size, [o for o in outcomes if o.section == section.key])
            for section in self.scheme.sections
        }
        measures = {
            measure: _sum(size, [o for o in outcomes if (o.criterion.measure or NO_MEASURE) == measure])
            for measure in self.scheme.measures()
        }
        total, complete = _sum(size, outcomes)
        return ArrayResult(
            size=size,
            computed={o.criterion.key: o.computed.values for o in outcomes},
            entered={o.criterion.key: o.entered.values for o in outcomes},
            counted={o.criterion.key: o.counted.values for o in outcomes},
            ok=ok,
            missing=missing,
            invalid=invalid,
            sections=sections,
            measures=measures,
            total=total,
            complete=complete,
            grade=self._grade_numbers(total, complete),
        )

    def pack(self, answers: Answers, entered: Entered | None = None) -> tuple[int | None, ...]:
        """All answers as integers in the order of `slots`. Raises AnswersError for malformed ones."""
        check_names(self.layout, answers, entered or {})
        return pack(self.layout, answers, entered or {})

    def unpack(
        self, row: Sequence[int | None]
    ) -> tuple[dict[str, dict[str, int | str | bool]], dict[str, int]]:
        return unpack(self.layout, row)

    def columns_from_packed(self, rows: Sequence[Sequence[int | None]]) -> Columns:
        """Columns straight from packed rows, without a dictionary for each sheet."""
        return columns_from_packed(self.scheme, self.layout, rows)

    # The run itself

    def _run_one(self, answers: Answers, entered: Entered) -> list[Outcome]:
        check_names(self.layout, answers, entered)
        return self._run(self._columns([answers], [entered]), recording=True)

    def _columns(self, answers: Sequence[Answers], entered: Sequence[Entered]) -> Columns:
        nothing: Mapping[str, Any] = {}
        inputs = {
            key: {
                spec.name: encode_column(
                    spec, [(sheet.get(key) or nothing).get(spec.name) for sheet in answers]
                )
                for spec in specs
            }
            for key, specs in self.layout.items()
        }
        figures = {
            criterion.key: encode_entered(criterion, [sheet.get(criterion.key) for sheet in entered])
            for _, criterion in self.scheme.criteria()
        }
        return Columns(len(answers), inputs, figures)

    def _run(self, columns: Columns, *, recording: bool) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for section, criterion in self.scheme.criteria():
            tape = Tape(columns.inputs[criterion.key], columns.size, recording=recording)
            computed = criterion.rule.evaluate(tape)
            outcomes.append(_judge(criterion, section.key, computed, columns.entered[criterion.key], tape))
        return outcomes

    def _result(self, outcomes: Sequence[Outcome]) -> SheetResult:
        scheme = self.scheme
        results = tuple(_criterion_result(outcome) for outcome in outcomes)
        sections = tuple(
            _subtotal(section.key, [r for r in results if r.section == section.key])
            for section in scheme.sections
        )
        measures = tuple(
            _subtotal(measure, [r for r in results if r.measure == measure]) for measure in scheme.measures()
        )
        sums, complete = _sum(1, outcomes)
        total = int(sums[0]) if complete[0] else None
        percent = None if total is None else Fraction(total * 100, scheme.max_points)
        grade: str | None = None
        if percent is not None and scheme.grades:
            grade = grade_for(percent, scheme.grades, scheme.rounding).key
        states = {result.state for result in results}
        state: State = "invalid" if "invalid" in states else "missing" if "missing" in states else "ok"
        known = sum(r.counted for r in results if r.state == "ok" and r.counted is not None)
        return SheetResult(
            results, sections, measures, total, scheme.max_points, percent, grade, state, known
        )

    def _grade_numbers(self, total: Any, complete: Mask) -> Any:
        if not self._grade_order:
            return np.full(total.shape, -1, dtype=np.int64)
        wide = total.dtype == np.dtype(object)
        edges = as_array(np.array(self._least_totals, dtype=object), wide=wide)
        place = np.searchsorted(edges, total, side="right") - 1
        numbers = np.array(self._grade_order, dtype=np.int64)[np.maximum(place, 0)]
        return np.where(complete, numbers, -1)


def _judge(criterion: Criterion, section: str, computed: Num, entered: Column, tape: Tape) -> Outcome:
    """Puts the scorer's own figure beside the computed one; where it stands it counts."""
    record = tape.record
    limit = criterion.max_points
    wrong = (entered.values < 0) | (entered.values > limit)
    if entered.missing is not None:
        wrong &= ~entered.missing
    wrong_figure = either(wrong if wrong.any() else None, entered.malformed)
    wide = not (fits_int64(0, limit) and fits_int64(computed.low, computed.high))
    values = as_array(computed.values, wide=wide)
    if entered.missing is None or not entered.missing.all():
        held = np.clip(as_array(entered.values, wide=wide), 0, limit)
        values = held if entered.missing is None else np.where(entered.missing, values, held)
    counted = Num(
        values, min(0, computed.low), max(limit, computed.high), ("step", "counted"), computed.missing
    )
    return Outcome(
        criterion,
        section,
        computed,
        entered,
        counted,
        wrong_figure,
        either(record.invalid, wrong_figure),
        record,
    )


def _sum(size: int, outcomes: Sequence[Outcome]) -> tuple[Any, Mask]:
    """The sum of what counts, 0 where a part has no result, and the mask of complete rows."""
    dark = either(*(mask for outcome in outcomes for mask in (outcome.missing, outcome.invalid)))
    total = Tape({}, size).add("total", [outcome.counted for outcome in outcomes]).values
    if dark is None:
        return total, np.ones(size, dtype=bool)
    return np.where(dark, 0, total), ~dark


def _criterion_result(outcome: Outcome) -> CriterionResult:
    criterion, record = outcome.criterion, outcome.record
    computed = outcome.computed.one()
    issues = [Issue(issue["code"], issue["input"], issue["params"]) for issue in record.issues]
    if computed is None:
        issues += [Issue("missing", name) for name in record.empty]
    entered = None
    if outcome.entered.malformed is not None:
        issues.append(Issue("malformed_entered", None))
    elif outcome.entered.missing is None:
        entered = int(outcome.entered.values[0])
        if outcome.entered_invalid is not None:
            issues.append(Issue("entered_out_of_range", None, {"low": 0, "high": criterion.max_points}))
    invalid = outcome.invalid is not None
    state: State = "invalid" if invalid else "missing" if computed is None else "ok"
    return CriterionResult(
        key=criterion.key,
        section=outcome.section,
        measure=criterion.measure or NO_MEASURE,
        max_points=criterion.max_points,
        state=state,
        computed=None if record.invalid is not None else computed,
        entered=entered,
        counted=outcome.counted.one() if state == "ok" else None,
        issues=tuple(issues),
    )


def _subtotal(key: str, results: Sequence[CriterionResult]) -> Subtotal:
    counted = [result.counted for result in results if result.counted is not None]
    total = sum(counted) if len(counted) == len(results) else None
    return Subtotal(key, total, sum(result.max_points for result in results))
