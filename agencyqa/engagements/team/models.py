from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned
from agencyqa.engagements.team.enums import ChangeState, TeamRole


class TeamMember(Identified, Base):
    """A person's place in the team of an engagement for a period, both days included.

    ``Engagement.principal_evaluator_id`` names the one who holds the first place today.
    """

    __tablename__ = "team_members"
    __table_args__ = (
        Index(None, "engagement_id", "valid_to"),
        Index(None, "person_id", "valid_to"),
        # Nobody stands twice in a team at once, and it has one principal evaluator.
        Index(
            "uq_team_members_open",
            "engagement_id",
            "person_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index(
            "uq_team_members_evaluator",
            "engagement_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL AND role = 'principal_evaluator'"),
            postgresql_where=text("valid_to IS NULL AND role = 'principal_evaluator'"),
        ),
        CheckConstraint("valid_to >= valid_from", name="ends_after_start"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[TeamRole] = mapped_column(Choice(TeamRole))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class TeamChange(Identified, Versioned, Base):
    """Somebody is to join the team, to leave it, or to take another's place, as the commissioner agrees or not.

    It takes effect on the day of the consent; ``role`` is that of ``joins_id``.
    """

    __tablename__ = "team_changes"
    __table_args__ = (
        Index(None, "engagement_id", "state"),
        CheckConstraint("joins_id IS NOT NULL OR leaves_id IS NOT NULL", name="somebody_moves"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    joins_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    leaves_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[TeamRole] = mapped_column(Choice(TeamRole))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ChangeState] = mapped_column(Choice(ChangeState))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_by_body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)
