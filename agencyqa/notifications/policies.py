from __future__ import annotations

import sqlalchemy as sa

from agencyqa.auth.actor import Actor
from agencyqa.errors import NotVisible
from agencyqa.notifications.models import InboxMessage


def visible_to(actor: Actor) -> sa.Select[InboxMessage]:
    """A membership reads its own messages, and nobody else's: not even those of the same person's other role."""
    statement = sa.select(InboxMessage)
    if actor.membership_id is None:
        return statement.where(sa.false())
    return statement.where(InboxMessage.membership_id == actor.membership_id)


def require_own(actor: Actor, message: InboxMessage) -> None:
    """Raise NotVisible for a message of somebody else."""
    if actor.membership_id is None or message.membership_id != actor.membership_id:
        raise NotVisible()
