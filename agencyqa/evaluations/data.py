"""What is handed to the services: an evaluation, an answer. Points in ten-thousandths, money in fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agencyqa.evaluations.checks import Node, Statement
from agencyqa.evaluations.enums import AnswerState, Dimension, ProblemKind

MOST_INDICATORS = 200
MOST_PROBLEMS = 60
# No form in the field comes near 10,000 points.
MOST_POINTS = 10_000 * 10_000
NAME_LIMIT = 200
TEXT_LIMIT = 2000
CELL_TEXT_LIMIT = 1000
GRADE_LIMIT = 40


@dataclass(frozen=True)
class IndicatorData:
    level: int
    dimension: Dimension
    name: str
    weight: int | None = None
    score: int | None = None
    target: str = ""
    actual: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class ProblemData:
    """``key`` is that of the problem in an earlier version, "" for a new one."""

    kind: ProblemKind
    facts: str
    department_id: int
    amount: int | None = None
    recommendation: str = ""
    key: str = ""


@dataclass(frozen=True)
class RecordData:
    stated_total: int | None = None
    stated_maximum: int | None = None
    stated_grade: str = ""
    amount: int | None = None
    summary: str = ""
    indicators: tuple[IndicatorData, ...] = ()
    problems: tuple[ProblemData, ...] = ()

    def statement(self) -> Statement:
        return statement_of(self.indicators, self.stated_total, self.stated_maximum, self.stated_grade)


@dataclass(frozen=True)
class AnswerData:
    state: AnswerState
    text: str
    measure: str = ""
    rectify_by: date | None = None
    rectified_on: date | None = None


def statement_of(
    indicators: Sequence[IndicatorData], total: int | None, maximum: int | None, grade: str
) -> Statement:
    nodes = tuple(
        Node(each.level, each.dimension.value, each.name, each.weight, each.score) for each in indicators
    )
    return Statement(nodes, total, maximum, grade)
