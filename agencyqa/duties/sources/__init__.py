"""The one list of what can be due next. An area joins by one function and its line here."""

from __future__ import annotations

from functools import lru_cache

from agencyqa.duties.items import KindOfLine, Member, Scope, Source
from agencyqa.duties.sources.agencies import register_duties
from agencyqa.duties.sources.assessments import scoring_duties
from agencyqa.duties.sources.engagements import engagement_duties
from agencyqa.duties.sources.evaluations import problem_duties
from agencyqa.duties.sources.independence import independence_duties
from agencyqa.duties.sources.inspections import inspection_duties

SOURCES: tuple[Source, ...] = (
    engagement_duties,
    independence_duties,
    inspection_duties,
    problem_duties,
    scoring_duties,
    register_duties,
)


def members(scope: Scope) -> list[Member]:
    return [member for source in SOURCES for member in source(scope)]


@lru_cache(maxsize=8)
def kinds_of_lines(scope: Scope) -> tuple[KindOfLine, ...]:
    """Kept while the lists of one person are put together (``queries``), which are kept themselves.

    An entry is a megabyte and a half, so there are few.
    """
    return tuple(KindOfLine(member) for member in members(scope))
