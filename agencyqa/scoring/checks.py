"""All faults of a scheme at once, before anything is scored by it."""

from __future__ import annotations

from agencyqa.scoring.adding import adding_problems, contributed_maxima
from agencyqa.scoring.bonuses import bonus_problems
from agencyqa.scoring.grades import grade_problems
from agencyqa.scoring.inputs import Bounds
from agencyqa.scoring.params import type_problems
from agencyqa.scoring.problems import Problem, errors_of, join_place
from agencyqa.scoring.rules.base import key_problems, positive_problem
from agencyqa.scoring.scheme import Criterion, Scheme
from agencyqa.scoring.vetoes import veto_problems


def check_scheme(scheme: Scheme) -> list[Problem]:
    """Every problem; only those of severity "error" keep the scheme from being compiled."""
    wrong = type_problems(scheme)
    if wrong:
        return wrong
    found: list[Problem] = []
    if not scheme.version.strip():
        found.append(Problem("version", "empty"))
    found += key_problems([scheme.key], "key")
    found += positive_problem(scheme.max_points, "max_points")
    found += key_problems([section.key for section in scheme.sections], "sections")
    found += _criterion_keys(scheme)
    bonuses = iter(bonus_problems(scheme))
    maxima = contributed_maxima(scheme)
    stated = 0
    for section in scheme.sections:
        place = f"sections.{section.key}"
        if not section.criteria:
            found.append(Problem(join_place(place, "criteria"), "empty"))
        points = sum(maxima.get(criterion.key, 0) for criterion in section.criteria)
        if points or not any(criterion.bonus or criterion.weight == 0 for criterion in section.criteria):
            # A section of nothing but bonuses or items without weight has no maximum.
            found += positive_problem(section.max_points, join_place(place, "max_points"))
        if section.criteria and points != section.max_points:
            params = {"stated": section.max_points, "sum": points}
            found.append(Problem(join_place(place, "max_points"), "points_do_not_add_up", params))
        stated += section.max_points
        for criterion in section.criteria:
            at = join_place(place, "criteria", criterion.key)
            found += [problem.under(at) for problem in _criterion_problems(criterion)]
            found += [problem.under(at) for problem in next(bonuses)]
    if scheme.sections and stated != scheme.max_points:
        params = {"stated": scheme.max_points, "sum": stated}
        found.append(Problem("max_points", "points_do_not_add_up", params))
    found += adding_problems(scheme)
    return found + grade_problems(scheme.grades, scheme.rounding) + veto_problems(scheme)


def _criterion_keys(scheme: Scheme) -> list[Problem]:
    """Keys of criteria are unique over the whole sheet, not only inside their section."""
    found: list[Problem] = []
    seen: dict[str, str] = {}
    for section in scheme.sections:
        place = f"sections.{section.key}.criteria"
        for criterion in section.criteria:
            found += key_problems([criterion.key], place)
            if criterion.key in seen:
                params = {"key": criterion.key, "first_section": seen[criterion.key]}
                found.append(Problem(f"{place}.{criterion.key}", "duplicate_key", params))
            seen.setdefault(criterion.key, section.key)
    return found


def _criterion_problems(criterion: Criterion) -> list[Problem]:
    found = positive_problem(criterion.max_points, "max_points")
    if criterion.measure is not None and not criterion.measure.strip():
        found.append(Problem("measure", "empty"))
    inside = [problem.under("rule") for problem in criterion.rule.problems()]
    found += inside
    if not errors_of(inside):
        found += _bounds_problems(criterion.rule.bounds(), criterion.max_points)
    return found


def _bounds_problems(bounds: Bounds, max_points: int) -> list[Problem]:
    found: list[Problem] = []
    if bounds.high > max_points:
        params = {"max": bounds.high, "max_points": max_points}
        found.append(Problem("rule", "rule_above_max_points", params))
    elif bounds.high < max_points:
        # A published form may be misprinted like this; it can be used, but somebody should know.
        params = {"max": bounds.high, "max_points": max_points}
        found.append(Problem("rule", "max_points_out_of_reach", params, "warning"))
    if bounds.low < 0:
        found.append(Problem("rule", "rule_below_zero", {"min": bounds.low}))
    return found
