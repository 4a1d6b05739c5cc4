from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from agencyqa.db import (
    Base,
    Choice,
    Identified,
    Json,
    UtcDateTime,
    Versioned,
    altered,
    held,
)
from agencyqa.measures.enums import MeasureKind, Purpose, SchemeState, Tag, WorkKind


class Measure(Identified, Base):
    """A normative document by its stable key: M1, M2, M3, a national parent, or a district's form."""

    __tablename__ = "measures"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[MeasureKind] = mapped_column(Choice(MeasureKind))
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))
    # A description of ours, because the official title is not at hand; it is never put in 《》.
    title_is_ours: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(Integer)


class MeasureVersion(Identified, Base):
    """A text as issued. An empty number or date means nobody has confirmed it yet; it shows 待核对.

    ``number_year`` is the year in the document number, a confirmed lower limit where no day is known.
    """

    __tablename__ = "measure_versions"
    __table_args__ = (UniqueConstraint("measure_id", "position"),)

    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id"))
    position: Mapped[int] = mapped_column(Integer)
    doc_number: Mapped[str | None] = mapped_column(String(80))
    number_year: Mapped[int | None] = mapped_column(Integer)
    issued_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    tag: Mapped[Tag] = mapped_column(Choice(Tag))
    note: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")

    measure: Mapped[Measure] = relationship(lazy="raise")


class Provision(Identified, Base):
    """One rule of a version. ``key`` (``M1/independence``) is the same in every version that has the rule."""

    __tablename__ = "provisions"
    __table_args__ = (UniqueConstraint("measure_version_id", "key"), Index(None, "key"))

    measure_version_id: Mapped[int] = mapped_column(ForeignKey("measure_versions.id"))
    position: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(80))
    article_number: Mapped[str | None] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text)
    summary_en: Mapped[str] = mapped_column(Text)
    tag: Mapped[Tag] = mapped_column(Choice(Tag))

    measure_version: Mapped[MeasureVersion] = relationship(lazy="raise")


class Scheme(Identified, Base):
    """A scoring form under a stable key, of one bureau or (bureau_id empty) shipped for all."""

    __tablename__ = "schemes"
    # Empty bureau ids count as different in a unique constraint, so the shipped keys have an index of their own.
    __table_args__ = (
        UniqueConstraint("bureau_id", "key"),
        Index(
            "uq_schemes_shipped_key",
            "key",
            unique=True,
            sqlite_where=text("bureau_id IS NULL"),
            postgresql_where=text("bureau_id IS NULL"),
        ),
    )

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    key: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))


class SchemeVersion(Identified, Versioned, Base):
    """A numbered version. Once published, content, hash and validity never change; only its end may be set.

    ``content`` is the scheme file as data (see ``measures.scheme_format``); ``content_hash`` its SHA-256. Of a draft
    with errors it is what was typed, in the same shape as far as that goes; purpose, first day and maximum are
    then the last that could be read.
    """

    __tablename__ = "scheme_versions"
    __table_args__ = (
        UniqueConstraint("scheme_id", "number"),
        Index(None, "purpose", "valid_from"),
    )

    scheme_id: Mapped[int] = mapped_column(ForeignKey("schemes.id"))
    number: Mapped[int] = mapped_column(Integer)
    # The values before a change are always loaded, because the gate at the end of this module compares them.
    state: Mapped[SchemeState] = mapped_column(Choice(SchemeState), active_history=True)
    purpose: Mapped[Purpose] = mapped_column(Choice(Purpose))
    # Empty: for every kind of work that has no scheme of its own.
    work_kind: Mapped[WorkKind | None] = mapped_column(Choice(WorkKind))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(active_history=True)
    max_points: Mapped[int] = mapped_column(Integer)
    # Reference points must say on every screen that they await checking against the bureau's annex.
    is_reference: Mapped[bool] = mapped_column(Boolean, default=False)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Errors of a draft when it was saved; nothing with errors is ever published.
    error_count: Mapped[int] = mapped_column(Integer, default=0)
    # When the draft was last saved on the page; what one person changes in one go is one entry of the log.
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scheme: Mapped[Scheme] = relationship(lazy="raise")


class FaultCode(Identified, Base):
    """A fault that agencies' work can have, under a code that never changes its meaning.

    ``provision_key`` is the rule it offends, by its stable key; schemes list the codes their criteria count.
    """

    __tablename__ = "fault_codes"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))
    # What one occurrence is: 份, 处, 工作日.
    unit: Mapped[str] = mapped_column(String(20))
    unit_en: Mapped[str] = mapped_column(String(40))
    provision_key: Mapped[str] = mapped_column(String(80))
    # Faults that only the system counts are not offered to inspectors.
    is_counted_by_system: Mapped[bool] = mapped_column(Boolean, default=False)
    tag: Mapped[Tag] = mapped_column(Choice(Tag))


class WorkdayYear(Identified, Base):
    """A year whose public holidays a bureau entered because the built-in calendar does not know them yet."""

    __tablename__ = "workday_years"

    year: Mapped[int] = mapped_column(Integer, unique=True)
    source: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class WorkdayChange(Identified, Base):
    """A day that is, against weekday and built-in calendar, a working day or none. The newest row of a day holds."""

    __tablename__ = "workday_changes"
    __table_args__ = (Index(None, "day", "id"),)

    day: Mapped[date]
    is_working: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class PublishedSchemeChanged(RuntimeError):
    """A programme tried to alter a published rule book; no user can cause it."""


# The concurrency counter and the end of the validity are all that may still move.
_FIXED = tuple(
    column.key
    for column in SchemeVersion.__table__.columns
    if column.key not in {"id", "version", "valid_to"}
)


def _was_published(version: SchemeVersion) -> bool:
    return held(version, "state") is SchemeState.PUBLISHED


@event.listens_for(SchemeVersion, "before_update")
def _keep_published(mapper: Mapper[SchemeVersion], connection: Connection, version: SchemeVersion) -> None:
    """Sheets already scored stand on the published content, so the last gate before the database holds it."""
    if not _was_published(version):
        return
    now = altered(version)
    changed = [name for name in _FIXED if name in now]
    if "valid_to" in now and held(version, "valid_to") is not None:
        changed.append("valid_to")
    if changed:
        raise PublishedSchemeChanged(f"published scheme version {version.id}: {', '.join(changed)}")


@event.listens_for(SchemeVersion, "before_delete")
def _keep_existing(mapper: Mapper[SchemeVersion], connection: Connection, version: SchemeVersion) -> None:
    if _was_published(version):
        raise PublishedSchemeChanged(f"published scheme version {version.id}: deleted")
