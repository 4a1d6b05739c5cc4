"""What past sheets are scored by: a scheme as it is, or with other weights for its criteria. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agencyqa.scoring import Criterion, Program, Scheme
from agencyqa.scoring.adding import contributed_maxima


@dataclass(frozen=True)
class Target:
    """``assume``: whoever simulates says that what nobody answered is to be left out, and that vetoes which the sheets
    do not know were not raised. Without it such sheets have no new total.
    """

    program: Program
    assume: bool = False

    @property
    def maximum(self) -> int:
        return self.program.scheme.max_points


def target_of(program: Program, points: Mapping[str, int] | None = None, *, assume: bool = False) -> Target:
    """``points`` give criteria another weight; it must leave one that is above 0."""
    scheme = reweighed(program.scheme, points) if points else program.scheme
    if assume:
        scheme = replace(scheme, unanswered="leave_out", least_assessed=None)
    # Checked already, but for what another weight may do to the stated points of a section.
    return Target(program if scheme is program.scheme else Program(scheme), assume)


def can_be_weighed(criterion: Criterion) -> bool:
    """A bonus stands outside the maximum and has no weight."""
    return not criterion.bonus


def weights_of_scheme(scheme: Scheme, points: Mapping[str, int] | None = None) -> dict[str, int]:
    """The weight of every criterion but the bonuses: where the scheme adds points, its points."""
    found: dict[str, int] = {}
    for _, criterion in scheme.criteria():
        if not can_be_weighed(criterion):
            continue
        own = (
            criterion.max_points
            if scheme.adding == "points" and criterion.weight is None
            else criterion.weight
        )
        found[criterion.key] = (points or {}).get(criterion.key, own or 0)
    return found


def reweighed(scheme: Scheme, points: Mapping[str, int]) -> Scheme:
    """The same scheme, its maximum shared out by the weights. Caps and vetoes keep their meaning, being out of that."""
    weights = weights_of_scheme(scheme, points)

    def weighed(criterion: Criterion) -> Criterion:
        return replace(criterion, weight=weights.get(criterion.key))

    sections = tuple(
        replace(section, criteria=tuple(weighed(criterion) for criterion in section.criteria))
        for section in scheme.sections
    )
    found = replace(scheme, adding="weights", sections=sections)
    maxima = contributed_maxima(found)
    return replace(
        found,
        sections=tuple(
            replace(section, max_points=sum(maxima[criterion.key] for criterion in section.criteria))
            for section in sections
        ),
    )
