from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.db import kept, read_rows
from agencyqa.notifications.models import InboxMessage
from agencyqa.notifications.policies import visible_to
from agencyqa.web.once import once
from agencyqa.web.tables import Key

ORDER = (Key(InboxMessage.id, descending=True),)
# More than this many is shown as this many, so that the count costs the same for everybody.
COUNT_LIMIT = 100


@kept
def message_rows(actor: Actor, *, unread_only: bool) -> sa.Select[*tuple[Any, ...]]:
    """``params`` and ``endpoint_values`` as JSON text: most pages show messages that were worded before."""
    statement = visible_to(actor).with_only_columns(
        InboxMessage.id,
        InboxMessage.code,
        sa.cast(InboxMessage.params, sa.Text).label("params"),
        InboxMessage.endpoint,
        sa.cast(InboxMessage.endpoint_values, sa.Text).label("endpoint_values"),
        InboxMessage.created_at,
        InboxMessage.read_at,
    )
    return statement.where(InboxMessage.read_at.is_(None)) if unread_only else statement


@once
def unread_count(session: Session, actor: Actor) -> int:
    """At most COUNT_LIMIT; read from a partial index over unread messages."""
    if actor.membership_id is None:
        return 0
    return (
        read_rows(session, _UNREAD, {"membership_id": actor.membership_id, "limit": COUNT_LIMIT}).scalar()
        or 0
    )


# The messages of ``policies.visible_to``, put together once because every page asks for their number.
_UNREAD = sa.select(sa.func.count()).select_from(
    sa.select(InboxMessage.id)
    .where(InboxMessage.membership_id == sa.bindparam("membership_id"), InboxMessage.read_at.is_(None))
    .limit(sa.bindparam("limit"))
    .subquery()
)
