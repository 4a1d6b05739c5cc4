from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime
from agencyqa.notifications.enums import MailOutcome

_UNREAD = text("read_at IS NULL")


class InboxMessage(Identified, Base):
    """A message to the people of one body, written in the transaction of the change it tells about.

    ``code`` and ``params`` are rendered in the reader's language. ``dedupe_key`` keeps a job from telling twice.
    """

    __tablename__ = "inbox_messages"
    __table_args__ = (
        Index(None, "membership_id", "id"),
        # Every page shows the number of unread messages.
        Index(
            "ix_inbox_messages_unread",
            "membership_id",
            "id",
            postgresql_where=_UNREAD,
            sqlite_where=_UNREAD,
        ),
    )

    # A message is for one membership, so that a person's second role never reads the first one's mail.
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    code: Mapped[str] = mapped_column(String(80))
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    endpoint: Mapped[str] = mapped_column(String(80), default="")
    endpoint_values: Mapped[dict[str, Any]] = mapped_column(Json)
    dedupe_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutgoingMail(Identified, Base):
    """That an inbox message is to go out by mail as well; written with it, sent by a job.

    ``attempts`` counts tries. ``next_try_at``: while it waits, when it is due; while it is being sent, until when
    the sender may take. ``error`` names the step that failed and the server's number, never what the server wrote.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (Index(None, "outcome", "next_try_at", "id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("inbox_messages.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[MailOutcome] = mapped_column(Choice(MailOutcome), default=MailOutcome.WAITING)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(80), default="")
