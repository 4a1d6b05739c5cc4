"""How far back a check looks: the dated terms in force, and days counted in months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.db import open_period
from agencyqa.engagements.recusal.models import RecusalTerms
from agencyqa.measures.enums import Tag

# No published text names these terms, so they are tagged as inferred and a bureau enters its own.
SHIPPED_FROM = date(2000, 1, 1)
SHIPPED_TIE_MONTHS, SHIPPED_WORK_MONTHS = 24, 36
SHIPPED_SOURCE = "参考期限，供未制定本局规定时使用；请以财政局的规定替换。"
SHIPPED_TAG = Tag.INFERRED
LONGEST_MONTHS = 240


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or the last day of a shorter one."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def terms_in_force(session: Session, bureau_id: int, day: date) -> RecusalTerms | None:
    """The bureau's own, else those of the bureaus above, else the shipped ones."""
    chain = bureau_chain(session, bureau_id)
    rows = session.scalars(
        select(RecusalTerms)
        .where(
            or_(RecusalTerms.bureau_id.is_(None), RecusalTerms.bureau_id.in_(chain)),
            open_period(RecusalTerms.valid_from, RecusalTerms.valid_to, day),
        )
        .order_by(RecusalTerms.valid_from.desc(), RecusalTerms.id.desc())
    ).all()
    owners: list[int | None] = [*chain, None]
    return next((row for owner in owners for row in rows if row.bureau_id == owner), None)
