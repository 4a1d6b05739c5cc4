from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from agencyqa.db import (
    Base,
    Choice,
    Identified,
    SettledRowChanged,
    UtcDateTime,
    Versioned,
    altered,
)
from agencyqa.engagements.schedule.enums import MilestoneKind, MilestoneState, Party, StepKind


class Milestone(Identified, Versioned, Base):
    """Something to be reached by a day that is no deliverable: a kick-off, fieldwork, a meeting, a payment.

    A date that was counted keeps the day it was counted from and the number of working days, so that it can be
    counted again. What is said here of its completion is the last word; ``MilestoneStep`` keeps every one.
    """

    __tablename__ = "milestones"
    __table_args__ = (
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on_a_day"),
        Index(None, "engagement_id", "id"),
        Index(None, "agency_id", "state", "due_on"),
        Index(None, "bureau_id", "state", "due_on"),
        Index(None, "state", "due_on"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    kind: Mapped[MilestoneKind] = mapped_column(Choice(MilestoneKind))
    title: Mapped[str] = mapped_column(String(200), default="")
    party: Mapped[Party] = mapped_column(Choice(Party))
    state: Mapped[MilestoneState] = mapped_column(Choice(MilestoneState))
    due_on: Mapped[date]
    is_due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    counted_from: Mapped[date | None]
    working_days: Mapped[int | None] = mapped_column(Integer)
    # Since when the term stands still; empty while it runs.
    paused_on: Mapped[date | None]
    done_on: Mapped[date | None]
    # Working days after the due date, counted when it was done; empty before.
    late_days: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class MilestoneStep(Identified, Base):
    """What happened to a milestone: each move of its date, each pause, its completion with evidence. Never changed."""

    __tablename__ = "milestone_steps"
    __table_args__ = (Index(None, "milestone_id", "id"),)

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    kind: Mapped[StepKind] = mapped_column(Choice(StepKind))
    before_on: Mapped[date | None]
    after_on: Mapped[date | None]
    # The day of the thing itself: when it was done, when the pause began or ended.
    on_day: Mapped[date | None]
    # The reason, or of a completion the evidence.
    text: Mapped[str] = mapped_column(Text, default="")
    authority: Mapped[str] = mapped_column(Text, default="")
    # A file that was handed in and proves it.
    version_id: Mapped[int | None] = mapped_column(ForeignKey("deliverable_versions.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # For whom he acted; empty for the program itself.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))


class MilestonePause(Identified, Base):
    """Days that the term leaves out, from the first to the last, both included; without ``ended_on`` it lasts."""

    __tablename__ = "milestone_pauses"
    __table_args__ = (
        Index(None, "milestone_id", "id"),
        CheckConstraint("ended_on >= began_on", name="ended_after_beginning"),
    )

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]


@event.listens_for(MilestoneStep, "before_update")
def _keep_step(mapper: Mapper[Any], connection: Connection, row: MilestoneStep) -> None:
    if altered(row):
        raise SettledRowChanged(f"milestone step {row.id}")


@event.listens_for(MilestoneStep, "before_delete")
@event.listens_for(Milestone, "before_delete")
def _keep_all(mapper: Mapper[Any], connection: Connection, row: Identified) -> None:
    raise SettledRowChanged(f"{type(row).__name__} {row.id}")
