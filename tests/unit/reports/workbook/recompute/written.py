"""A score sheet of any scheme written as the workbook writes it, and worked out by the independent evaluator."""

from __future__ import annotations

import math
from fractions import Fraction
from io import BytesIO
from typing import Any, cast

import openpyxl
from openpyxl.workbook import Workbook

from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.texts import SchemeTexts
from agencyqa.reports.workbook.content import CountedSheet, Scored
from agencyqa.reports.workbook.recompute.columns import At, recompute_columns
from agencyqa.reports.workbook.recompute.rows import Rows
from agencyqa.reports.workbook.recompute.score_sheets import ScoreSheets
from agencyqa.scoring import Answers, Entered, Program
from agencyqa.spreadsheets.workbook import open_workbook
from tests.factories.accounts import NOW
from tests.integration.reports.formulas import Evaluator

NAME = "复算"


class Keys:
    """The words of a scheme that has none: the keys themselves."""

    title = "random"

    def __init__(self, program: Program) -> None:
        self.grades = {band.key: band.key for band in program.scheme.grades}

    def criterion(self, key: str) -> str:
        return key

    section = grade = criterion


def counted_sheet(program: Program, answers: Answers, entered: Entered) -> CountedSheet:
    """As it was stored after its submission."""
    result = program.score(answers, entered)
    sheet = ScoreSheet(
        scorer_role=Purpose.BUREAU,
        entered={key: figure for key, figure in entered.items() if figure is not None},
        total=result.total,
        max_points=result.assessed_max,
        section_totals={each.key: [each.total, each.max_points] for each in result.sections},
        grade=result.grade,
    )
    criteria = {
        each.key: Scored(each.computed, each.entered, each.counted, each.contribution)
        for each in result.criteria
    }
    return CountedSheet(
        sheet,
        SchemeVersion(id=1, number=1),
        program,
        cast(SchemeTexts, Keys(program)),
        "",
        program.pack(answers, entered),
        criteria,
        is_same=True,
    )


def written(*sheets: CountedSheet) -> bytes:
    """Each with a writer of its own, because random schemes share one version."""
    target = BytesIO()
    with open_workbook(target, title="", created=NOW) as book:
        rows = Rows(book.sheet(NAME, recompute_columns()))
        for each in sheets:
            ScoreSheets(rows).write(each, {At.AGENCY: "a", At.CONTRACT: "c"}, Fraction(7, 10))
    return target.getvalue()


class Read:
    """The workbook read back; its cells also hold what stands there without recalculation."""

    def __init__(self, content: bytes) -> None:
        self.book: Workbook = openpyxl.load_workbook(BytesIO(content))
        self._shown: Any = openpyxl.load_workbook(BytesIO(content), data_only=True)
        self.sheet: Any = self.book[NAME]
        self.evaluator = Evaluator(self.book)
        rows = range(1, self.sheet.max_row + 1)
        self._heads = next(row for row in rows if self.sheet.cell(row, At.LEVEL + 1).value == "层次")

    def rows(self, level: str) -> list[int]:
        return [row for row in self._below() if self.sheet.cell(row, At.LEVEL + 1).value == level]

    def worked_out(self, row: int, at: int) -> Any:
        return self.evaluator.value(NAME, row, at + 1)

    def departures(self) -> list[tuple[str, int, int, Any, Any]]:
        """Formulas that do not give what stands in their cell; differences stand there as 0."""
        found: list[tuple[str, int, int, Any, Any]] = []
        for sheet, row, column in self.evaluator.formulas:
            now = self.evaluator.value(sheet, row, column)
            shown = self._shown[sheet].cell(row, column).value
            # An empty text is read back as an empty cell.
            is_same = _are_close(now, shown) if _are_figures(now, shown) else now == (shown or "")
            if not is_same:
                found.append((sheet, row, column, now, shown))
        return found

    def notes(self) -> set[str]:
        cells = (self.sheet.cell(row, At.NOTE + 1).value for row in self._below())
        return {str(each) for each in cells if each}

    def _below(self) -> range:
        return range(self._heads + 1, self.sheet.max_row + 1)


def _are_close(now: float, shown: float) -> bool:
    """Figures out of 100 to nine decimals, and large ones (a score times a fee) to twelve digits."""
    return math.isclose(now, shown, rel_tol=1e-12, abs_tol=1e-9)


def _are_figures(*values: Any) -> bool:
    return all(isinstance(each, int | float) for each in values)
