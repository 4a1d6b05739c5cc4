"""The sheet that recomputes: criterion, section, total, percent, grade, engagement and year, each from the rows above.

Everything stands in one sheet and refers upwards only, so that it is written row by row like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.assessments.models import AnnualResult
from agencyqa.assessments.queries.tables import grade_bands
from agencyqa.reports.workbook.content import CountedSheet, Item, Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.reports.workbook.recompute.columns import FIRST_INPUT, At, Letter, recompute_columns
from agencyqa.reports.workbook.recompute.exactness import LIFT, rounds_alike
from agencyqa.reports.workbook.recompute.plans import (
    CriterionPlan,
    SchemePlan,
    grade_formula,
    percent_edges,
    plan_of,
    section_formula,
    total_edges,
)
from agencyqa.scoring import fraction_from_data
from agencyqa.spreadsheets.workbook import Formula, Workbook
from agencyqa.web.labels import label_of

_DIFFERENCE = f"ABS(ROUND({Letter.COUNTED}{{0}}-{Letter.STORED}{{0}},9))"
_IS_OTHER = f"IF({Letter.COUNTED}{{0}}={Letter.STORED}{{0}},0,1)"


@dataclass
class _Agency:
    """What has been written of one agency: the rows of its engagements, first and last."""

    result: AnnualResult
    engagements: list[int] = field(default_factory=list)
    is_whole: bool = True


class RecomputeSheet:
    """Takes the items in the order of the ranking; ``finish`` after the last one.

    ``years`` has the row of the rounded annual figure of each agency, for the sheet of the ranking.
    """

    def __init__(self, book: Workbook, year: Year, marks: Marks) -> None:
        self._year = year
        self._plans: dict[int, SchemePlan] = {}
        self._agency: _Agency | None = None
        self.years: dict[int, int] = {}
        self._level = {
            "criterion": gettext("考核项"),
            "section": gettext("部分"),
            "sheet": gettext("评分表"),
            "percent": gettext("得分率"),
            "grade": gettext("等级"),
            "engagement": gettext("委托业务"),
            "year": gettext("年度"),
        }
        self._sheet = marks.sheet(
            book,
            gettext("复算"),
            recompute_columns(),
            gettext(
                "分值、得分和填报均为万分之一分的整数（23 分为 230000）；得分率、业务和年度得分为百分制。"
                "“复算”一栏全是公式，改动填报、分值或权重即重新计算；“差额”应全为 0。"
            ),
            gettext(
                "公式中的 +%(lift)s 只用来防止二进制小数把恰好半数算低；"
                "个别不能由表格精确计算的行注明“不复算”，见计分过程。",
                lift=LIFT,
            ),
        )
        self.first_row = self._sheet.row_number

    @property
    def name(self) -> str:
        return self._sheet.name

    @property
    def last_row(self) -> int:
        return self._sheet.row_number - 1

    def write(self, items: Iterable[Item]) -> None:
        for item in items:
            if self._agency is None or item.position == 0:
                self._end_agency()
                self._agency = _Agency(item.result)
            self._engagement(self._agency, item)

    def finish(self) -> None:
        self._end_agency()

    # One engagement: its sheets, then what their shares come to

    def _engagement(self, agency: _Agency, item: Item) -> None:
        score = fraction_from_data(item.traced["score"])
        percents: dict[str, list[int]] = {}
        for counted in item.sheets:
            row = self._score_sheet(item, counted)
            percents.setdefault(counted.sheet.scorer_role.value, []).append(row)
        weight = _weight(item, self._year)
        formula = None if score is None else _shares(item.data["trace"]["roles"], percents)
        row = self._sheet.row_number
        agency.engagements.append(row)
        cells: dict[int, Any] = {
            At.AGENCY: item.result.agency_name,
            At.CONTRACT: item.data["contract"],
            At.LEVEL: self._level["engagement"],
            At.ITEM: item.data["object"],
            At.WEIGHT: weight,
        }
        if score is None:
            cells[At.NOTE] = gettext("暂定")
            agency.is_whole = False
        else:
            cells[At.STORED] = float(score)
            if formula is None:
                cells[At.COUNTED] = float(score)
                cells[At.NOTE] = self._not_here()
            else:
                cells[At.COUNTED] = Formula(formula, float(score))
            if weight is not None:
                cells[At.WEIGHTED] = Formula(
                    f"{Letter.COUNTED}{row}*{Letter.WEIGHT}{row}", float(score * weight)
                )
            cells[At.DIFFERENCE] = Formula(_DIFFERENCE.format(row), 0)
        self._sheet.write_cells(cells, emphasis=True)

    def _score_sheet(self, item: Item, counted: CountedSheet) -> int:
        """The row of its percentage."""
        held, texts = counted.sheet, counted.texts
        plan = self._plan(counted)
        sums: list[str] = []
        if plan.is_simple:
            for key, criteria in plan.sections:
                sums.append(self._section(counted, key, criteria))
        row = self._sheet.row_number
        total = held.total or 0
        cells: dict[int, Any] = {
            At.AGENCY: item.result.agency_name,
            At.CONTRACT: item.data["contract"],
            At.LEVEL: self._level["sheet"],
            At.ITEM: f"{label_of(held.scorer_role)} · {texts.title} v{counted.version.number}",
            At.MAXIMUM: held.max_points,
            At.STORED: total,
            At.COUNTED: Formula("+".join(sums), total) if sums else total,
            At.DIFFERENCE: Formula(_DIFFERENCE.format(row), 0),
        }
        if not sums:
            cells[At.NOTE] = self._not_here()
        self._sheet.write_cells(cells, emphasis=True)
        return self._percent(item, counted, row, total)

    def _percent(self, item: Item, counted: CountedSheet, above: int, total: int) -> int:
        held, scheme = counted.sheet, counted.program.scheme
        row = self._sheet.row_number
        percent = total * 100 / held.max_points
        share = _share(item.data["trace"]["roles"], held.scorer_role.value)
        self._sheet.write_cells(
            {
                At.LEVEL: self._level["percent"],
                At.MAXIMUM: 100,
                At.WEIGHT: None if share is None else share.numerator,
                At.DIVISOR: None if share is None else share.denominator,
                At.COUNTED: Formula(f"{Letter.COUNTED}{above}*100/{Letter.MAXIMUM}{above}", percent),
                At.STORED: percent,
                At.DIFFERENCE: Formula(_DIFFERENCE.format(row), 0),
            }
        )
        if scheme.grades and held.grade:
            edges = total_edges(counted.program, held.max_points, counted.texts.grades)
            self._grade(grade_formula(f"{Letter.COUNTED}{above}", edges), counted.texts.grade(held.grade))
        return row

    def _grade(self, formula: str, stored: str) -> None:
        row = self._sheet.row_number
        self._sheet.write_cells(
            {
                At.LEVEL: self._level["grade"],
                At.COUNTED: Formula(formula, stored),
                At.STORED: stored,
                At.DIFFERENCE: Formula(_IS_OTHER.format(row), 0),
            }
        )

    def _section(self, counted: CountedSheet, key: str, criteria: tuple[CriterionPlan, ...]) -> str:
        first = self._sheet.row_number
        for plan in criteria:
            self._criterion(counted, plan)
        row = self._sheet.row_number
        added = section_formula(first, criteria)
        # A sheet without stored sums has nothing to compare with; that is no reason to give no workbook.
        points = sum(plan.criterion.max_points for plan in criteria if plan.adds)
        stored, maximum = counted.sheet.section_totals.get(key, (None, points))
        self._sheet.write_cells(
            {
                At.LEVEL: self._level["section"],
                At.ITEM: counted.texts.section(key),
                At.MAXIMUM: maximum,
                At.COUNTED: Formula(added, stored or 0),
                At.STORED: stored,
                At.DIFFERENCE: Formula(_DIFFERENCE.format(row), 0),
            }
        )
        return f"{Letter.COUNTED}{row}"

    def _criterion(self, counted: CountedSheet, plan: CriterionPlan) -> None:
        """The mark by the rule's own formula; where the scorer gave a figure, that one counts."""
        criterion = plan.criterion
        scored = counted.criteria[criterion.key]
        row = self._sheet.row_number
        mark: Any = scored.computed
        note = None
        if plan.is_exact(counted.packed):
            mark = Formula(plan.formula(row), scored.computed or 0)
        else:
            note = self._not_here()
        own = scored.entered
        values = enumerate(plan.values(counted.packed), start=FIRST_INPUT)
        cells: dict[int, Any] = {
            At.LEVEL: self._level["criterion"],
            At.ITEM: counted.texts.criterion(criterion.key),
            At.MAXIMUM: criterion.max_points,
            At.NOTE: note,
            At.STORED: scored.counted,
            At.DIFFERENCE: Formula(_DIFFERENCE.format(row), 0),
        }
        if own is None:
            cells[At.COUNTED] = mark
        else:
            cells |= {
                At.ENTERED: own,
                At.COMPUTED: mark,
                At.COUNTED: Formula(f"{Letter.ENTERED}{row}", own),
            }
        cells.update(values)
        self._sheet.write_cells(cells)

    # The year

    def _end_agency(self) -> None:
        agency = self._agency
        self._agency = None
        if agency is None:
            return
        result = agency.result
        score = (
            None
            if result.numerator is None
            else Fraction(int(result.numerator), int(result.denominator or 1))
        )
        first, row = agency.engagements[0], self._sheet.row_number
        cells: dict[int, Any] = {
            At.AGENCY: result.agency_name,
            At.LEVEL: self._level["year"],
        }
        if score is None:
            cells[At.NOTE] = gettext("暂定")
            self._sheet.write_cells(cells, emphasis=True)
            return
        is_plain = "rules" not in result.trace and agency.is_whole
        cells |= {
            At.COUNTED: Formula(_weighted_mean(first, agency.engagements[-1]), float(score))
            if is_plain
            else float(score),
            At.STORED: float(score),
            At.DIFFERENCE: Formula(_DIFFERENCE.format(row), 0),
            At.NOTE: None if is_plain else self._not_here(),
        }
        self._sheet.write_cells(cells, emphasis=True)
        self._rounded(result, row, score)

    def _rounded(self, result: AnnualResult, above: int, score: Fraction) -> None:
        if result.rounded is None:
            return
        row = self._sheet.row_number
        self.years[result.agency_id] = row
        figure = result.rounded / 10**result.places
        is_alike = rounds_alike(score, result.places)
        self._sheet.write_cells(
            {
                At.AGENCY: result.agency_name,
                At.LEVEL: gettext("年度（四舍五入）"),
                At.NOTE: None if is_alike else self._not_here(),
                At.COUNTED: Formula(_rounding(above, result.places), figure) if is_alike else figure,
                At.STORED: figure,
                At.DIFFERENCE: Formula(_DIFFERENCE.format(row), 0),
            },
            emphasis=True,
        )
        table = self._year.grades
        if result.grade is not None and rounds_alike(score, table.places) and "rules" not in result.trace:
            names = {band["key"]: band_label(table.bands, band["key"]) or "" for band in table.bands}
            edges = percent_edges(grade_bands(table), names)
            self._grade(grade_formula(_rounding(above, table.places), edges), names[result.grade])

    def _plan(self, counted: CountedSheet) -> SchemePlan:
        known = self._plans.get(counted.version.id)
        if known is None:
            known = self._plans[counted.version.id] = plan_of(counted.program, FIRST_INPUT)
        return known

    def _not_here(self) -> str:
        return str(gettext("不复算，见计分过程"))


