from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime, Versioned
from agencyqa.engagements.recusal.enums import (
    CaseAction,
    CaseCause,
    CaseState,
    ExemptionCause,
    ExemptionState,
    SigningWay,
)
from agencyqa.measures.enums import Tag


class RecusalTerms(Identified, Base):
    """How far back a check looks, as dated data that a bureau can replace by its own.

    ``tie_months`` for ties that are over, ``work_months`` for earlier work on the same object.
    """

    __tablename__ = "recusal_terms"
    __table_args__ = (
        UniqueConstraint("bureau_id", "valid_from"),
        Index(
            "uq_recusal_terms_shipped",
            "valid_from",
            unique=True,
            sqlite_where=text("bureau_id IS NULL"),
            postgresql_where=text("bureau_id IS NULL"),
        ),
    )

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    tie_months: Mapped[int] = mapped_column(Integer)
    work_months: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    tag: Mapped[Tag] = mapped_column(Choice(Tag))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class IndependenceDeclaration(Identified, Base):
    """What one person of the team signed for one engagement. A newer ``number`` stands beside it, never over it.

    ``text`` is every word that was signed, ``sha256`` the hash of its UTF-8 bytes; ``statement`` what the signer had
    to add. ``signed_on`` is the day of the signature, on paper perhaps before ``recorded_at``.
    """

    __tablename__ = "independence_declarations"
    __table_args__ = (UniqueConstraint("engagement_id", "person_id", "number"), Index(None, "person_id"))

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    number: Mapped[int] = mapped_column(Integer)
    is_independent: Mapped[bool] = mapped_column(Boolean)
    statement: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    way: Mapped[SigningWay] = mapped_column(Choice(SigningWay))
    signed_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(80))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class DeclarationExemption(Identified, Versioned, Base):
    """Somebody who was in the team can sign no declaration any more, and by whose word the file goes without it.

    Granted by the bureau; a wrong one is withdrawn and stays. A declaration that comes after all stands beside it.
    """

    __tablename__ = "declaration_exemptions"
    __table_args__ = (
        Index(None, "engagement_id", "person_id"),
        Index(
            "uq_declaration_exemptions_granted",
            "engagement_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'granted'"),
            postgresql_where=text("state = 'granted'"),
        ),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[ExemptionState] = mapped_column(Choice(ExemptionState))
    cause: Mapped[ExemptionCause] = mapped_column(Choice(ExemptionCause))
    reason: Mapped[str] = mapped_column(Text)
    # By whose word: the officer or body that approved it, or the provision.
    authority: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_by_name: Mapped[str] = mapped_column(String(80))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_by_name: Mapped[str] = mapped_column(String(80), default="")
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_granted(self) -> bool:
        return self.state is ExemptionState.GRANTED


class RecusalCase(Identified, Versioned, Base):
    """The check of a running engagement, opened again by a tie or a declaration, until somebody has decided.

    ``findings`` are the checks as they came out on the day it was opened. ``action``, ``reason`` and who decided are
    those of the newest step; each step is in the audit log.
    """

    __tablename__ = "recusal_cases"
    __table_args__ = (
        UniqueConstraint("engagement_id", "tie_id"),
        UniqueConstraint("declaration_id"),
        Index(None, "state", "opened_at"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    cause: Mapped[CaseCause] = mapped_column(Choice(CaseCause))
    tie_id: Mapped[int | None] = mapped_column(ForeignKey("ties.id"))
    declaration_id: Mapped[int | None] = mapped_column(ForeignKey("independence_declarations.id"))
    # Whom it is about; empty where it is the agency itself.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    state: Mapped[CaseState] = mapped_column(Choice(CaseState))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[CaseAction | None] = mapped_column(Choice(CaseAction))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
