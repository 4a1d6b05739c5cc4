"""Bonuses and the conditions on other criteria under which they are granted."""

from __future__ import annotations

from collections.abc import Mapping

from agencyqa.scoring.problems import Problem
from agencyqa.scoring.scheme import Condition, Criterion, Scheme


def bonus_problems(criterion: Criterion, scheme: Scheme) -> list[Problem]:
    """Faults of the conditions of one criterion; places are inside the criterion."""
    if not criterion.only_if:
        return []
    if not criterion.bonus:
        return [Problem("only_if", "condition_without_bonus")]
    known = {each.key: each for _, each in scheme.criteria()}
    found: list[Problem] = []
    for number, condition in enumerate(criterion.only_if, start=1):
        found += [problem.under(f"only_if.{number}") for problem in _condition_problems(condition, known)]
    circle = _circle(criterion.key, known)
    if circle:
        found.append(Problem("only_if", "circular_condition", {"circle": circle}))
    return found


def _condition_problems(condition: Condition, known: Mapping[str, Criterion]) -> list[Problem]:
    other = known.get(condition.criterion)
    if other is None:
        return [Problem("criterion", "unknown_criterion", {"criterion": condition.criterion})]
    if condition.test == "full":
        return [] if condition.points is None else [Problem("points", "points_without_use")]
    if condition.points is None:
        return [Problem("points", "missing_field")]
    if not 0 < condition.points <= other.max_points:
        return [Problem("points", "out_of_range", {"low": 1, "high": other.max_points})]
    return []


def _circle(start: str, known: Mapping[str, Criterion]) -> list[str]:
    """The shortest way from a criterion over conditions back to itself, empty where there is none."""
    reached: dict[str, list[str]] = {start: [start]}
    edge = [start]
    while edge:
        following: list[str] = []
        for key in edge:
            for condition in known[key].only_if if key in known else ():
                way = [*reached[key], condition.criterion]
                if condition.criterion == start:
                    return way
                if condition.criterion not in reached:
                    reached[condition.criterion] = way
                    following.append(condition.criterion)
        edge = following
    return []


def in_order_of_conditions(criteria: Mapping[str, Criterion]) -> list[str]:
    """Keys so that every condition looks at a criterion before its own; the conditions must hold no circle."""
    ordered: dict[str, None] = {}

    def place(key: str) -> None:
        for condition in criteria[key].only_if:
            if condition.criterion not in ordered:
                place(condition.criterion)
        ordered[key] = None

    for key in criteria:
        if key not in ordered:
            place(key)
    return list(ordered)
