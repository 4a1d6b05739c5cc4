"""Dated terms of how far back a check looks: the shipped reference and the bureaus' own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.table_locks import change_tables
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.clock import day_before
from agencyqa.engagements.recusal.models import RecusalTerms
from agencyqa.engagements.recusal.policies import can_enter_terms
from agencyqa.engagements.recusal.terms import (
    LONGEST_MONTHS,
    SHIPPED_FROM,
    SHIPPED_SOURCE,
    SHIPPED_TAG,
    SHIPPED_TIE_MONTHS,
    SHIPPED_WORK_MONTHS,
)
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.enums import Tag


@dataclass(frozen=True)
class TermsData:
    valid_from: date
    tie_months: int
    work_months: int
    source: str


def load_terms(session: Session, now: datetime) -> int:
    """Add the reference that comes with the programme; a second call changes nothing. Returns the rows added."""
    shipped = select(RecusalTerms.id).where(
        RecusalTerms.bureau_id.is_(None), RecusalTerms.valid_from == SHIPPED_FROM
    )
    if session.scalars(shipped).first() is not None:
        return 0
    terms = RecusalTerms(
        bureau_id=None,
        valid_from=SHIPPED_FROM,
        tie_months=SHIPPED_TIE_MONTHS,
        work_months=SHIPPED_WORK_MONTHS,
        source=SHIPPED_SOURCE,
        tag=SHIPPED_TAG,
        entered_at=now,
    )
    _keep(system_actor("reference data"), session, terms, "loaded", now)
    return 1


def enter_terms(actor: Actor, session: Session, data: TermsData, *, now: datetime) -> RecusalTerms:
    """The bureau's own, for contracts signed from ``valid_from`` on; the one before ends the day before.

    Raise Forbidden, Invalid.
    """
    if not can_enter_terms(actor):
        raise Forbidden()
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if not data.source.strip():
        problems["source"] = "required"
    for name in ("tie_months", "work_months"):
        if not 0 <= getattr(data, name) <= LONGEST_MONTHS:
            problems[name] = ("recusal_months_wrong", {"months": LONGEST_MONTHS})
    assert actor.bureau_id is not None
    change_tables(session, actor.bureau_id)
    before = session.scalars(
        select(RecusalTerms)
        .where(RecusalTerms.bureau_id == actor.bureau_id)
        .order_by(RecusalTerms.valid_from.desc(), RecusalTerms.id.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and data.valid_from <= before.valid_from:
        problems["valid_from"] = ("recusal_terms_not_after", {"other": before.valid_from})
    if problems:
        raise Invalid("invalid", **problems)
    if before is not None and (before.valid_to is None or before.valid_to >= data.valid_from):
        before.valid_to = day_before(data.valid_from)
    terms = RecusalTerms(
        bureau_id=actor.bureau_id,
        valid_from=data.valid_from,
        tie_months=data.tie_months,
        work_months=data.work_months,
        source=data.source.strip(),
        tag=Tag.CONFIRMED,
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    _keep(actor, session, terms, "entered", now)
    return terms


def _keep(actor: Actor, session: Session, terms: RecusalTerms, verb: str, now: datetime) -> None:
    session.add(terms)
    session.flush()
    record(
        session,
        actor,
        f"recusal.terms.{verb}",
        terms,
        now=now,
        bureau_id=terms.bureau_id,
        valid_from=terms.valid_from,
        tie_months=terms.tie_months,
        work_months=terms.work_months,
        source=terms.source,
    )
