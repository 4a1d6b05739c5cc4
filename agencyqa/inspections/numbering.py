"""Numbers of a bureau and year: 抽查2026-007, 问题2026-031. Stable, without gaps, never given twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.i18n import gettext
from agencyqa.inspections.models import Finding, RectificationOrder, SpotCheck


def next_number(
    session: Session, table: type[SpotCheck | Finding | RectificationOrder], bureau_id: int, year: int
) -> int:
    """The bureau's row is held until the caller commits: of two at once, the second waits for its number.

    It is held so that others may still write rows that point to the bureau; who waited for it there, holding what the
    caller wants next, would never end.
    """
    session.execute(sa.select(Body.id).where(Body.id == bureau_id).with_for_update(key_share=True))
    last = session.scalar(
        sa.select(sa.func.max(table.number)).where(table.bureau_id == bureau_id, table.year == year)
    )
    return (last or 0) + 1


def plain_number(year: int, number: int) -> str:
    """ "2026-007", for sentences that name the kind of thing themselves."""
    return f"{year}-{number:03d}"


def check_label(year: int, number: int) -> str:
    return gettext("抽查%(number)s", number=plain_number(year, number))


def finding_label(year: int, number: int) -> str:
    return gettext("问题%(number)s", number=plain_number(year, number))
