"""The dated numbers of working days: how long something may wait for a bureau, and when people are reminded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.duties.enums import Duty, TermKind
from agencyqa.duties.kinds import OF_BUREAU
from agencyqa.duties.models import DutyTerm
from agencyqa.errors import Forbidden, Invalid

LONGEST = 250
# Where a bureau set nothing; a courtesy, on which no consequence rests.
REMIND_WORKING_DAYS = 3


@dataclass(frozen=True)
class TermData:
    """``duty`` is empty for a reminder; ``working_days`` is empty where a limit ends."""

    kind: TermKind
    duty: Duty | None
    working_days: int | None
    valid_from: date
    source: str


class Terms:
    """All terms of some bureaus, asked by day."""

    def __init__(self, rows: Sequence[DutyTerm]) -> None:
        found: dict[tuple[int, Duty | None], list[tuple[date, int | None]]] = {}
        for row in sorted(rows, key=lambda each: each.valid_from):
            found.setdefault((row.bureau_id, row.duty), []).append((row.valid_from, row.working_days))
        self._found: Mapping[tuple[int, Duty | None], list[tuple[date, int | None]]] = found

    def limit(self, bureau_id: int, duty: Duty, day: date) -> int | None:
        """Working days in force on ``day``, on which the waiting began; None where no limit held then."""
        return self._on(bureau_id, duty, day)

    def reminder(self, bureau_id: int, day: date) -> int:
        days = self._on(bureau_id, None, day)
        return REMIND_WORKING_DAYS if days is None else days

    def _on(self, bureau_id: int, duty: Duty | None, day: date) -> int | None:
        held = None
        for valid_from, days in self._found.get((bureau_id, duty), ()):
            if valid_from > day:
                break
            held = days
        return held


def terms_of(session: Session, bureau_ids: Collection[int] | None = None) -> Terms:
    """``None`` reads those of all bureaus, which only jobs do."""
    return Terms(term_rows(session, bureau_ids))


def term_rows(session: Session, bureau_ids: Collection[int] | None = None) -> Sequence[DutyTerm]:
    """Newest first in each kind."""
    statement = select(DutyTerm).order_by(
        DutyTerm.bureau_id, DutyTerm.kind, DutyTerm.duty, DutyTerm.valid_from.desc()
    )
    if bureau_ids is not None:
        statement = statement.where(DutyTerm.bureau_id.in_(bureau_ids))
    return session.scalars(statement).all()


def can_set_terms(actor: Actor) -> bool:
    return actor.has(Permission.TERMS_WRITE) and actor.bureau_id is not None


def set_term(actor: Actor, session: Session, data: TermData, *, now: datetime) -> DutyTerm:
    """A new row from a day on; those before stay as they are. Raise Forbidden, Invalid."""
    if not can_set_terms(actor):
        raise Forbidden()
    is_limit = data.kind is TermKind.LIMIT
    duty = data.duty if is_limit else None
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if not data.source.strip():
        problems["source"] = "required"
    if is_limit and duty not in OF_BUREAU:
        problems["duty"] = "required"
    if data.working_days is None and not is_limit:
        problems["working_days"] = "required"
    if data.working_days is not None and not 0 <= data.working_days <= LONGEST:
        problems["working_days"] = ("duty_term_too_long", {"days": LONGEST})
    last = session.scalar(
        select(sa.func.max(DutyTerm.valid_from)).where(
            DutyTerm.bureau_id == actor.bureau_id,
            DutyTerm.kind == data.kind,
            DutyTerm.duty.is_(None) if duty is None else DutyTerm.duty == duty,
        )
    )
    if last is not None and data.valid_from <= last:
        problems["valid_from"] = ("duty_term_not_after", {"other": last})
    if problems:
        raise Invalid("invalid", **problems)
    term = DutyTerm(
        bureau_id=actor.bureau_id,
        kind=data.kind,
        duty=duty,
        working_days=data.working_days,
        valid_from=data.valid_from,
        source=data.source.strip(),
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(term)
    session.flush()
    record(
        session,
        actor,
        "duties.term.set",
        term,
        now=now,
        bureau_id=term.bureau_id,
        term_kind=term.kind,
        duty=term.duty,
        working_days=term.working_days,
        valid_from=term.valid_from,
        source=term.source,
    )
    return term