def _rounding(row: int, places: int) -> str:
    return f"ROUND({Letter.COUNTED}{row}+{LIFT},{places})"


def _weighted_mean(first: int, last: int) -> str:
    """Over the engagement rows of one agency, which carry the same word in the column of levels."""
    levels = f"{Letter.LEVEL}{first}:{Letter.LEVEL}{last}"
    weighted = f"SUMIF({levels},{Letter.LEVEL}{first},{Letter.WEIGHTED}{first}:{Letter.WEIGHTED}{last})"
    weights = f"SUMIF({levels},{Letter.LEVEL}{first},{Letter.WEIGHT}{first}:{Letter.WEIGHT}{last})"
    return f"{weighted}/{weights}"


def _weight(item: Item, year: Year) -> int | None:
    """The fee in fen, or 1 where all engagements weigh the same; None while it is not known."""
    weights = item.result.trace["weights"]
    if weights == "fee":
        fee = item.traced["fee"]
        return None if fee is None else int(fee)
    return 1


def _share(roles: Iterable[dict[str, Any]], role: str) -> Fraction | None:
    found = next((each for each in roles if each["role"] == role), None)
    return None if found is None else fraction_from_data(found["share"])


def _shares(roles: Iterable[dict[str, Any]], percents: dict[str, list[int]]) -> str | None:
    """None where a role is more than one sheet at its share: that is not worked out here."""
    parts: list[str] = []
    for role in roles:
        if not role["share"]["num"]:
            continue
        rows = percents.get(role["role"], [])
        share, percent = fraction_from_data(role["share"]), fraction_from_data(role["percent"])
        contribution = fraction_from_data(role["contribution"])
        is_plain = share is not None and percent is not None and contribution == share * percent
        if len(rows) != 1 or not is_plain or "seats" in role:
            return None
        (row,) = rows
        parts.append(f"{Letter.COUNTED}{row}*{Letter.WEIGHT}{row}/{Letter.DIVISOR}{row}")
    return "+".join(parts) or None
