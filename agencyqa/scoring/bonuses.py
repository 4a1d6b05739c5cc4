"""Bonuses and the conditions on other criteria under which they are granted."""

from __future__ import annotations

from collections.abc import Mapping

from agencyqa.scoring.problems import Problem
from agencyqa.scoring.scheme import Condition, Criterion, Scheme


def bonus_problems(scheme: Scheme) -> list[list[Problem]]:
    """Faults of the conditions of every criterion, in the order of the sheet; places are inside the criterion."""
    criteria = [criterion for _, criterion in scheme.criteria()]
    known = {criterion.key: criterion for criterion in criteria}
    circles = _circles(known)
    return [_problems_of(criterion, known, circles) for criterion in criteria]


def _problems_of(
    criterion: Criterion, known: Mapping[str, Criterion], circles: Mapping[str, list[str]]
) -> list[Problem]:
    if not criterion.only_if:
        return []
    if not criterion.bonus:
        return [Problem("only_if", "condition_without_bonus")]
    found: list[Problem] = []
    for number, condition in enumerate(criterion.only_if, start=1):
        found += [problem.under(f"only_if.{number}") for problem in _condition_problems(condition, known)]
    if criterion.key in circles:
        found.append(Problem("only_if", "circular_condition", {"circle": circles[criterion.key]}))
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


def least_reached(condition: Condition, other: Criterion) -> int:
    """What the other criterion must have reached, on its own scale."""
    return other.max_points if condition.test == "full" else condition.points or 0


def _circles(known: Mapping[str, Criterion]) -> dict[str, list[str]]:
    """For each criterion whose conditions lead back to itself the way there."""
    found: dict[str, list[str]] = {}
    for start in _unordered(known):
        if start in found:
            continue
        way = _way_back(start, known)
        for number, key in enumerate(way):
            # Every criterion on the way stands in the same circle.
            found.setdefault(key, [*way[number:], *way[:number], key])
    return found


def _unordered(known: Mapping[str, Criterion]) -> list[str]:
    """What is left when everything is taken away whose conditions look only at what was taken away."""
    waits_for = {
        key: {c.criterion for c in each.only_if if c.criterion in known} for key, each in known.items()
    }
    looked_at_by: dict[str, list[str]] = {key: [] for key in known}
    for key, others in waits_for.items():
        for other in others:
            looked_at_by[other].append(key)
    free = [key for key, others in waits_for.items() if not others]
    while free:
        gone = free.pop()
        for key in looked_at_by[gone]:
            waits_for[key].discard(gone)
            if not waits_for[key]:
                free.append(key)
    return [key for key, others in waits_for.items() if others]


def _way_back(start: str, known: Mapping[str, Criterion]) -> list[str]:
    """The shortest way from a criterion over conditions back to it, without its end; empty where there is none."""
    came_from: dict[str, str] = {}
    edge = [start]
    while edge:
        following: list[str] = []
        for key in edge:
            for condition in known[key].only_if:
                other = condition.criterion
                if other == start:
                    way = [key]
                    while way[-1] != start:
                        way.append(came_from[way[-1]])
                    return way[::-1]
                if other in known and other not in came_from:
                    came_from[other] = key
                    following.append(other)
        edge = following
    return []


def in_order_of_conditions(criteria: Mapping[str, Criterion]) -> list[str]:
    """Keys so that every condition looks at a criterion before its own; the conditions must hold no circle."""
    ordered: dict[str, None] = {}
    # A stack of our own, because a long chain of conditions would exhaust Python's.
    for start in criteria:
        waiting = [start]
        while waiting:
            key = waiting[-1]
            before = [c.criterion for c in criteria[key].only_if if c.criterion not in ordered]
            if before:
                waiting += before
            else:
                ordered[waiting.pop()] = None
    return list(ordered)
