"""The sheet with the arithmetic of year, engagement, score sheet and criterion, step by step, to be added up again."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from flask_babel import gettext

from agencyqa.assessments.forms.result_page import (
    EngagementLine,
    ResultPage,
    exact_score,
    exact_text,
    result_page,
)
from agencyqa.assessments.forms.year_parts import YearParts, year_parts
from agencyqa.assessments.models import AnnualResult
from agencyqa.i18n import aside, listed
from agencyqa.reports.workbook.content import CountedSheet, Item, Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.reports.workbook.steps import StepLines
from agencyqa.scoring import format_points, fraction_from_data
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook
from agencyqa.web.labels import label_of

_NO_IDS: frozenset[int] = frozenset()


class TraceSheet:
    """Writes the items it is handed in the order of the ranking, each agency's year before its engagements."""

    def __init__(self, book: Workbook, year: Year, marks: Marks) -> None:
        self._year = year
        self._page: ResultPage | None = None
        self._lines = StepLines()
        self.does_not_add_up: list[str] = []
        self._sheet = marks.sheet(
            book,
            gettext("计分过程"),
            _columns(),
            gettext("每一步先列名称，再代入数值。“复核”一栏由系统不用计分规则、只凭本表各步重新相加得出。"),
        )

    @property
    def name(self) -> str:
        return self._sheet.name

    def write(self, items: Iterable[Item]) -> None:
        for item in items:
            page = self._page
            if page is None or item.position == 0:
                page = self._page = self._begin(item.result)
                if item.form is not None:
                    self._score_sheet(item.result.agency_name, None, item.form)
            self._engagement(item, page.items[item.position])
            for counted in item.sheets:
                self._score_sheet(item.result.agency_name, item.data["contract"], counted)

    def _begin(self, result: AnnualResult) -> ResultPage:
        page = result_page(result, self._year.grades, titles={}, engagement_ids=_NO_IDS, sheet_ids=_NO_IDS)
        if not page.adds_up:
            self.does_not_add_up.append(result.agency_name)
        is_final = result.rounded is not None
        names = " + ".join(gettext("%(contract)s 得分 × 权重", contract=line.contract) for line in page.items)
        figures = " + ".join(f"{line.exact_score} × {line.exact_weight}" for line in page.items)
        parts = year_parts(result, self._year.plan, self._year.grades, _NO_IDS)
        if is_final and (parts.parts or parts.vetoes):
            names, figures = self._beside_engagements(result, parts, names, figures)
        self._put(
            agency=result.agency_name,
            level=gettext("年度"),
            item=gettext("年度得分"),
            names=names if is_final else gettext("有评分未完成，结果暂定，不计算得分。"),
            figures=f"{figures} {_equals(page.exact_score)}" if is_final else None,
            result=page.score or None,
            check=_check(page.adds_up),
            emphasis=True,
        )
        if page.grade_text:
            self._put(
                agency=result.agency_name,
                level=gettext("年度"),
                item=gettext("等级"),
                names=page.grade_text,
                figures=page.rounding_text or None,
                result=page.grade,
            )
        return page

    def _beside_engagements(
        self, result: AnnualResult, parts: YearParts, names: str, figures: str
    ) -> tuple[str, str]:
        """A row for each part of a year by rules of its own; gives the words and figures of their sum."""
        steps = result.trace["steps"]
        held: list[tuple[str, Fraction]] = []
        for key, name in (
            ("engagements", gettext("各项委托业务")),
            ("form", gettext("机构年度评分")),
            ("credits", gettext("积分")),
        ):
            if key in steps:
                held.append((name, fraction_from_data(steps[key]["contribution"]) or Fraction(0)))
        share = fraction_from_data(steps["engagements"]["share"]) or Fraction(0)
        if share:
            mean = held[0][1] / share
            self._put(
                agency=result.agency_name,
                level=gettext("年度"),
                item=gettext("各项委托业务"),
                names=names,
                figures=f"{figures} {_equals(exact_text(mean))}",
                result=exact_text(mean),
            )
        for part in parts.parts:
            self._put(
                agency=result.agency_name,
                level=gettext("年度"),
                item=part.name,
                names=gettext("得分 × 占比"),
                figures=f"{part.figure} × {part.share} {_equals(part.contribution)}",
                result=part.contribution,
            )
        for veto in parts.vetoes:
            self._put(
                agency=result.agency_name,
                level=gettext("年度"),
                item=veto.label,
                names=veto.effect or None,
            )
        cut = sum((each for _, each in held), Fraction(0)) - (exact_score(result) or Fraction(0))
        added = " + ".join(_signed(each) for _, each in held)
        words = " + ".join(name for name, _ in held)
        if not cut:
            return words, added
        # What the limits of the figure and the vetoes take off, or a floor adds.
        taken = gettext("限幅、否决扣去")
        return f"{words} − {taken}", f"{added} − {_signed(cut)}"

    def _engagement(self, item: Item, line: EngagementLine) -> None:
        missing = listed(line.missing)
        counted = [role for role in line.roles if role.percent]
        self._put(
            agency=item.result.agency_name,
            contract=line.contract,
            level=gettext("委托业务"),
            item=line.object_name,
            names=gettext("缺少：%(roles)s", roles=missing)
            if line.missing
            else " + ".join(gettext("%(role)s × 占比", role=role.role) for role in counted),
            figures=None
            if line.missing
            else " + ".join(f"{role.percent} × {role.share}" for role in counted)
            + f" {_equals(line.exact_score)}",
            result=line.exact_score or None,
            emphasis=True,
        )

    def _score_sheet(self, agency: str, contract: str | None, counted: CountedSheet) -> None:
        """Without a contract it is the sheet about the agency's year."""
        held = counted.sheet
        role = label_of(held.scorer_role)
        lines, steps_add_up = self._lines.of(counted)
        sections = [*_section_sums(counted), *_taken_off(counted)]
        adds_up = steps_add_up and counted.is_same and sum(part for _, part in sections) == held.total
        if not adds_up:
            self.does_not_add_up.append(f"{contract or agency} {role}")
        total = format_points(held.total or 0)
        self._put(
            agency=agency,
            contract=contract,
            level=role,
            item=f"{counted.texts.title} v{counted.version.number}",
            step=gettext("各部分合计"),
            names=" + ".join(label for label, _ in sections),
            figures=f"{' + '.join(format_points(part) for _, part in sections)} = {total}",
            result=held.total,
            check=_check(adds_up),
            emphasis=True,
        )
        percent = exact_text(Fraction((held.total or 0) * 100, held.max_points))
        self._put(
            agency=agency,
            contract=contract,
            level=role,
            step=gettext("折算为百分制"),
            names=gettext("总分 ÷ 满分 × 100"),
            figures=f"{total} ÷ {format_points(held.max_points)} × 100 {_equals(percent)}",
        )
        put = self._sheet.write
        for line_item, step, names, figures, result in lines:
            put((agency, contract, role, line_item, step, names, figures, result, None))

    def _put(
        self,
        *,
        agency: str,
        contract: str | None = None,
        level: str,
        item: str | None = None,
        step: str | None = None,
        names: str | None = None,
        figures: str | None = None,
        result: int | str | None = None,
        check: str | None = None,
        emphasis: bool = False,
    ) -> None:
        self._sheet.write(
            (agency, contract, level, item, step, names, figures, result, check), emphasis=emphasis
        )


