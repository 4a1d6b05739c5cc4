"""How the criteria of a score sheet add up, as formulas over its rows.

They say with cells what ``agencyqa.scoring.assembly`` says with steps, from the same parts, caps and limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from agencyqa.reports.workbook.recompute.columns import Letter
from agencyqa.reports.workbook.recompute.exactness import half_up
from agencyqa.reports.workbook.recompute.plans import CriterionPlan, SchemePlan, SectionPlan, VetoPlan
from agencyqa.reports.workbook.recompute.rows import summed
from agencyqa.scoring.adding import least_assessed, most_total
from agencyqa.scoring.bonuses import least_reached


@dataclass(frozen=True)
class SheetFormulas:
    """Of a sheet whose first row is ``first``. A bonus looks at rows below it as well, everything else upwards."""

    plan: SchemePlan
    first: int

    def row(self, offset: int) -> int:
        return self.first + offset

    # One criterion

    def weighted(self, plan: CriterionPlan) -> str:
        """By weights: what counts times its part, added to that of all criteria before."""
        row = self.row(plan.offset)
        own = f"{self._counted(plan)}*{Letter.WEIGHT}{row}"
        before = self._before.get(plan.criterion.key)
        return own if before is None else f"{Letter.WEIGHTED}{before}+{own}"

    def given(self, plan: CriterionPlan) -> str:
        """The difference of two rounded sums, so that all of them add up to the total exactly."""
        row, before = self.row(plan.offset), self._before.get(plan.criterion.key)
        rounded = half_up(f"{Letter.WEIGHTED}{row}", f"{Letter.DIVISOR}{row}")
        if before is None:
            return rounded
        return f"{rounded}-{half_up(f'{Letter.WEIGHTED}{before}', f'{Letter.DIVISOR}{before}')}"

    def possible_weighted(self, plan: CriterionPlan) -> str:
        own = self._unless_left_out(plan, str(plan.reachable))
        before = self._before.get(plan.criterion.key)
        return own if before is None else f"{Letter.POSSIBLE_WEIGHTED}{before}+{own}"

    def possible(self, plan: CriterionPlan) -> str:
        """What the criterion can give to the total, nothing where it is left out."""
        row, before = self.row(plan.offset), self._before.get(plan.criterion.key)
        if not self.plan.whole:
            return self._unless_left_out(plan, f"{Letter.MAXIMUM}{row}")
        rounded = self._shared_out(row)
        return rounded if before is None else f"{rounded}-{self._shared_out(before)}"

    def earned(self, plan: CriterionPlan) -> str:
        """What a bonus would give if there were no cap: its figure where all its conditions hold, else 0."""
        if plan.criterion.weight == 0:
            return "0"
        tests: list[str] = []
        for condition in plan.criterion.only_if:
            other = self.plan.by_key[condition.criterion]
            row = self.row(other.offset)
            figure = f"{Letter.WEIGHTED}{row}" if other.criterion.bonus else self._counted(other)
            tests.append(f"{figure}>={least_reached(condition, other.criterion)}")
        own = self._counted(plan)
        return f"IF(AND({','.join(tests)}),{own},0)" if tests else own

    def granted(self, plan: CriterionPlan) -> str:
        """As far as the cap has room, which stands as far above the assessed maximum as above the whole one."""
        above = most_total(self.plan.scheme) - self.plan.scheme.max_points
        earlier = [each for each in self.plan.bonuses if each.offset < plan.offset]
        running = summed(self._given_by(each) for each in (*self.plan.adding, *earlier))
        cap = f"{self.maximum()}+{above}" if above else self.maximum()
        return f"MIN({Letter.WEIGHTED}{self.row(plan.offset)},MAX(0,{cap}-{running}))"

    # Sections, vetoes and the total

    def section(self, section: SectionPlan) -> str:
        return summed(self._given_by(plan) for plan in section.criteria if plan.adds or plan.criterion.bonus)

    def section_maximum(self, section: SectionPlan) -> str | None:
        """None where it does not move."""
        adding = [plan for plan in section.criteria if plan.adds]
        if not self.plan.leaves_out or not adding:
            return None
        return summed((Letter.POSSIBLE, self.row(plan.offset)) for plan in adding)

    def assessed(self) -> str:
        return summed((Letter.POSSIBLE, self.row(plan.offset)) for plan in self.plan.adding)

    def maximum(self) -> str:
        """The part of the maximum that was assessed."""
        if self.plan.leaves_out:
            return f"{Letter.COUNTED}{self.row(self.plan.assessed)}"
        return f"{Letter.MAXIMUM}{self.row(self.plan.total)}"

    def veto(self, plan: VetoPlan) -> str:
        """What lies above the cap is taken off where the veto applies; the cap shrinks with the maximum."""
        row = self.row(plan.offset)
        cap = f"{Letter.MAXIMUM}{row}"
        if self.plan.leaves_out:
            cap = half_up(f"{cap}*{self.maximum()}", self.plan.scheme.max_points)
        earlier = [each for each in self.plan.vetoes if each.offset < plan.offset]
        return f"{Letter.FLAG}{row}*MIN(0,{cap}-({self._sum(earlier)}))"

    def total(self) -> str:
        added = self._sum(self.plan.vetoes)
        if not self.plan.leaves_out:
            return added
        # Too little assessed gives no total, and so nothing that rests on it.
        return f"IF({self.maximum()}>={least_assessed(self.plan.scheme)},{added},NA())"

    def _sum(self, vetoes: tuple[VetoPlan, ...] | list[VetoPlan]) -> str:
        offsets = [section.offset for section in self.plan.sections]
        offsets += [each.offset for each in vetoes if each.veto.caps_total is not None]
        return "+".join(f"{Letter.COUNTED}{self.row(offset)}" for offset in offsets)

    # Parts of them

    def _counted(self, plan: CriterionPlan) -> str:
        """A figure also where words say that the criterion does not count."""
        cell = f"{Letter.COUNTED}{self.row(plan.offset)}"
        return cell if plan.left_out is None else f"N({cell})"

    def _given_by(self, plan: CriterionPlan) -> tuple[str, int]:
        """The cell with what a criterion gives to the total."""
        is_own = plan.adds and not self.plan.whole
        return (Letter.COUNTED if is_own else Letter.GIVEN), self.row(plan.offset)

    def _unless_left_out(self, plan: CriterionPlan, figure: str) -> str:
        return figure if plan.left_out is None else f"IF({Letter.FLAG}{self.row(plan.offset)}=1,0,{figure})"

    def _shared_out(self, row: int) -> str:
        """The part of the maximum that the criteria up to a row share by their weights."""
        cell, whole = f"{Letter.POSSIBLE_WEIGHTED}{row}", self.plan.reachable
        return cell if whole == 1 else half_up(cell, whole)

    @cached_property
    def _before(self) -> dict[str, int]:
        """By criterion the row of the one before it in the weighted sum."""
        adding = self.plan.adding
        return {plan.criterion.key: self.row(before.offset) for before, plan in pairwise(adding)}
