"""Who relies on a bureau's dated tables and who changes them wait for each other, by the row of the bureau.

The rows of the tables themselves would not do: who has waited for one still reads the others as they were before, and
of a bureau without tables there is none to wait for.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body


def hold_tables(session: Session, bureau_ids: Collection[int]) -> None:
    """What is read of the tables of these bureaus from now on stays true until the caller commits."""
    held = select(Body.id).where(Body.id.in_(bureau_ids)).order_by(Body.id)
    session.execute(held.with_for_update(read=True))


def change_tables(session: Session, bureau_id: int) -> None:
    """Wait until nobody relies on the bureau's tables unseen. Rows that name the bureau may still be written."""
    session.execute(select(Body.id).where(Body.id == bureau_id).with_for_update(key_share=True))
