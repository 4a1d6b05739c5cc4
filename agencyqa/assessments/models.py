from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from agencyqa.assessments.enums import ResultState, RoleMissing, RoundState, SheetState, WeightMode
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
from agencyqa.measures.enums import Purpose


class ShareTable(Identified, Base):
    """How much each scorer role counts in a bureau from a contract date on."""

    __tablename__ = "share_tables"
    __table_args__ = (UniqueConstraint("bureau_id", "valid_from"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    # [["bureau", 7, 10], ["expert", 3, 10, {"how": "mean", ...}]]: role, numerator, denominator, and the panel of a
    # role with several scorers; the shares sum to exactly 1.
    shares: Mapped[list[list[Any]]] = mapped_column(Json)
    # Whether the others carry the share of a role from which nothing came, or all wait for it.
    role_missing: Mapped[RoleMissing] = mapped_column(Choice(RoleMissing), server_default="wait")


class GradeTable(Identified, Base):
    """The named half-open bands and the rounding by which annual results are graded, as dated data."""

    __tablename__ = "grade_tables"
    __table_args__ = (UniqueConstraint("bureau_id", "valid_from"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    # [{"key": "excellent", "label": "优", "label_en": "Excellent", "low": 900000}, ...]; low in units of percent.
    bands: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    places: Mapped[int] = mapped_column(Integer)


class YearRuleTable(Identified, Base):
    """What a bureau's years are made of beyond the weights of engagements, from a day on. See ``year_rules``."""

    __tablename__ = "year_rules"
    __table_args__ = (UniqueConstraint("bureau_id", "valid_from"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class AgencyCredit(Identified, Base):
    """Points that one event of a year added to an agency's account, or took from it. Withdrawn, never deleted."""

    __tablename__ = "agency_credits"
    __table_args__ = (Index(None, "bureau_id", "year", "agency_id"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int] = mapped_column(Integer)
    occurred_on: Mapped[date]
    points: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")


class EngagementWeight(Identified, Base):
    """How much an engagement counts in its year where the rules say that weights are set by hand."""

    __tablename__ = "engagement_weights"
    __table_args__ = (UniqueConstraint("engagement_id"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    weight: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ScoreSheet(Identified, Versioned, Base):
    """One scorer's sheet for one engagement or an agency's year. Marks are integers of a ten-thousandth of a point.

    ``seat`` tells the scorers of a panel apart, from 1 on; 0 is a role with one scorer. A sheet of a panel belongs to
    one person, ``scorer_user_id``; any other to the officers of its body. A sheet about a year has no engagement.

    ``revision`` counts corrections: a new revision supersedes the published one, which stays as it was.
    ``is_current`` marks the newest revision. While a draft is incomplete, ``total`` is empty, never 0.
    """

    __tablename__ = "score_sheets"
    __table_args__ = (
        UniqueConstraint("engagement_id", "scorer_role", "seat", "revision"),
        UniqueConstraint("bureau_id", "agency_id", "year", "revision"),
        CheckConstraint("(engagement_id IS NULL) <> (agency_id IS NULL)", name="one_target"),
        Index(None, "bureau_id", "state", "id"),
        Index(None, "bureau_id", "due_on", "id"),
        Index(None, "bureau_id", "state", "due_on"),
        Index(None, "scorer_user_id", "state", "id"),
        Index(None, "scorer_body_id", "state", "id"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagements.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int | None] = mapped_column(Integer)
    scorer_role: Mapped[Purpose] = mapped_column(Choice(Purpose))
    seat: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    scorer_body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    scorer_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_versions.id"))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)
    state: Mapped[SheetState] = mapped_column(Choice(SheetState), active_history=True)
    due_on: Mapped[date | None]
    is_overdue: Mapped[bool] = mapped_column(Boolean, default=False)

    # {criterion: {input: value}}, {criterion: units}, {criterion: text}. Only well-formed values are ever kept.
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    entered: Mapped[dict[str, Any]] = mapped_column(Json)
    reasons: Mapped[dict[str, Any]] = mapped_column(Json)
    # What the system knows and findings say, row by row as they counted when the sheet was last written, and the
    # rows a scorer set aside with the reason: {occurrence key: {"reason", "by", "at"}}. See ``assessments.facts``.
    facts: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    overruled: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    # The inputs of a complete sheet as one array in the compiled scheme's order, for totals of many sheets at
    # once; empty while something is missing.
    packed: Mapped[list[int | None]] = mapped_column(Json)

    engine_version: Mapped[str] = mapped_column(String(20))
    total: Mapped[int | None] = mapped_column(BigInteger)
    max_points: Mapped[int] = mapped_column(BigInteger)
    # {section: [total or null, maximum]}
    section_totals: Mapped[dict[str, Any]] = mapped_column(Json)
    # {measure: [total or null, maximum]}
    measure_totals: Mapped[dict[str, Any]] = mapped_column(Json)
    grade: Mapped[str | None] = mapped_column(String(40))

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scored_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    finalised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finalised_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    # Why a published sheet was taken up again; empty on the first revision.
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    # Which editing session last saved the draft; one audit entry per session instead of one per key stroke.
    editing_key: Mapped[str] = mapped_column(String(40), default="")


class SheetScorer(Identified, Base):
    """Everybody who ever entered something on a sheet. None of them may make it final or publish it."""

    __tablename__ = "sheet_scorers"
    __table_args__ = (UniqueConstraint("sheet_id", "user_id"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheets.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SheetSnapshot(Identified, Base):
    """What a sheet held when it was submitted; a returned sheet is edited on, its submissions stay."""

    __tablename__ = "sheet_snapshots"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheets.id"))
    number: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    total: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))


class AssessmentRound(Identified, Versioned, Base):
    """A bureau's annual assessment. A correction after publication is a new revision of the round.

    The newest revision is the one with the highest number: a published row is never written again, not even to
    say that another has taken its place.
    """

    __tablename__ = "assessment_rounds"
    __table_args__ = (
        UniqueConstraint("bureau_id", "year", "revision"),
        Index(None, "year", "bureau_id", "revision"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    year: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[RoundState] = mapped_column(Choice(RoundState), active_history=True)
    weight_mode: Mapped[WeightMode] = mapped_column(Choice(WeightMode))
    grade_table_id: Mapped[int] = mapped_column(ForeignKey("grade_tables.id"))
    # Empty where the bureau had no rules of its own when the round was opened.
    year_rules_id: Mapped[int | None] = mapped_column(ForeignKey("year_rules.id"))
    # Why a published revision is taken up again; empty on the first.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Why the year was published although some results were provisional; empty where none was.
    provisional_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Which versions of which engagements and sheets were read, as one hash: cheap to compare on every page.
    inputs_stamp: Mapped[str] = mapped_column(String(64), default="")
    # All results with their inputs and traces as one hash: what a lead confirms is what gets published.
    results_digest: Mapped[str] = mapped_column(String(64), default="")
    # {"left_out": [...], "unfinished": [...], "zero_fee": [...], "is_reference": bool}; see ``services.rounds``.
    notes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class AnnualResult(Identified, Base):
    """An agency's result in a round. The exact score is ``numerator / denominator`` of 100 points.

    ``rounded`` is that score times ten to the ``places``, half-up: the figure that is shown and ranked. A row is
    written once; while the round is open it may be replaced as a whole. Never a column of the evaluation of the money.
    """

    __tablename__ = "annual_results"
    __table_args__ = (
        UniqueConstraint("round_id", "agency_id"),
        Index(None, "agency_id", "id"),
        Index(None, "round_id", "sort_position"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_rounds.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    year: Mapped[int] = mapped_column(Integer)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    # As the agency was called then; an old result never moves.
    agency_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ResultState] = mapped_column(Choice(ResultState))
    # Exact fractions outgrow 64 bits, so numerator and denominator are decimal text.
    numerator: Mapped[str | None] = mapped_column(Text)
    denominator: Mapped[str | None] = mapped_column(Text)
    rounded: Mapped[int | None] = mapped_column(BigInteger)
    places: Mapped[int] = mapped_column(Integer)
    grade: Mapped[str | None] = mapped_column(String(40))
    rank: Mapped[int | None] = mapped_column(Integer)
    # How many were ranked: told to those who may not see, and so may not count, the others.
    ranked_count: Mapped[int] = mapped_column(Integer)
    sort_position: Mapped[int] = mapped_column(Integer)
    # Where the rules rank within groups: the group, the rank in it and how many were ranked there.
    rank_group: Mapped[str] = mapped_column(String(40), default="", server_default="")
    group_rank: Mapped[int | None] = mapped_column(Integer)
    group_count: Mapped[int | None] = mapped_column(Integer)
    engagement_count: Mapped[int] = mapped_column(Integer)
    missing_count: Mapped[int] = mapped_column(Integer)
    # [{"engagement_id", "contract", "object", "role", "sheet_id", "state", "body_id", "body_name"}, ...]
    missing: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    is_reference: Mapped[bool] = mapped_column(Boolean, default=False)
    # {measure: {"score": "n/d" or null, "maximum": "n/d" or null, "rounded": int or null}}
    measure_scores: Mapped[dict[str, Any]] = mapped_column(Json)
    # Final findings on the agency itself, as they stood: listed with the result, not part of its score.
    agency_findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    # Sheet ids with their revision and content, shares, weights: everything the figure was computed from.
    inputs: Mapped[dict[str, Any]] = mapped_column(Json)
    trace: Mapped[dict[str, Any]] = mapped_column(Json)
    engine_version: Mapped[str] = mapped_column(String(20))
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResultAssignment(Identified, Base):
    """The bureau shows one agency's annual result to one department for a period, both days included."""

    __tablename__ = "result_assignments"
    __table_args__ = (Index(None, "department_id", "result_id"), Index(None, "result_id"))

    result_id: Mapped[int] = mapped_column(ForeignKey("annual_results.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PublishedResultChanged(RuntimeError):
    """A programme tried to alter what was published or handed in; no user can cause it."""


# All that may still change on a published sheet: that a correction has taken its place.
_AFTER_PUBLICATION = frozenset({"is_current", "version"})


@event.listens_for(ScoreSheet, "before_update")
@event.listens_for(ScoreSheet, "before_delete")
def _keep_sheet(mapper: Mapper[ScoreSheet], connection: Connection, sheet: ScoreSheet) -> None:
    if held(sheet, "state") is not SheetState.PUBLISHED:
        return
    changed = altered(sheet) - _AFTER_PUBLICATION
    if changed or is_going(sheet):
        raise PublishedResultChanged(f"published sheet {sheet.id}: {sorted(changed)}")


@event.listens_for(SheetSnapshot, "before_update")
@event.listens_for(SheetSnapshot, "before_delete")
def _keep_snapshot(mapper: Mapper[SheetSnapshot], connection: Connection, kept: SheetSnapshot) -> None:
    raise PublishedResultChanged(f"submission {kept.number} of sheet {kept.sheet_id}")


@event.listens_for(AssessmentRound, "before_update")
@event.listens_for(AssessmentRound, "before_delete")
def _keep_published(mapper: Mapper[AssessmentRound], connection: Connection, found: AssessmentRound) -> None:
    """The last gate before the database: what an agency was told stays as it was told."""
    if held(found, "state") is RoundState.PUBLISHED:
        raise PublishedResultChanged(f"published round {found.id}")


@event.listens_for(AnnualResult, "before_update")
def _keep_result(mapper: Mapper[AnnualResult], connection: Connection, result: AnnualResult) -> None:
    raise PublishedResultChanged(f"annual result {result.id}")
