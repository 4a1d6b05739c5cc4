from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    select,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from agencyqa.db import (
    Base,
    Choice,
    Identified,
    Json,
    UtcDateTime,
    Versioned,
    altered,
    held,
    is_going,
)
from agencyqa.evaluations.enums import AnswerState, Dimension, ProblemKind, RecordState
from agencyqa.measures.enums import Tag


class EvaluationStandard(Identified, Base):
    """The grades of evaluations and the least share of outputs and benefits, as dated, cited data.

    Without a bureau it is shipped and holds where a bureau has none of its own.
    """

    __tablename__ = "evaluation_standards"
    # Empty bureau ids count as different in a unique constraint, so the shipped rows have an index of their own.
    __table_args__ = (
        UniqueConstraint("bureau_id", "valid_from"),
        Index(
            "uq_evaluation_standards_shipped",
            "valid_from",
            unique=True,
            sqlite_where=text("bureau_id IS NULL"),
            postgresql_where=text("bureau_id IS NULL"),
        ),
    )

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # [{"key": "excellent", "label": "优", "label_en": "Excellent", "low": 900000}, ...]: of 100, ten-thousandths.
    bands: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    grades_provision_key: Mapped[str | None] = mapped_column(String(80))
    grades_tag: Mapped[Tag] = mapped_column(Choice(Tag))
    # Outputs plus benefits of the weights, as numerator and denominator; empty: no rule known.
    min_results_share: Mapped[list[int] | None] = mapped_column(Json)
    share_provision_key: Mapped[str | None] = mapped_column(String(80))
    share_tag: Mapped[Tag] = mapped_column(Choice(Tag))
    source: Mapped[str] = mapped_column(Text)


class EvaluationRecord(Identified, Versioned, Base):
    """What an agency found about the spending, in one version. Points are integers of a ten-thousandth.

    It is about the object of the money and never stands in a table with what the agency itself scored. A submitted
    version stays as it is; a correction is the next ``revision``, which then is the current one.
    """

    __tablename__ = "evaluation_records"
    __table_args__ = (
        UniqueConstraint("engagement_id", "revision"),
        Index(None, "bureau_id", "state", "id"),
        # What departments have to answer, the longest waiting first.
        Index(None, "bureau_id", "state", "submitted_at"),
        # Which grades there are, for the filter.
        Index("ix_evaluation_records_grades", "bureau_id", "state", "standard_id", "computed_grade"),
        Index(None, "agency_id", "id"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    object_id: Mapped[int] = mapped_column(ForeignKey("evaluation_objects.id"))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)
    state: Mapped[RecordState] = mapped_column(Choice(RecordState), active_history=True)
    # As the agency states them, to be compared with what the system adds up itself.
    stated_total: Mapped[int | None] = mapped_column(BigInteger)
    stated_maximum: Mapped[int | None] = mapped_column(BigInteger)
    stated_grade: Mapped[str] = mapped_column(String(40), default="")
    # The money evaluated, in fen.
    amount: Mapped[int | None] = mapped_column(BigInteger)
    summary: Mapped[str] = mapped_column(Text, default="")
    # Filled by hand or from a workbook, and from which.
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    # [{"code", "place", "severity", "params": {...}}, ...] as ``checks.Check``, written with every save.
    checks: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    # How many of them are faults, so that lists need not open the text.
    fault_count: Mapped[int] = mapped_column(Integer, default=0)
    computed_total: Mapped[int | None] = mapped_column(BigInteger)
    computed_maximum: Mapped[int | None] = mapped_column(BigInteger)
    # The key of a band of the standard; empty while no grade can be known.
    computed_grade: Mapped[str] = mapped_column(String(40), default="")
    standard_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation_standards.id"))
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class EvaluationIndicator(Identified, Base):
    """A row of the indicator table, a tree by order and level. Weight and score are in ten-thousandths of a point.

    Those of a leaf count; those of a branch are only what the agency wrote beside it, to be compared with the sum of
    the rows below. An empty one is unknown, never 0.
    """

    __tablename__ = "evaluation_indicators"
    __table_args__ = (UniqueConstraint("record_id", "position"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("evaluation_records.id"))
    position: Mapped[int] = mapped_column(Integer)
    level: Mapped[int] = mapped_column(Integer)
    parent_position: Mapped[int | None] = mapped_column(Integer)
    dimension: Mapped[Dimension] = mapped_column(Choice(Dimension))
    name: Mapped[str] = mapped_column(String(200))
    weight: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[int | None] = mapped_column(BigInteger)
    target: Mapped[str] = mapped_column(Text, default="")
    actual: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")


class EvaluationProblem(Identified, Base):
    """A problem about the spending, with the amount in question in fen and the advice that goes with it.

    ``key`` is the same in every revision, so that a department's answer stays with its problem.
    """

    __tablename__ = "evaluation_problems"
    __table_args__ = (UniqueConstraint("record_id", "key"), Index(None, "department_id"))

    record_id: Mapped[int] = mapped_column(ForeignKey("evaluation_records.id"))
    key: Mapped[str] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[ProblemKind] = mapped_column(Choice(ProblemKind))
    facts: Mapped[str] = mapped_column(Text)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    recommendation: Mapped[str] = mapped_column(Text, default="")
    # Who has to answer it: the evaluated unit unless the agency names the commissioner.
    department_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))


