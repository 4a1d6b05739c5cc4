"""The compiled scheme: scores one sheet or a million with the same arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

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
from agencyqa.scoring.joined import Joined
from agencyqa.scoring.packing import columns_from_packed, pack, unpack
from agencyqa.scoring.problems import SchemeError, errors_of
from agencyqa.scoring.results import (
    ArrayResult,
    CriterionResult,
    Issue,
    SheetResult,
    SheetState,
    State,
    Subtotal,
)
from agencyqa.scoring.scheme import NO_MEASURE, Criterion, Scheme
from agencyqa.scoring.tape import Column, IntArray, Mask, Num, Record, Tape, as_array, either, fits_int64
from agencyqa.scoring.trace import rules_to_data, sheet_trace

# So many rows that the arrays of a step stay in a processor's cache: more rows at once would wait for memory.
ROWS_AT_ONCE = 65_536


class Outcome(NamedTuple):
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
    if (
        scheme.adding != "points"
        or scheme.vetoes
        or any(c.bonus or c.weight == 0 for _, c in scheme.criteria())
    ):
        raise NotImplementedError
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
        self._is_total_wide = _sum(0, proof)[0].dtype == np.dtype(object)

    @cached_property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """The order of packed answers: (criterion, input), then (criterion, "") for each entered figure."""
        inputs = [(key, spec.name) for key, specs in self.layout.items() for spec in specs]
        return (*inputs, *((key, "") for key in self.layout))

    # One sheet

    def score(self, answers: Answers, entered: Entered | None = None) -> SheetResult:
        """Raises AnswersError for unknown names; every other fault is a state of the result."""
        return self._result(self._run_one(answers, entered or {}, explaining=False))

    def trace(self, answers: Answers, entered: Entered | None = None) -> dict[str, Any]:
        """Every step behind the result as JSON data; `readd` adds it up again."""
        outcomes = self._run_one(answers, entered or {}, explaining=True)
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

    def score_arrays(
        self, columns: Columns, *, criteria: bool = True, rows_at_once: int = ROWS_AT_ONCE
    ) -> ArrayResult:
        """Scores any number of sheets, a block of rows after the other; memory beyond the result stays bounded.

        Without ``criteria`` the figures of the single criteria are not kept, which is all that a roll-up needs.
        """
        size = columns.size
        joined = Joined(size)
        # Without rows there is still a result with every key.
        for start in range(0, max(size, 1), rows_at_once):
            rows = slice(start, min(start + rows_at_once, size))
            block = columns if size <= rows_at_once else columns.rows(rows)
            self._score_rows(block, rows, joined, criteria=criteria)
        return ArrayResult(
            size=size,
            computed=joined.group("computed"),
            entered={key: column.values for key, column in columns.entered.items()},
            counted=joined.group("counted"),
            ok=joined.masks("ok", self.layout if criteria else (), usual=True),
            missing=joined.masks("missing", self.layout if criteria else (), usual=False),
            invalid=joined.masks("invalid", self.layout if criteria else (), usual=False),
            sections=joined.sums("section"),
            measures=joined.sums("measure"),
            total=joined.array("sum", "total"),
            complete=joined.array("complete", "total"),
            grade=joined.array("grade", ""),
        )

    def _score_rows(self, columns: Columns, rows: slice, joined: Joined, *, criteria: bool) -> None:
        outcomes = self._run(columns, recording=False)
        if criteria:
            for outcome in outcomes:
                _keep(outcome, rows, joined)
        size = columns.size
        sums = [_sum(size, [o for o in outcomes if o.section == part.key]) for part in self.scheme.sections]
        for section, found in zip(self.scheme.sections, sums, strict=True):
            joined.put_sum("section", section.key, rows, found)
        for measure in self.scheme.measures():
            parts = [o for o in outcomes if (o.criterion.measure or NO_MEASURE) == measure]
            joined.put_sum("measure", measure, rows, _sum(size, parts))
        total, complete = _sum(size, outcomes) if self._is_total_wide else _sum_of(sums)
        joined.put("sum", "total", rows, total)
        joined.put("complete", "total", rows, complete)
        joined.put("grade", "", rows, self._grade_numbers(total, complete))

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

    def _run_one(self, answers: Answers, entered: Entered, *, explaining: bool) -> list[Outcome]:
        check_names(self.layout, answers, entered)
        return self._run(self._columns([answers], [entered]), recording=True, explaining=explaining)

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

    def _run(self, columns: Columns, *, recording: bool, explaining: bool = False) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for section, criterion in self.scheme.criteria():
            inputs = columns.inputs[criterion.key]
            tape = Tape(inputs, columns.size, recording=recording, explaining=explaining)
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
        state: SheetState = "invalid" if "invalid" in states else "missing" if "missing" in states else "ok"
        known = sum(r.counted for r in results if r.state == "ok" and r.counted is not None)
        return SheetResult(
            results,
            sections,
            measures,
            total,
            scheme.max_points,
            percent,
            grade,
            state,
            known,
            scheme.max_points,
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
    wide = not (fits_int64(0, limit) and fits_int64(computed.low, computed.high))
    values = as_array(computed.values, wide=wide)
    wrong_figure = entered.malformed
    if entered.missing is None or not entered.missing.all():
        wrong = (entered.values < 0) | (entered.values > limit)
        if entered.missing is not None:
            wrong &= ~entered.missing
        wrong_figure = either(wrong if wrong.any() else None, entered.malformed)
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


def _sum_of(parts: Sequence[tuple[IntArray, Mask]]) -> tuple[IntArray, Mask]:
    """The same from the sums of the sections, where all of them together fit 64 bits."""
    total, complete = parts[0]
    for values, ok in parts[1:]:
        total, complete = total + values, complete & ok
    return (total, complete) if complete.all() else (np.where(complete, total, 0), complete)


def _keep(outcome: Outcome, rows: slice, joined: Joined) -> None:
    key, missing, invalid = outcome.criterion.key, outcome.missing, outcome.invalid
    joined.put("computed", key, rows, outcome.computed.values)
    joined.put("counted", key, rows, outcome.counted.values)
    if invalid is not None and missing is not None:
        missing = missing & ~invalid
    joined.mark("missing", key, rows, missing)
    joined.mark("invalid", key, rows, invalid)
    dark = either(missing, invalid)
    joined.mark("ok", key, rows, None if dark is None else ~dark)


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
    counted = outcome.counted.one() if state == "ok" else None
    return CriterionResult(
        key=criterion.key,
        section=outcome.section,
        measure=criterion.measure or NO_MEASURE,
        max_points=criterion.max_points,
        state=state,
        computed=None if record.invalid is not None else computed,
        entered=entered,
        counted=counted,
        issues=tuple(issues),
        contribution=counted,
        max_contribution=criterion.max_points,
    )


def _subtotal(key: str, results: Sequence[CriterionResult]) -> Subtotal:
    counted = [result.counted for result in results if result.counted is not None]
    total = sum(counted) if len(counted) == len(results) else None
    return Subtotal(key, total, sum(result.max_points for result in results))
