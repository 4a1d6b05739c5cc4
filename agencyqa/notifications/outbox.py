"""The rows of outgoing mail: who sends which, decided by comparing what was seen when it is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.notifications.enums import MailOutcome
from agencyqa.notifications.models import OutgoingMail

# Long enough for every step of a dialogue to time out.
SENDING_LIMIT = timedelta(minutes=10)
# What is older has lost its point, as after weeks in which mail was off.
AGE_LIMIT = timedelta(days=3)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
MAX_ATTEMPTS = len(PAUSES) + 1


def settle_lost(session: Session, now: datetime) -> int:
    """Whoever began to send these never came back; whether they were taken nobody knows. The caller commits."""
    statement = (
        sa.update(OutgoingMail)
        .where(OutgoingMail.outcome == MailOutcome.SENDING, OutgoingMail.next_try_at <= now)
        .values(outcome=MailOutcome.UNCLEAR, ended_at=now, error="lost")
    )
    return _count(session, statement)


def settle_old(session: Session, now: datetime) -> int:
    statement = (
        sa.update(OutgoingMail)
        .where(OutgoingMail.outcome == MailOutcome.WAITING, OutgoingMail.created_at < now - AGE_LIMIT)
        .values(outcome=MailOutcome.FAILED, ended_at=now, error="too old")
    )
    return _count(session, statement)


def due(session: Session, now: datetime, *, limit: int) -> list[int]:
    statement = (
        sa.select(OutgoingMail.id)
        .where(OutgoingMail.outcome == MailOutcome.WAITING, OutgoingMail.next_try_at <= now)
        .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def claim(session: Session, mail_id: int, now: datetime) -> int | None:
    """The number of this attempt, or None where somebody else has it. The caller commits before it sends."""
    statement = (
        sa.update(OutgoingMail)
        .where(
            OutgoingMail.id == mail_id,
            OutgoingMail.outcome == MailOutcome.WAITING,
            OutgoingMail.next_try_at <= now,
        )
        .values(
            outcome=MailOutcome.SENDING,
            attempts=OutgoingMail.attempts + 1,
            next_try_at=now + SENDING_LIMIT,
        )
        .returning(OutgoingMail.attempts)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none()


def finish(session: Session, mail_id: int, outcome: MailOutcome, now: datetime, error: str = "") -> None:
    """Only what this sender still holds: a mail given up as unclear stays so."""
    _end(session, mail_id, outcome=outcome, ended_at=now, error=error)


def try_again(session: Session, mail_id: int, attempt: int, now: datetime, error: str) -> None:
    """After a pause that grows with each attempt; the last one has failed."""
    if attempt >= MAX_ATTEMPTS:
        finish(session, mail_id, MailOutcome.FAILED, now, error)
    else:
        next_try_at = now + PAUSES[attempt - 1]
        _end(session, mail_id, outcome=MailOutcome.WAITING, next_try_at=next_try_at, error=error)


def _end(session: Session, mail_id: int, **values: object) -> None:
    session.execute(
        sa.update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.outcome == MailOutcome.SENDING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _count(session: Session, statement: sa.Update) -> int:
    found = session.execute(statement.returning(OutgoingMail.id).execution_options(synchronize_session=False))
    return len(found.all())
