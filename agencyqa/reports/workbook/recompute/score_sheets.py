"""One score sheet recomputed: its criteria, sections, vetoes, total, percentage and grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from agencyqa.reports.workbook.content import CountedSheet
from agencyqa.reports.workbook.recompute.columns import FIRST_INPUT, At, Letter
from agencyqa.reports.workbook.recompute.formulas import SheetFormulas
from agencyqa.reports.workbook.recompute.grades import (
    Cap,
    grade_formula,
    names_of,
    place_of,
    quoted,
    reached_by_share,
    reached_by_total,
)
from agencyqa.reports.workbook.recompute.plans import CriterionPlan, SchemePlan, SectionPlan, plan_of
from agencyqa.reports.workbook.recompute.rows import Cells, Rows, difference, is_other
from agencyqa.scoring import CriterionResult, SheetResult
from agencyqa.spreadsheets.workbook import Formula
from agencyqa.web.labels import label_of


class ScoreSheets:
    """Every method gives the row of the percentage, which is what engagement and year go on with."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._plans: dict[int, SchemePlan] = {}

    def write(self, counted: CountedSheet, head: Cells, share: Fraction | None) -> int:
        """``head`` names agency and contract; ``share`` is that of the sheet's role, None within a panel."""
        plan, held = self._plan(counted), counted.sheet
        title = f"{label_of(held.scorer_role)} · {counted.texts.title} v{counted.version.number}"
        cells = {**head, At.LEVEL: self._rows.words["sheet"], At.ITEM: title, At.MAXIMUM: held.max_points}
        total = held.total or 0
        if not plan.fits:
            row = self._rows.refused(cells, total, self._rows.words["too_large"], emphasis=True)
            percent = self._percent(row, total, held.max_points, share)
            self._grade(counted, plan, row)
            return percent
        formulas = SheetFormulas(plan, self._rows.next)
        if plan.is_simple:
            for section in plan.sections:
                for each in section.criteria:
                    self._criterion(counted, each, {})
                self._section(counted, section, formulas)
        else:
            self._adjusted(counted, formulas)
        if plan.leaves_out:
            cells[At.MAXIMUM] = Formula(formulas.maximum(), held.max_points)
        row = self._rows.figure(cells, formulas.total(), total, emphasis=True)
        percent = self._percent(row, total, held.max_points, share)
        self._grade(counted, plan, row, formulas)
        return percent

    def stand_in(self, stored: Mapping[str, Any], head: Cells, role: str, share: Fraction | None) -> int:
        """A sheet that is not to be found any more: the sums that the result kept of it."""
        words = self._rows.words
        total, maximum = stored["total"] or 0, stored["max"]
        cells = {**head, At.LEVEL: words["sheet"], At.ITEM: role, At.MAXIMUM: maximum}
        row = self._rows.refused(cells, total, words["not_found"], emphasis=True)
        return self._percent(row, total, maximum, share)

    def _plan(self, counted: CountedSheet) -> SchemePlan:
        known = self._plans.get(counted.version.id)
        if known is None:
            known = self._plans[counted.version.id] = plan_of(counted.program)
        return known

    # Criteria and sections

    def _criterion(self, counted: CountedSheet, plan: CriterionPlan, adjusted: Cells) -> None:
        """The mark by the rule's own formula; where the scorer gave a figure, that one counts."""
        scored = counted.criteria[plan.criterion.key]
        row, words = self._rows.next, self._rows.words
        known, own = scored.computed, scored.entered
        is_out = plan.left_out is not None and scored.counted is None
        is_exact = plan.is_exact(counted.packed)
        mark: Any = Formula(plan.formula(row), known or 0) if is_exact else known
        cells: dict[int, Any] = {
            At.LEVEL: words["criterion"],
            At.ITEM: counted.texts.criterion(plan.criterion.key),
            At.MAXIMUM: plan.criterion.max_points,
            At.STORED: scored.counted,
            At.DIFFERENCE: difference(row),
            At.NOTE: None if is_exact else words["too_large"],
        }
        if own is not None:
            cells |= {At.ENTERED: own, At.COMPUTED: mark}
            mark = Formula(f"{Letter.ENTERED}{row}", own)
        if plan.left_out is not None:
            out = words["left_out"]
            text = mark.text if isinstance(mark, Formula) else str(mark or 0)
            shown = out if is_out else (scored.counted or 0)
            mark = Formula(f"IF({Letter.FLAG}{row}=1,{quoted(out)},{text})", shown)
            cells |= {At.STORED: out if is_out else scored.counted, At.DIFFERENCE: is_other(row)}
            cells[At.FLAG] = Formula(f"IF({plan.condition(row)},1,0)", int(is_out))
        cells |= {At.COUNTED: mark, **adjusted}
        cells.update(enumerate(plan.inputs.values(counted.packed), start=FIRST_INPUT))
        self._rows.put(cells)

    def _section(self, counted: CountedSheet, section: SectionPlan, formulas: SheetFormulas) -> None:
        # A sheet without stored sums has nothing to compare with; that is no reason to give no workbook.
        points = sum(each.criterion.max_points for each in section.criteria if each.adds)
        stored, maximum = counted.sheet.section_totals.get(section.key, (None, points))
        live = formulas.section_maximum(section)
        self._rows.figure(
            {
                At.LEVEL: self._rows.words["section"],
                At.ITEM: counted.texts.section(section.key),
                At.MAXIMUM: maximum if live is None else Formula(live, maximum or 0),
            },
            formulas.section(section),
            stored,
        )

    # Sheets on which what counts of a criterion is not what it gives to the total

    def _adjusted(self, counted: CountedSheet, formulas: SheetFormulas) -> None:
        plan, result = formulas.plan, counted.result
        results = {each.key: each for each in result.criteria}
        running = reachable = 0
        for section in plan.sections:
            for each in section.criteria:
                held = results[each.criterion.key]
                running += each.part * (held.counted or 0)
                reachable += 0 if held.state == "left_out" else each.reachable
                cells = _contribution(each, held, formulas, running, reachable)
                self._criterion(counted, each, cells)
            self._section(counted, section, formulas)
        if plan.leaves_out:
            words = self._rows.words
            cells = {At.LEVEL: words["assessed"]}
            self._rows.figure(cells, formulas.assessed(), counted.sheet.max_points)
        self._vetoes(counted, result, formulas)

    def _vetoes(self, counted: CountedSheet, result: SheetResult, formulas: SheetFormulas) -> None:
        for plan, held in zip(formulas.plan.vetoes, result.vetoes, strict=True):
            row = self._rows.next
            cells: dict[int, Any] = {
                At.LEVEL: self._rows.words["veto"],
                At.ITEM: counted.texts.criterion(plan.veto.key),
                At.FLAG: Formula(f"IF({plan.condition(row)},1,0)", int(bool(held.applied))),
            }
            cells.update(enumerate(plan.inputs.values(counted.packed), start=FIRST_INPUT))
            if plan.veto.caps_total is None:
                self._rows.put(cells)
            else:
                cells[At.MAXIMUM] = plan.veto.caps_total
                self._rows.figure(cells, formulas.veto(plan), held.contribution)

    # What follows from the total

    def _percent(self, total_row: int, total: int, maximum: int, share: Fraction | None) -> int:
        cells: dict[int, Any] = {At.LEVEL: self._rows.words["percent"], At.MAXIMUM: 100}
        if share is not None:
            cells |= {At.WEIGHT: share.numerator, At.DIVISOR: share.denominator}
        formula = f"{Letter.COUNTED}{total_row}*100/{Letter.MAXIMUM}{total_row}"
        return self._rows.figure(cells, formula, total * 100 / maximum)

    def _grade(
        self, counted: CountedSheet, plan: SchemePlan, row: int, formulas: SheetFormulas | None = None
    ) -> None:
        scheme, held, words = plan.scheme, counted.sheet, self._rows.words
        if not scheme.grades or not held.grade:
            return
        total, maximum = f"{Letter.COUNTED}{row}", f"{Letter.MAXIMUM}{row}"
        reached: Sequence[str] | None
        if plan.leaves_out:
            reached = reached_by_share(scheme, total, maximum)
        else:
            reached = reached_by_total(scheme, total, held.max_points)
        stored = counted.texts.grade(held.grade)
        # Without its criteria a sheet has no vetoes to look at either.
        if reached is None or (formulas is None and plan.vetoes):
            self._rows.refused({At.LEVEL: words["grade"]}, stored, words["too_large"])
            return
        caps: list[Cap] = [
            (f"{Letter.FLAG}{formulas.row(veto.offset)}", place_of(scheme.grades, veto.veto.caps_grade))
            for veto in (plan.vetoes if formulas else ())
            if formulas and veto.veto.caps_grade is not None
        ]
        names = names_of(scheme.grades, counted.texts.grades)
        self._rows.text(words["grade"], grade_formula(reached, names, caps), stored)


def _contribution(
    plan: CriterionPlan, held: CriterionResult, formulas: SheetFormulas, running: int, reachable: int
) -> dict[int, Any]:
    """The cells of a criterion that tell what it gives to the total, and what it could."""
    cells: dict[int, Any] = {}
    if plan.criterion.bonus:
        earned = (held.counted or 0) if held.bonus and held.bonus.met and plan.criterion.weight != 0 else 0
        cells[At.WEIGHTED] = Formula(formulas.earned(plan), earned)
        cells[At.GIVEN] = Formula(formulas.granted(plan), held.contribution or 0)
    elif plan.adds and formulas.plan.whole:
        cells[At.WEIGHT], cells[At.DIVISOR] = plan.part, formulas.plan.whole
        cells[At.WEIGHTED] = Formula(formulas.weighted(plan), running)
        cells[At.GIVEN] = Formula(formulas.given(plan), held.contribution or 0)
    if plan.adds and formulas.plan.leaves_out:
        cells[At.POSSIBLE] = Formula(formulas.possible(plan), held.max_contribution)
        if formulas.plan.whole:
            cells[At.POSSIBLE_WEIGHTED] = Formula(formulas.possible_weighted(plan), reachable)
    return cells
