"""Faults of schemes, answers and shares: a place, a code and figures. Sentences are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """`place` is a dotted path of keys, e.g. "sections.before.criteria.team.rule.bands.strong.low"."""

    place: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def under(self, prefix: str) -> Problem:
        return replace(self, place=join_place(prefix, self.place))


def join_place(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


class ProblemsError(ValueError):
    """Carries every fault at once, so that a person corrects a form in one round."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(f"{p.place or '.'}: {p.code} {dict(p.params)}" for p in self.problems))


class SchemeError(ProblemsError):
    """The scheme cannot be compiled or read."""


class AnswersError(ProblemsError):
    """The answers name criteria or inputs that the scheme does not have, or cannot be packed."""


class RollupError(ProblemsError):
    """Shares, weights or subtotals contradict each other."""


class TraceError(ValueError):
    """A trace does not add up. `place` says where."""

    def __init__(self, place: str, code: str) -> None:
        super().__init__(f"{place}: {code}")
        self.place = place
        self.code = code
