"""What becomes of a criterion: the computed figure or the scorer's own, or the state that keeps it from counting."""

from __future__ import annotations

import numpy as np

from agencyqa.scoring.arrays import IntArray, Mask, as_array, either, fits_int64
from agencyqa.scoring.results import Issue
from agencyqa.scoring.scheme import Criterion
from agencyqa.scoring.steps import Block, Findings, Num, Row, Verdict


class Judge:
    """Ends the instructions of a criterion. The counted figure is 0 where it is left out, missing without a result.

    `left_out` says that an answer leaves it out; with `leave_unanswered` the lack of any answer does as well.
    """

    keeps = True

    def __init__(
        self,
        criterion: Criterion,
        computed: Num,
        counted: Num,
        is_left_out: Num | None,
        *,
        left_out: Num | None,
        leave_unanswered: bool,
    ) -> None:
        self.key, self.limit = criterion.key, criterion.max_points
        self.at, self.computed = counted.at, computed
        self.reads: tuple[int, ...] = (computed.at,) if left_out is None else (computed.at, left_out.at)
        self.writes = None if is_left_out is None else is_left_out.at
        self._names = [spec.name for spec in criterion.rule.specs] if leave_unanswered else []
        # No rule of a checked scheme gives less than 0 or more than the points of its criterion.
        self._wide = not fits_int64(0, self.limit)

    def one(self, row: Row, findings: Findings) -> None:
        computed = row[self.reads[0]]
        is_unanswered = bool(self._names) and len(findings.empty) == len(self._names)
        is_left_out = is_unanswered or (
            len(self.reads) == 2 and computed is not None and bool(row[self.reads[1]])
        )
        findings.computed = None if findings.invalid or is_left_out else computed
        if computed is None and not is_unanswered:
            findings.issues += [Issue("missing", name) for name in findings.empty]
        if findings.figure is not None:
            self._look_at_figure(findings, is_left_out=is_left_out)
        if findings.invalid:
            findings.state = "invalid"
        elif is_left_out:
            findings.state = "left_out"
        elif computed is None:
            findings.state = "missing"
        else:
            findings.counted = computed if findings.entered is None else findings.entered
        row[self.at] = 0 if findings.state == "left_out" else findings.counted
        if self.writes is not None:
            # Without a result the criterion still stands in the maximum.
            row[self.writes] = int(findings.state == "left_out")

    def _look_at_figure(self, findings: Findings, *, is_left_out: bool) -> None:
        figure = findings.figure
        if isinstance(figure, bool) or not isinstance(figure, int):
            findings.issues.append(Issue("malformed_entered", None))
        elif not 0 <= figure <= self.limit:
            findings.entered = figure
            findings.issues.append(Issue("entered_out_of_range", None, {"low": 0, "high": self.limit}))
        elif is_left_out:
            # Either it can be assessed or it cannot; nobody should guess which was meant.
            findings.entered = figure
            findings.issues.append(Issue("entered_but_left_out", None))
        else:
            findings.entered = figure
            return
        findings.invalid = True

    def many(self, block: Block, out: IntArray | None = None) -> None:
        values = block.values[self.reads[0]]
        if type(values) is int:
            values = np.full(block.size, values, dtype=object if self._wide else np.int64)
        values = computed = as_array(values, wide=self._wide)
        missing, invalid = block.missing[self.reads[0]], block.invalid
        block.invalid = None
        left_out = self._left_out(block, missing)
        if self._names and missing is not None and left_out is not None:
            missing = missing & ~left_out
        entered = block.entered
        if entered is not None and (entered.missing is None or not entered.missing.all()):
            wrong = (entered.values < 0) | (entered.values > self.limit)
            if left_out is not None:
                wrong |= left_out
            if entered.missing is not None:
                wrong &= ~entered.missing
            invalid = either(invalid, entered.malformed, wrong if wrong.any() else None)
            # First into the limits: what lies outside may not fit 64 bits even where the limits do.
            held = as_array(np.clip(entered.values, 0, self.limit), wide=self._wide)
            values = held if entered.missing is None else np.where(entered.missing, values, held)
        elif entered is not None:
            invalid = either(invalid, entered.malformed)
        if left_out is not None:
            values = np.where(left_out, 0, values)
            if invalid is not None:
                left_out = left_out & ~invalid
        block.values[self.at] = values
        block.missing[self.at] = either(missing, invalid)
        if self.writes is not None:
            block.values[self.writes] = 0 if left_out is None else left_out.astype(np.int64)
        if missing is not None and invalid is not None:
            missing = missing & ~invalid
        block.verdict = Verdict(computed, values, missing, invalid, left_out)

    def _left_out(self, block: Block, missing: Mask | None) -> Mask | None:
        found: Mask | None = None
        if len(self.reads) == 2:
            flag = block.values[self.reads[1]]
            if type(flag) is not int and flag.any():
                found = flag.astype(bool)
                if missing is not None:
                    found = found & ~missing
        unanswered: Mask | None = None
        for name in self._names:
            column = block.inputs[name]
            if column.missing is None:
                return found
            empty = column.missing if column.malformed is None else column.missing & ~column.malformed
            unanswered = empty if unanswered is None else unanswered & empty
        return either(found, unanswered)


class Ruling:
    """Ends the instructions of a veto: whether it applies, missing where that is not known or an answer is wrong."""

    keeps = True

    def __init__(self, key: str, applies: Num, ruled: Num) -> None:
        self.key, self.at = key, ruled.at
        self.reads: tuple[int, ...] = (applies.at,)

    def one(self, row: Row, findings: Findings) -> None:
        applies = row[self.reads[0]]
        if applies is None:
            findings.issues += [Issue("missing", name) for name in findings.empty]
        findings.state = "invalid" if findings.invalid else "missing" if applies is None else "ok"
        row[self.at] = None if findings.invalid else applies

    def many(self, block: Block, out: IntArray | None = None) -> None:
        block.values[self.at] = block.values[self.reads[0]]
        block.missing[self.at] = either(block.missing[self.reads[0]], block.invalid)
        block.invalid = None
