"""What agencies and principal evaluators must bring, as dated data that a bureau can replace by its own."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.agencies.enums import DocumentKind
from agencyqa.db import Base, Choice, Choices, Identified, UtcDateTime
from agencyqa.measures.enums import Tag


class EvaluatorCondition(Identified, Base):
    """What a principal evaluator must bring; ``bureau_id`` is empty for what comes with the programme."""

    __tablename__ = "evaluator_conditions"

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    min_work_years: Mapped[int] = mapped_column(Integer)
    min_evaluation_years: Mapped[int] = mapped_column(Integer)
    needs_title_or_licence: Mapped[bool] = mapped_column(Boolean)
    provision_key: Mapped[str] = mapped_column(String(80))
    tag: Mapped[Tag] = mapped_column(Choice(Tag))
    source: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class AdmissionCondition(Identified, Base):
    """What an application must hold to be handed in; ``bureau_id`` as above.

    ``clean_years``: how far back the applicant declares that there was no serious violation.
    """

    __tablename__ = "admission_conditions"

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    min_qualifications: Mapped[int] = mapped_column(Integer)
    min_evaluators: Mapped[int] = mapped_column(Integer)
    clean_years: Mapped[int] = mapped_column(Integer)
    papers: Mapped[tuple[DocumentKind, ...]] = mapped_column(Choices(DocumentKind), default=())
    provision_key: Mapped[str] = mapped_column(String(80))
    tag: Mapped[Tag] = mapped_column(Choice(Tag))
    source: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
