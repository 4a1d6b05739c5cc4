"""What the page shows of one scheme version and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from agencyqa.assessments.agreement.alpha import alpha
from agencyqa.assessments.agreement.enums import Grade, Leaning, Reliability, grade_of, reliability_of
from agencyqa.assessments.agreement.figures import Estimate, Level, Ratings, compared, too_few
from agencyqa.assessments.agreement.icc import IntraclassCorrelation, complete_block, intraclass
from agencyqa.assessments.agreement.kappa import busiest_pair, weighted_kappa
from agencyqa.assessments.agreement.leaning import Spread, leaning, spread
from agencyqa.assessments.agreement.marks import Marks, Scorer, Sheet, level_of, marks_of
from agencyqa.assessments.agreement.second_look import far_marks
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import Program
from agencyqa.web.charts import Chart, bar_chart

# Below this many engagements a figure of agreement is mostly chance, and none is given.
LEAST_ENGAGEMENTS = 10
# What Koo and Li 2016 ask of a study of agreement; below it the page says to take care.
ENOUGH_ENGAGEMENTS = 30

_TONES = {
    Reliability.RELIABLE: "success",
    Reliability.TENTATIVE: "warning",
    Reliability.UNRELIABLE: "danger",
}


@dataclass(frozen=True)
class Line:
    """One criterion, or the total (``key`` is ""). The spread is in points, of the total in percent."""

    key: str
    label: str
    level: Level
    spread: Spread | None
    alpha: Estimate
    linear: Estimate
    quadratic: Estimate

    @property
    def reliability(self) -> Reliability | None:
        return None if self.alpha.value is None else reliability_of(self.alpha.value)


@dataclass(frozen=True)
class ScorerLine:
    """``difference`` is in points of 100."""

    scorer: Scorer
    sheets: int
    difference: Estimate

    @property
    def leaning(self) -> Leaning | None:
        low, high = self.difference.low, self.difference.high
        if low is None or high is None:
            return None
        if high < 0:
            return Leaning.SEVERE
        return Leaning.LENIENT if low > 0 else Leaning.NONE


@dataclass(frozen=True)
class FarSheet:
    sheet: Sheet
    scorer: Scorer
    percent: float
    distance: float
    deviations: float


@dataclass(frozen=True)
class Summary:
    """``far`` is None where there is too little to say; ``pair`` are the two scorers kappa is of."""

    engagements: int
    sheets: int
    total: Line
    criteria: tuple[Line, ...]
    correlation: IntraclassCorrelation
    pair: tuple[Scorer, Scorer] | None
    scorers: tuple[ScorerLine, ...]
    far: tuple[FarSheet, ...] | None
    chart: Chart | None

    @property
    def is_small(self) -> bool:
        return self.engagements < ENOUGH_ENGAGEMENTS


def summary_of(rows: Sequence[Sheet], program: Program, texts: SchemeTexts) -> Summary:
    marks = marks_of(rows, program)
    pair = busiest_pair(marks.totals)
    total = _line("", gettext("总分"), Level.INTERVAL, marks.totals, pair)
    criteria = tuple(
        _line(
            criterion.key,
            texts.criterion(criterion.key),
            level_of(criterion.rule),
            marks.criteria[criterion.key],
            pair,
        )
        for _, criterion in program.scheme.criteria()
    )
    return Summary(
        engagements=len(compared(marks.totals)),
        sheets=len(rows),
        total=total,
        criteria=criteria,
        correlation=_correlation(marks.totals),
        pair=None if pair is None else (marks.scorers[pair[0]], marks.scorers[pair[1]]),
        scorers=_scorers(marks),
        far=_far(marks),
        chart=_chart(criteria),
    )


def grades_of(estimate: Estimate) -> tuple[Grade, ...]:
    """How the two ends of the interval are called: one word where they agree."""
    if estimate.low is None or estimate.high is None:
        return ()
    return tuple(dict.fromkeys((grade_of(estimate.low), grade_of(estimate.high))))


def _line(key: str, label: str, level: Level, ratings: Ratings, pair: tuple[int, int] | None) -> Line:
    units = len(compared(ratings))
    found = alpha(ratings, level) if units >= LEAST_ENGAGEMENTS else too_few(units)
    linear = quadratic = too_few(0)
    if pair is not None:
        shared = compared(ratings[:, list(pair)])
        linear = quadratic = too_few(len(shared))
        if len(shared) >= LEAST_ENGAGEMENTS:
            linear, quadratic = weighted_kappa(shared, "linear"), weighted_kappa(shared, "quadratic")
    return Line(key, label, level, spread(ratings), found, linear, quadratic)


def _correlation(totals: Ratings) -> IntraclassCorrelation:
    rows, columns = complete_block(totals)
    if len(rows) < LEAST_ENGAGEMENTS:
        none = too_few(len(rows))
        return IntraclassCorrelation(none, none, len(columns))
    return intraclass(totals[rows][:, columns])


def _scorers(marks: Marks) -> tuple[ScorerLine, ...]:
    """The most severe first, those of whom nothing can be said last."""
    lines = [
        ScorerLine(
            scorer,
            sum(column == number for _, column in marks.sheets),
            leaning(marks.totals, number),
        )
        for number, scorer in enumerate(marks.scorers)
    ]
    return tuple(
        sorted(lines, key=lambda line: (line.difference.value is None, line.difference.value or 0.0))
    )


def _far(marks: Marks) -> tuple[FarSheet, ...] | None:
    found = far_marks(marks.totals)
    if found is None:
        return None
    return tuple(
        FarSheet(
            marks.sheets[each.row, each.column],
            marks.scorers[each.column],
            float(marks.totals[each.row, each.column]),
            each.distance,
            each.deviations,
        )
        for each in found
    )


def _chart(criteria: Sequence[Line]) -> Chart | None:
    shown = [line for line in criteria if line.alpha.value is not None]
    if not shown:
        return None
    return bar_chart(
        gettext("各考核项的一致性系数 α"),
        [(line.label, round(line.alpha.value or 0.0, 3)) for line in shown],
        x_title=gettext("一致性系数 α"),
        tones=[_TONES[reliability_of(line.alpha.value or 0.0)] for line in shown],
    )
