"""What a higher area has settled and an engagement may no longer change. Services ask; higher areas append."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sqlalchemy.orm import Session

from agencyqa.engagements.models import Engagement


class YearLock(Protocol):
    """Whether the results of the year are final; ``hold`` keeps them as they are until the caller commits."""

    def __call__(self, session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool: ...


year_locks: list[YearLock] = []

# Whether score sheets rest on the parties, the kind of work and the contract date of this engagement.
ContentLock = Callable[[Session, Engagement], bool]
content_locks: list[ContentLock] = []

# Which fields of this engagement an evaluation or a spot check rests on already.
EvidenceLock = Callable[[Session, Engagement], frozenset[str]]
evidence_locks: list[EvidenceLock] = []


def is_year_final(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
    """Whoever is about to change something holds: a publication then waits for it, or it for the publication."""
    return any(lock(session, bureau_id, year, hold=hold) for lock in year_locks)


def is_content_fixed(session: Session, engagement: Engagement) -> bool:
    return any(lock(session, engagement) for lock in content_locks)


def fixed_by_evidence(session: Session, engagement: Engagement) -> frozenset[str]:
    return frozenset[str]().union(*(lock(session, engagement) for lock in evidence_locks))