class ProblemAnswer(Identified, Base):
    """What a department answered to a problem; a later word is a new row, and none is changed."""

    __tablename__ = "problem_answers"
    __table_args__ = (
        UniqueConstraint("engagement_id", "problem_key", "number"),
        # What was promised and may still be open, the nearest day first.
        Index(
            "ix_problem_answers_promised",
            "rectify_by",
            "id",
            sqlite_where=text("rectified_on IS NULL AND rectify_by IS NOT NULL"),
            postgresql_where=text("rectified_on IS NULL AND rectify_by IS NOT NULL"),
        ),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    problem_key: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    department_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    state: Mapped[AnswerState] = mapped_column(Choice(AnswerState))
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, default="")
    rectify_by: Mapped[date | None]
    rectified_on: Mapped[date | None]
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class RecordAssignment(Identified, Base):
    """A bureau shows the evaluation of an engagement to a further department for a period, both days included."""

    __tablename__ = "record_assignments"
    __table_args__ = (Index(None, "department_id", "engagement_id"), Index(None, "engagement_id"))

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class EvaluationImport(Identified, Base):
    """A workbook handed in for a draft, to be looked at before it takes the place of what the draft holds."""

    __tablename__ = "evaluation_imports"
    __table_args__ = (Index(None, "record_id", "id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("evaluation_records.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    # The draft as it was when the workbook came in.
    record_version: Mapped[int] = mapped_column(Integer)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SubmittedRecordChanged(RuntimeError):
    """A programme tried to alter what was submitted or answered; no user can cause it."""


# All that may still change on a submitted record: that a correction has taken its place.
_AFTER_SUBMISSION = frozenset({"is_current", "version"})


@event.listens_for(EvaluationRecord, "before_update")
@event.listens_for(EvaluationRecord, "before_delete")
def _keep_record(mapper: Mapper[EvaluationRecord], connection: Connection, record: EvaluationRecord) -> None:
    if held(record, "state") is not RecordState.SUBMITTED:
        return
    changed = altered(record) - _AFTER_SUBMISSION
    if changed or is_going(record):
        raise SubmittedRecordChanged(f"submitted record {record.id}: {sorted(changed)}")


@event.listens_for(EvaluationIndicator, "before_insert")
@event.listens_for(EvaluationIndicator, "before_update")
@event.listens_for(EvaluationIndicator, "before_delete")
@event.listens_for(EvaluationProblem, "before_insert")
@event.listens_for(EvaluationProblem, "before_update")
@event.listens_for(EvaluationProblem, "before_delete")
def _keep_rows(
    mapper: Mapper[Any], connection: Connection, row: EvaluationIndicator | EvaluationProblem
) -> None:
    """The rows of a draft are written in bulk; a single one comes this way and must not reach a submitted record."""
    state = connection.scalar(select(EvaluationRecord.state).where(EvaluationRecord.id == row.record_id))
    if state is RecordState.SUBMITTED:
        raise SubmittedRecordChanged(f"{row.__tablename__} of the submitted record {row.record_id}")


@event.listens_for(ProblemAnswer, "before_update")
@event.listens_for(ProblemAnswer, "before_delete")
def _keep_answer(mapper: Mapper[ProblemAnswer], connection: Connection, answer: ProblemAnswer) -> None:
    raise SubmittedRecordChanged(f"answer {answer.id}")
