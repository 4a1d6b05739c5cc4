from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.notifications.models import InboxMessage, OutgoingMail
from agencyqa.notifications.params import to_json
from agencyqa.notifications.policies import require_own
from agencyqa.notifications.readers import directory

KEY_LIMIT = 120
# Whether messages also go out by mail is said by the connection: an option of the engine that the application made.
# A service knows no application, and a process may hold several.
MAILS = "agencyqa_mails"


def tell(
    session: Session,
    membership_ids: Iterable[int],
    code: str,
    *,
    now: datetime,
    endpoint: str = "",
    endpoint_values: Mapping[str, str | int] | None = None,
    dedupe_key: str | None = None,
    **params: Any,
) -> int:
    """Write a message to each membership in the session's transaction; returns how many were written.

    The sentence is ``inbox.<code>`` of the message tables. ``dedupe_key`` names the occasion: a membership that was
    told of it already is passed over, and the transaction goes on. Where mail is on, whoever has an address gets it
    by mail too, if he may see the target when it is sent. Nothing here asks who may know what: the caller
    chooses recipients who may see the target and every figure in ``params``.
    """
    if dedupe_key is not None and len(dedupe_key) > KEY_LIMIT:
        raise ValueError(f"a dedupe key has at most {KEY_LIMIT} characters")
    shared = {
        "code": code,
        "params": to_json(params),
        "endpoint": endpoint,
        "endpoint_values": dict(endpoint_values or {}),
        "created_at": now,
    }
    rows = [
        {
            **shared,
            "membership_id": membership_id,
            "dedupe_key": None if dedupe_key is None else f"{dedupe_key}:{membership_id}",
        }
        for membership_id in sorted(set(membership_ids))
    ]
    if not rows:
        return 0
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    # Empty keys never collide. A conflict is skipped by the database itself, since an error would cost the savepoint
    # on one database and the whole transaction on the other.
    statement = insert(InboxMessage).on_conflict_do_nothing(index_elements=["dedupe_key"])
    written = session.execute(statement.returning(InboxMessage.id, InboxMessage.membership_id), rows).all()
    if written and session.connection().get_execution_options().get(MAILS):
        _mail_too(session, {row.membership_id: row.id for row in written}, now)
    return len(written)


def _mail_too(session: Session, messages: Mapping[int, int], now: datetime) -> None:
    """Note for the job that sends mail what to send; ``messages`` by membership."""
    addressed = directory().addressed(session, list(messages), local_date(now))
    mails = [
        {"message_id": messages[membership_id], "created_at": now, "next_try_at": now}
        for membership_id in sorted(addressed)
    ]
    if mails:
        session.execute(sa.insert(OutgoingMail), mails)


def mark_read(actor: Actor, session: Session, message: InboxMessage, *, now: datetime) -> None:
    """Reading is no event of the audit log: it changes nothing that anybody else relies on."""
    require_own(actor, message)
    if message.read_at is None:
        message.read_at = now


def mark_all_read(actor: Actor, session: Session, *, now: datetime) -> int:
    """Every unread message of the membership; returns their number."""
    statement = (
        sa.update(InboxMessage)
        .where(InboxMessage.membership_id == actor.membership_id, InboxMessage.read_at.is_(None))
        .values(read_at=now)
        .returning(InboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(statement).all())
