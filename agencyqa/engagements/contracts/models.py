from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime, Versioned
from agencyqa.engagements.contracts.enums import FeeMethod, MilestoneTrigger, SubcontractState


class FeeTable(Identified, Base):
    """Brackets of a bureau for contracts signed in a period, with their source.

    ``brackets`` is a list of ``{"upto": fen or null, "rate": millionths}``; ``minimum`` in fen.
    """

    __tablename__ = "fee_tables"
    __table_args__ = (UniqueConstraint("bureau_id", "valid_from"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    brackets: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    minimum: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ContractTerms(Identified, Base):
    """What a contract says beyond its number, dates and fee: a version of it. A newer one supplements, never replaces.

    ``reckoned`` is the fee by the method in fen, None where it was only agreed; the contract's own fee may differ for
    ``difference_reason``. ``basis`` holds what it was reckoned from, so that it can be reckoned again.
    """

    __tablename__ = "contract_terms"
    __table_args__ = (UniqueConstraint("engagement_id", "number"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    number: Mapped[int] = mapped_column(Integer)
    agreed_on: Mapped[date]
    scope: Mapped[str] = mapped_column(Text)
    method: Mapped[FeeMethod] = mapped_column(Choice(FeeMethod))
    fee_table_id: Mapped[int | None] = mapped_column(ForeignKey("fee_tables.id"))
    basis: Mapped[dict[str, Any]] = mapped_column(Json)
    reckoned: Mapped[int | None] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    difference_reason: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class PaymentMilestone(Identified, Base):
    """A part of the fee and what makes it due. ``amount`` in fen; all parts of a version make up its fee."""

    __tablename__ = "payment_milestones"
    __table_args__ = (
        UniqueConstraint("terms_id", "position"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    terms_id: Mapped[int] = mapped_column(ForeignKey("contract_terms.id"))
    position: Mapped[int] = mapped_column(Integer)
    trigger: Mapped[MilestoneTrigger] = mapped_column(Choice(MilestoneTrigger))
    amount: Mapped[int] = mapped_column(BigInteger)


class Subcontract(Identified, Versioned, Base):
    """The agency wants to give a part of the work away. Without the commissioner's consent it may not.

    ``share`` in millionths of the fee.
    """

    __tablename__ = "subcontracts"
    __table_args__ = (
        Index(None, "engagement_id", "state"),
        CheckConstraint("share > 0 AND share < 1000000", name="share_is_a_part"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    party: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(Text)
    share: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[SubcontractState] = mapped_column(Choice(SubcontractState))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)
