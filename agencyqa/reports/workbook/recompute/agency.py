"""The year of one agency recomputed: engagements, agency-level form, credits, vetoes, rounding and grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from agencyqa.assessments.enums import ResultState
from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.assessments.forms.result_page import exact_score
from agencyqa.assessments.forms.rule_words import veto_label
from agencyqa.assessments.models import AnnualResult
from agencyqa.assessments.queries.tables import grade_bands
from agencyqa.measures.enums import Purpose
from agencyqa.reports.workbook.content import CountedSheet, Year
from agencyqa.reports.workbook.recompute.columns import FIRST_INPUT, At, Letter, input_letter
from agencyqa.reports.workbook.recompute.exactness import LIFT, rounds_alike
from agencyqa.reports.workbook.recompute.grades import (
    Cap,
    grade_formula,
    names_of,
    place_of,
    quoted,
    reached_by_figure,
)
from agencyqa.reports.workbook.recompute.rows import Rows
from agencyqa.reports.workbook.recompute.score_sheets import ScoreSheets
from agencyqa.scoring import SCALE, fraction_from_data
from agencyqa.spreadsheets.workbook import Formula
from agencyqa.web.labels import label_of


@dataclass
class AgencyRows:
    """What has been written of one agency: the rows of its engagements, and its agency-level form to come."""

    result: AnnualResult
    form: CountedSheet | None
    engagements: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class YearRows:
    """For the ranking: the row of the rounded figure, and that of the number of engagements where there is a least."""

    rounded: int
    count: int | None


class AgencyYear:
    def __init__(self, rows: Rows, sheets: ScoreSheets, year: Year) -> None:
        self._rows, self._sheets, self._year = rows, sheets, year
        self._words = rows.words
        self._veto_labels = {veto.key: veto_label(veto) for veto in year.plan.vetoes}

    def write(self, agency: AgencyRows) -> YearRows | None:
        """None for a year that is provisional."""
        result, words = agency.result, self._words
        score = exact_score(result)
        cells: dict[int, Any] = {At.AGENCY: result.agency_name, At.LEVEL: words["year"]}
        if score is None:
            self._rows.put({**cells, At.NOTE: words["provisional"]}, emphasis=True)
            return None
        caps: list[Cap] = []
        if "rules" in result.trace:
            formula = self._steps(agency, caps)
        else:
            formula = _weighted_mean(agency)
        row = self._rows.figure(cells, formula, float(score), emphasis=True)
        return self._conclusion(agency, row, score, caps)

    # What stands beside the engagements

    def _steps(self, agency: AgencyRows, caps: list[Cap]) -> str:
        """The formula of the annual figure over the rows of its parts. Adds to ``caps`` the vetoes of the grade."""
        steps = agency.result.trace["steps"]
        parts: list[str] = []
        share = fraction_from_data(steps["engagements"]["share"])
        if share:
            parts.append(self._part(gettext("各项委托业务"), _weighted_mean(agency), steps["engagements"]))
        if "form" in steps:
            parts.append(self._form(agency, steps["form"]))
        running = "+".join(parts) or "0"
        if "credits" in steps:
            running = self._credits(agency.result, steps["credits"], running)
        return self._vetoes(agency.result, running, caps)

    def _part(self, item: str, figure: str, step: Mapping[str, Any]) -> str:
        share = fraction_from_data(step["share"]) or Fraction(0)
        row = self._rows.next
        cells: dict[int, Any] = {
            At.LEVEL: self._words["part"],
            At.ITEM: item,
            At.WEIGHT: share.numerator,
            At.DIVISOR: share.denominator,
        }
        formula = f"{figure}*{Letter.WEIGHT}{row}/{Letter.DIVISOR}{row}"
        return f"{Letter.COUNTED}{self._rows.figure(cells, formula, _float(step['contribution']))}"

    def _form(self, agency: AgencyRows, step: Mapping[str, Any]) -> str:
        head: dict[int, Any] = {At.AGENCY: agency.result.agency_name}
        name = str(label_of(Purpose.AGENCY_YEAR))
        if agency.form is None:
            row = self._sheets.stand_in(agency.result.inputs["form"], head, name, None)
        else:
            row = self._sheets.write(agency.form, head, None)
        return self._part(name, f"{Letter.COUNTED}{row}", step)

    def _credits(self, result: AnnualResult, step: Mapping[str, Any], running: str) -> str:
        """Base and credits, held within floor and cap; then a share of the figure, or added within 0 and 100."""
        first = self._rows.next
        for credit in result.inputs["credits"]:
            item = f"{credit['occurred_on']} {credit['reason']}"
            self._rows.put({At.LEVEL: self._words["credit"], At.ITEM: item, At.ENTERED: credit["points"]})
        row = self._rows.next
        rules = result.trace["rules"]
        base, low, high = (f"{input_letter(number)}{row}" for number in range(3))
        formula = base if row == first else f"{base}+SUM({Letter.ENTERED}{first}:{Letter.ENTERED}{row - 1})"
        if rules["floor"] is not None:
            formula = f"MAX({formula},{low})"
        if rules["cap"] is not None:
            formula = f"MIN({formula},{high})"
        cells: dict[int, Any] = {At.LEVEL: self._words["account"], At.ITEM: gettext("基础分、下限、上限")}
        cells.update(enumerate((rules["base"], rules["floor"], rules["cap"]), start=FIRST_INPUT))
        held = (fraction_from_data(step["account"]) or Fraction(0)) * SCALE
        account = f"{Letter.COUNTED}{self._rows.figure(cells, formula, int(held))}/{SCALE}"
        share = fraction_from_data(rules["credit_share"])
        if share:
            part = {**step, "share": rules["credit_share"]}
            return f"{running}+{self._part(self._words['account'], account, part)}"
        # Credits on top lift nobody above 100; a figure that stood above it already stays where it is.
        bounded = f"MIN(MAX({running}+{account},0),MAX(100,{running}))"
        cells = {At.LEVEL: self._words["part"], At.ITEM: gettext("加上积分，限于 0 至 100")}
        return f"{Letter.COUNTED}{self._rows.figure(cells, bounded, _float(step['bounded']))}"

    def _vetoes(self, result: AnnualResult, running: str, caps: list[Cap]) -> str:
        moved = {step["key"]: step for step in result.trace["steps"].get("vetoes", ())}
        for veto in result.trace["rules"].get("vetoes", ()):
            key, cap, row = veto["key"], veto["caps_total"], self._rows.next
            raised = key in moved
            cells: dict[int, Any] = {
                At.LEVEL: self._words["veto"],
                At.ITEM: self._veto_labels.get(key, key),
                At.MAXIMUM: cap,
                At.FLAG: Formula(f"IF({input_letter(0)}{row}=1,1,0)", int(raised)),
                FIRST_INPUT: int(raised),
            }
            flag = f"{Letter.FLAG}{row}"
            if veto["caps_grade"] is not None:
                caps.append((flag, place_of(grade_bands(self._year.grades), veto["caps_grade"])))
            if cap is None:
                self._rows.put(cells)
                continue
            # Of a veto that nobody raised nothing is stored; there the figure stays as it was.
            formula = f"IF({flag}=1,MIN({running},{Letter.MAXIMUM}{row}/{SCALE}),{running})"
            if raised:
                self._rows.figure(cells, formula, _float(moved[key]["after"]))
                running = f"{Letter.COUNTED}{row}"
            else:
                self._rows.put({**cells, At.COUNTED: Formula(formula, _before(result, moved, key))})
                running = f"{Letter.COUNTED}{row}"
        return running

    # Rounding and grade

    def _conclusion(
        self, agency: AgencyRows, above: int, score: Fraction, caps: list[Cap]
    ) -> YearRows | None:
        result, words = agency.result, self._words
        if result.rounded is None:
            return None
        count = self._count(agency)
        head: dict[int, Any] = {At.AGENCY: result.agency_name, At.LEVEL: words["rounded"]}
        figure = result.rounded / 10**result.places
        is_alike = rounds_alike(score, result.places)
        if is_alike:
            row = self._rows.figure(head, _rounding(above, result.places), figure, emphasis=True)
        else:
            row = self._rows.refused(head, figure, words["near_half"], emphasis=True)
        table = self._year.grades
        compared = (
            f"{Letter.COUNTED}{row}" if table.places == result.places else _rounding(above, table.places)
        )
        if result.grade is not None or result.state is ResultState.TOO_FEW:
            bands = grade_bands(table)
            labels = {band["key"]: band_label(table.bands, band["key"]) for band in table.bands}
            stored = words["too_few"] if result.grade is None else labels[result.grade]
            formula = grade_formula(reached_by_figure(bands, compared), names_of(bands, labels), caps)
            if count is not None:
                is_few = f"{Letter.COUNTED}{count}<{Letter.MAXIMUM}{count}"
                formula = f"IF({is_few},{quoted(words['too_few'])},{formula})"
            if rounds_alike(score, table.places):
                self._rows.text(words["grade"], formula, stored)
            else:
                self._rows.refused({At.LEVEL: words["grade"]}, stored, words["near_half"])
        return YearRows(row, count)

    def _count(self, agency: AgencyRows) -> int | None:
        """The engagements counted, where the rules ask for more than one."""
        least = agency.result.trace.get("rules", {}).get("least_engagements", 1)
        if least <= 1:
            return None
        cells: dict[int, Any] = {
            At.LEVEL: self._words["count"],
            At.ITEM: gettext("参加排名最少 %(count)s 项", count=least),
            At.MAXIMUM: least,
        }
        levels, level = _levels(agency)
        return self._rows.figure(cells, f"COUNTIF({levels},{level})", agency.result.engagement_count)


def _rounding(row: int, places: int) -> str:
    return f"ROUND({Letter.COUNTED}{row}+{LIFT},{places})"


def _levels(agency: AgencyRows) -> tuple[str, str]:
    """The column of levels over the engagements of an agency, and the cell with the word of an engagement."""
    first, last = agency.engagements[0], agency.engagements[-1]
    return f"{Letter.LEVEL}{first}:{Letter.LEVEL}{last}", f"{Letter.LEVEL}{first}"


def _weighted_mean(agency: AgencyRows) -> str:
    """Over the engagement rows of one agency, which carry the same word in the column of levels."""
    levels, level = _levels(agency)
    first, last = agency.engagements[0], agency.engagements[-1]
    weighted = f"SUMIF({levels},{level},{Letter.WEIGHTED}{first}:{Letter.WEIGHTED}{last})"
    weights = f"SUMIF({levels},{level},{Letter.WEIGHT}{first}:{Letter.WEIGHT}{last})"
    return f"{weighted}/{weights}"


def _before(result: AnnualResult, moved: Mapping[str, Mapping[str, Any]], key: str) -> float:
    """The annual figure before a veto that was not raised: after the last one raised above it, before the next."""
    known = [veto["key"] for veto in result.trace["rules"]["vetoes"]]
    for later in known[known.index(key) :]:
        if later in moved:
            return _float(moved[later]["before"])
    return float(exact_score(result) or 0)


def _float(data: Mapping[str, int]) -> float:
    return float(fraction_from_data(data) or 0)
