"""A scheme as the rows of a recomputed score sheet: made once, then filled in with row numbers and inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd

from agencyqa.reports.workbook.recompute.columns import input_letter
from agencyqa.reports.workbook.recompute.exactness import is_exact, scheme_fits
from agencyqa.scoring import Criterion, InputSpec, Program, Scheme, SchemeVeto, in_cells
from agencyqa.scoring.adding import can_leave_out, counts_in_maximum, weight_parts
from agencyqa.scoring.vetoes import veto_excel

# Where in a formula the number of its own row stands; no formula has this sign.
_ROW = "\0"


@dataclass(frozen=True)
class Inputs:
    """The inputs of a row: ``places`` are their positions in a packed sheet; ``shifts`` make choices count from 1."""

    names: tuple[str, ...]
    places: tuple[int, ...]
    shifts: tuple[int, ...]

    def values(self, packed: Sequence[int | None]) -> list[int | None]:
        """As a formula takes them: units, counts, 1 or 0, the number of the choice."""
        return [
            None if (code := packed[place]) is None else code + shift
            for place, shift in zip(self.places, self.shifts, strict=True)
        ]


@dataclass(frozen=True)
class CriterionPlan:
    """``offset`` is the row of the criterion below the first of its sheet, ``left_out`` the condition under which it
    does not count, ``part`` what its figure is multiplied by and ``reachable`` its part of the maximum, by weights."""

    criterion: Criterion
    offset: int
    inputs: Inputs
    template: str
    left_out: str | None
    part: int = 0
    reachable: int = 0

    @property
    def adds(self) -> bool:
        """What weighs 0 is shown and recomputed, yet moves no sum; a bonus is granted apart from the others."""
        return counts_in_maximum(self.criterion)

    def formula(self, row: int) -> str:
        return self.template.replace(_ROW, str(row))

    def condition(self, row: int) -> str | None:
        return None if self.left_out is None else self.left_out.replace(_ROW, str(row))

    def is_exact(self, packed: Sequence[int | None]) -> bool:
        if not self._may_be_inexact:
            return True
        values = (packed[place] for place in self.inputs.places)
        return is_exact(self.criterion.rule, dict(zip(self.inputs.names, values, strict=True)))

    @cached_property
    def _may_be_inexact(self) -> bool:
        """Only a quotient of two inputs can leave what binary numbers hold."""
        return "/" in self.template


@dataclass(frozen=True)
class SectionPlan:
    key: str
    criteria: tuple[CriterionPlan, ...]
    offset: int


@dataclass(frozen=True)
class VetoPlan:
    veto: SchemeVeto
    offset: int
    inputs: Inputs
    template: str

    def condition(self, row: int) -> str:
        return self.template.replace(_ROW, str(row))


@dataclass(frozen=True)
class SchemePlan:
    """``is_simple``: the total is the sum of what counts of each criterion. ``leaves_out``: the maximum may shrink.

    ``whole`` is what the weighted sum is divided by and ``reachable`` the same of the maximum; 0 where points add up.
    """

    scheme: Scheme
    sections: tuple[SectionPlan, ...]
    vetoes: tuple[VetoPlan, ...]
    assessed: int
    total: int
    whole: int
    reachable: int
    fits: bool

    def criteria(self) -> Iterator[CriterionPlan]:
        for section in self.sections:
            yield from section.criteria

    @cached_property
    def by_key(self) -> dict[str, CriterionPlan]:
        return {plan.criterion.key: plan for plan in self.criteria()}

    @cached_property
    def adding(self) -> tuple[CriterionPlan, ...]:
        return tuple(plan for plan in self.criteria() if plan.adds)

    @cached_property
    def bonuses(self) -> tuple[CriterionPlan, ...]:
        return tuple(plan for plan in self.criteria() if plan.criterion.bonus)

    @cached_property
    def leaves_out(self) -> bool:
        return any(plan.left_out is not None for plan in self.adding)

    @cached_property
    def is_simple(self) -> bool:
        return (
            not self.whole
            and not self.vetoes
            and not self.bonuses
            and all(plan.left_out is None for plan in self.criteria())
        )


def plan_of(program: Program) -> SchemePlan:
    scheme = program.scheme
    weighs = scheme.adding == "weights"
    weights = weight_parts(scheme) if weighs else None
    # The maximum is shared out by the form's own weights, which are brought down to small integers as well.
    shares = {
        c.key: (c.weight or 0) * scheme.max_points for _, c in scheme.criteria() if counts_in_maximum(c)
    }
    common = gcd(weights.weights, *shares.values()) if weights else 1
    offset = position = 0
    sections: list[SectionPlan] = []
    for section in scheme.sections:
        criteria: list[CriterionPlan] = []
        for criterion in section.criteria:
            specs = program.layout[criterion.key]
            cells = _cells(specs)
            criteria.append(
                CriterionPlan(
                    criterion,
                    offset,
                    _inputs(specs, position),
                    in_cells(criterion.rule.excel(), cells),
                    _left_out(scheme, criterion, cells),
                    weights.parts.get(criterion.key, 0) if weights else 0,
                    shares.get(criterion.key, 0) // common if weights else 0,
                )
            )
            position += len(specs)
            offset += 1
        sections.append(SectionPlan(section.key, tuple(criteria), offset))
        offset += 1
    leaves_out = any(plan.left_out is not None for each in sections for plan in each.criteria if plan.adds)
    assessed = offset
    offset += int(leaves_out)
    vetoes: list[VetoPlan] = []
    for veto in scheme.vetoes:
        specs = program.layout[veto.key]
        vetoes.append(
            VetoPlan(veto, offset, _inputs(specs, position), in_cells(veto_excel(veto), _cells(specs)))
        )
        position += len(specs)
        offset += 1
    templates = {plan.criterion.key: plan.template for each in sections for plan in each.criteria}
    return SchemePlan(
        scheme,
        tuple(sections),
        tuple(vetoes),
        assessed,
        offset,
        weights.whole if weights else 0,
        weights.weights // common if weights else 0,
        scheme_fits(program, templates, weights),
    )


def _inputs(specs: Sequence[InputSpec], position: int) -> Inputs:
    return Inputs(
        tuple(spec.name for spec in specs),
        tuple(range(position, position + len(specs))),
        tuple(int(spec.type == "choice") for spec in specs),
    )


def _cells(specs: Sequence[InputSpec]) -> dict[str, str]:
    return {spec.name: f"{input_letter(number)}{_ROW}" for number, spec in enumerate(specs)}


def _left_out(scheme: Scheme, criterion: Criterion, cells: dict[str, str]) -> str | None:
    if not can_leave_out(scheme, criterion):
        return None
    own = criterion.rule.excel_left_out()
    found = [] if own is None else [in_cells(own, cells)]
    if scheme.unanswered == "leave_out":
        first, *rest = cells.values()
        found.insert(0, f"COUNT({first}:{rest[-1] if rest else first})=0")
    return found[0] if len(found) == 1 else f"OR({','.join(found)})"