def _section_sums(counted: CountedSheet) -> list[tuple[str, int]]:
    """The sections with the sums of what their criteria give, added here and not taken over."""
    return [
        (
            counted.texts.section(section.key),
            sum(counted.criteria[criterion.key].contribution or 0 for criterion in section.criteria),
        )
        for section in counted.program.scheme.sections
    ]


def _taken_off(counted: CountedSheet) -> list[tuple[str, int]]:
    """What vetoes of the whole sheet take off its total; those that take nothing off are not named."""
    if not counted.program.scheme.vetoes:
        return []
    return [
        (counted.texts.criterion(veto.key), veto.contribution)
        for veto in counted.result.vetoes
        if veto.contribution
    ]


def _signed(figure: Fraction) -> str:
    return exact_text(figure) if figure >= 0 else aside("", exact_text(figure)).strip()


def _equals(figure: str) -> str:
    """``exact_text`` says itself where a figure is only near."""
    return figure if figure.startswith("≈") else f"= {figure}"


def _check(adds_up: bool) -> str:
    return str(gettext("相符") if adds_up else gettext("不符"))


def _columns() -> tuple[Column, ...]:
    return (
        Column("agency", gettext("第三方机构"), 30),
        Column("contract", gettext("合同编号"), 18),
        Column("level", gettext("层次"), 16),
        Column("item", gettext("考核项"), 34),
        Column("step", gettext("步骤"), 22),
        Column("names", gettext("算式（名称）"), 60),
        Column("figures", gettext("算式（数值）"), 60),
        Column("result", gettext("得分"), 12, Kind.POINTS),
        Column("check", gettext("复核"), 8),
    )
