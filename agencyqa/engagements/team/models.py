from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime
from agencyqa.engagements.team.enums import TeamRole


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
