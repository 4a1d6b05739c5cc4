"""Reads: the rule or scheme in force on a day, and the lists of the pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload
from sqlalchemy.sql.elements import ColumnElement

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.auth.actor import Actor
from agencyqa.clock import day_before
from agencyqa.db import open_period
from agencyqa.errors import Refused
from agencyqa.measures.compiled import CompiledScheme, compiled_content, kept_scheme
from agencyqa.measures.enums import MeasureKind, Purpose, SchemeState, WorkKind
from agencyqa.measures.models import FaultCode, Measure, MeasureVersion, Provision, Scheme, SchemeVersion
from agencyqa.measures.policies import visible_versions
from agencyqa.measures.scheme_format import SchemeFile
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import Program

# Provisions


def _begun(day: date) -> ColumnElement[bool]:
    """Whether a version had begun: by its first day, else its issue, else the year of its number.

    A version without any of them, such as a form, counts as always there.
    """
    return or_(
        MeasureVersion.effective_on <= day,
        and_(MeasureVersion.effective_on.is_(None), MeasureVersion.issued_on <= day),
        and_(
            MeasureVersion.effective_on.is_(None),
            MeasureVersion.issued_on.is_(None),
            or_(MeasureVersion.number_year.is_(None), MeasureVersion.number_year <= day.year),
        ),
    )


def provisions_in_force(session: Session, keys: Collection[str], day: date) -> dict[str, Provision]:
    """The provisions in force on ``day`` by key, with version and measure loaded; what was not, is left out."""
    statement = (
        select(Provision)
        .join(Provision.measure_version)
        .join(MeasureVersion.measure)
        .options(contains_eager(Provision.measure_version).contains_eager(MeasureVersion.measure))
        .where(
            Provision.key.in_(keys),
            _begun(day),
            or_(MeasureVersion.valid_to.is_(None), MeasureVersion.valid_to >= day),
        )
        # Of several versions the newest is met last and stays.
        .order_by(MeasureVersion.position, Provision.id)
    )
    return {provision.key: provision for provision in session.scalars(statement)}


def provision_in_force(session: Session, key: str, day: date) -> Provision | None:
    """The rule that a fact of this day stands under; None where no version was in force."""
    return provisions_in_force(session, [key], day).get(key)


def provisions_cited(session: Session, keys: Collection[str], day: date) -> dict[str, Provision]:
    """As ``provisions_in_force``; a key without a version on that day falls back to its newest text."""
    found = provisions_in_force(session, keys, day)
    rest = [key for key in keys if key not in found]
    if rest:
        statement = (
            select(Provision)
            .join(Provision.measure_version)
            .options(joinedload(Provision.measure_version).joinedload(MeasureVersion.measure))
            .where(Provision.key.in_(rest))
            .order_by(MeasureVersion.position, Provision.id)
        )
        found |= {provision.key: provision for provision in session.scalars(statement)}
    return found


def provisions_on(
    session: Session, wanted: Collection[tuple[str, date]]
) -> dict[tuple[str, date], Provision]:
    """As ``provisions_cited`` for many keys, each on a day of its own, in one statement."""
    if not wanted:
        return {}
    statement = (
        select(Provision)
        .join(Provision.measure_version)
        .join(MeasureVersion.measure)
        .options(contains_eager(Provision.measure_version).contains_eager(MeasureVersion.measure))
        .where(Provision.key.in_({key for key, _ in wanted}))
        .order_by(MeasureVersion.position, Provision.id)
    )
    texts: dict[str, list[Provision]] = {}
    for provision in session.scalars(statement):
        texts.setdefault(provision.key, []).append(provision)
    found: dict[tuple[str, date], Provision] = {}
    for key, day in wanted:
        if held := texts.get(key):
            in_force = [each for each in held if _was_in_force(each.measure_version, day)]
            found[key, day] = (in_force or held)[-1]
    return found


def _was_in_force(version: MeasureVersion, day: date) -> bool:
    """What ``_begun`` asks the database, and that the version had not ended."""
    if version.valid_to is not None and version.valid_to < day:
        return False
    begin = version.effective_on or version.issued_on
    if begin is not None:
        return begin <= day
    return version.number_year is None or version.number_year <= day.year


def provision_label(provision: Provision) -> str:
    """How a provision is cited: title, number and article; what nobody has confirmed is said to be open."""
    version = provision.measure_version
    measure = version.measure
    english = reader_language() == "en"
    title = measure.title_en if english else measure.title
    if not measure.title_is_ours and not english:
        title = f"《{title}》"
    if version.doc_number:
        title = gettext("%(what)s（%(more)s）", what=title, more=version.doc_number)
    if provision.article_number is None:
        article = "" if measure.kind is MeasureKind.FORM else gettext("（条款号待核对）")
    elif measure.kind is MeasureKind.FORM:
        article = gettext("第 %(number)s 项", number=provision.article_number)
    else:
        article = gettext("第%(number)s条", number=provision.article_number)
    return f"{title}{' ' if english else ''}{article}".strip()


def provision_summary(provision: Provision) -> str:
    return provision.summary_en if reader_language() == "en" else provision.summary


def citation_keys(session: Session) -> frozenset[str]:
    """Every key that a scheme may cite."""
    return frozenset(session.scalars(select(Provision.key).distinct()))


def measure_rows(session: Session) -> Sequence[Row[Any]]:
    """Each document with the number of its versions and the newest of them."""
    newest = (
        select(MeasureVersion.measure_id, func.max(MeasureVersion.position).label("position"))
        .add_columns(func.count().label("versions"))
        .group_by(MeasureVersion.measure_id)
        .subquery()
    )
    statement = (
        select(
            Measure.key,
            Measure.kind,
            Measure.title,
            Measure.title_en,
            Measure.title_is_ours,
            newest.c.versions,
            MeasureVersion.doc_number,
            MeasureVersion.issued_on,
            MeasureVersion.effective_on,
            MeasureVersion.valid_to,
        )
        .join(newest, newest.c.measure_id == Measure.id)
        .join(
            MeasureVersion,
            and_(MeasureVersion.measure_id == Measure.id, MeasureVersion.position == newest.c.position),
        )
        .order_by(Measure.position, Measure.id)
    )
    return session.execute(statement).all()


def versions_of(session: Session, measure_id: int) -> list[MeasureVersion]:
    """Newest first."""
    statement = (
        select(MeasureVersion)
        .where(MeasureVersion.measure_id == measure_id)
        .order_by(MeasureVersion.position.desc(), MeasureVersion.id)
    )
    return list(session.scalars(statement))


def provisions_of(session: Session, measure_id: int) -> dict[int, list[Provision]]:
    """By version id, in the order of the document."""
    statement = (
        select(Provision)
        .join(Provision.measure_version)
        .where(MeasureVersion.measure_id == measure_id)
        .order_by(Provision.position, Provision.id)
    )
    found: dict[int, list[Provision]] = {}
    for provision in session.scalars(statement):
        found.setdefault(provision.measure_version_id, []).append(provision)
    return found


# Faults


def fault_codes(session: Session) -> list[FaultCode]:
    """The whole catalogue in its order."""
    return list(session.scalars(select(FaultCode).order_by(FaultCode.position, FaultCode.code)))


def fault_keys(session: Session) -> frozenset[str]:
    """Every code that a scheme may count."""
    return frozenset(session.scalars(select(FaultCode.code)))


# Schemes


def scheme_in_force(
    session: Session, *, bureau_id: int, purpose: Purpose, work_kind: WorkKind | None, day: date
) -> SchemeVersion | None:
    """The published version by which a sheet of this purpose is scored, with its scheme loaded.

    ``day`` is the day the contract was signed. The bureau's own scheme goes before its parent's, and that
    before the shipped one; within one owner, a scheme for the kind of work before the general one.
    """
    owners = bureau_chain(session, bureau_id)
    statement = (
        select(SchemeVersion)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme))
        .where(
            SchemeVersion.state == SchemeState.PUBLISHED,
            SchemeVersion.purpose == purpose,
            open_period(SchemeVersion.valid_from, SchemeVersion.valid_to, day),
            or_(SchemeVersion.work_kind.is_(None), SchemeVersion.work_kind == work_kind),
            or_(Scheme.bureau_id.is_(None), Scheme.bureau_id.in_(owners)),
        )
        .order_by(SchemeVersion.id)
    )

    def distance(version: SchemeVersion) -> tuple[int, bool, int]:
        owner = version.scheme.bureau_id
        rank = len(owners) if owner is None else owners.index(owner)
        return rank, version.work_kind is None, version.id

    return min(session.scalars(statement), key=distance, default=None)


def compiled(version: SchemeVersion) -> CompiledScheme:
    """Raise Refused for a draft that still has errors, because nothing can be scored or written out by it."""
    if version.error_count:
        raise Refused("scheme_not_whole", count=version.error_count)
    # The content of a version can be large, and mostly need not even be read.
    known = kept_scheme(version.content_hash, version.number)
    return known or compiled_content(version.content_hash, version.number, version.content)


def program_of(version: SchemeVersion) -> Program:
    """The compiled scheme of a stored version; compiling is done once for each content."""
    return compiled(version).program


def file_of(version: SchemeVersion) -> SchemeFile:
    return compiled(version).file


def texts_of(version: SchemeVersion, language: str | None = None) -> SchemeTexts:
    """The words of a version in the reader's language, or in ``language`` ("zh" or "en")."""
    return compiled(version).texts(language or reader_language())


def neighbours(
    session: Session, *, bureau_id: int | None, purpose: Purpose, work_kind: WorkKind | None
) -> list[SchemeVersion]:
    """Published versions that share one line of validity, by the first day."""
    owner = Scheme.bureau_id.is_(None) if bureau_id is None else Scheme.bureau_id == bureau_id
    kind = SchemeVersion.work_kind.is_(None) if work_kind is None else SchemeVersion.work_kind == work_kind
    statement = (
        select(SchemeVersion)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme))
        .where(owner, kind, SchemeVersion.purpose == purpose, SchemeVersion.state == SchemeState.PUBLISHED)
        .order_by(SchemeVersion.valid_from, SchemeVersion.id)
    )
    return list(session.scalars(statement))


def successor_of(session: Session, version: SchemeVersion) -> SchemeVersion | None:
    """The published version that took the place of this one, on the day after it ended."""
    if version.state is not SchemeState.PUBLISHED or version.valid_to is None:
        return None
    line = neighbours(
        session,
        bureau_id=version.scheme.bureau_id,
        purpose=version.purpose,
        work_kind=version.work_kind,
    )
    return next((other for other in line if day_before(other.valid_from) == version.valid_to), None)


def comparable_versions(actor: Actor, other_than: int) -> Select[*tuple[Any, ...]]:
    """Every version that the actor may see, but this one, as a select box offers them."""
    return (
        visible_versions(actor)
        .join(SchemeVersion.scheme)
        .where(SchemeVersion.id != other_than)
        .order_by(Scheme.title, SchemeVersion.number.desc(), SchemeVersion.id)
        .with_only_columns(
            SchemeVersion.id,
            SchemeVersion.scheme_id,
            SchemeVersion.number,
            SchemeVersion.state,
            Scheme.title,
            Scheme.title_en,
        )
    )


def versions_in_force(session: Session, actor: Actor, day: date) -> list[SchemeVersion]:
    """The published versions that hold on a day, with their schemes loaded; the bureau's own after the shipped."""
    statement = (
        visible_versions(actor)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme))
        .where(
            SchemeVersion.state == SchemeState.PUBLISHED,
            open_period(SchemeVersion.valid_from, SchemeVersion.valid_to, day),
        )
        .order_by(SchemeVersion.purpose, Scheme.bureau_id.is_not(None), SchemeVersion.id)
    )
    return list(session.scalars(statement))


def scheme_rows(actor: Actor, *, purpose: str | None, state: str | None) -> Select[*tuple[Any, ...]]:
    """Versions as the list shows them, unordered; drafts only to the officers of their bureau."""
    statement = (
        visible_versions(actor).join(SchemeVersion.scheme).outerjoin(Body, Body.id == Scheme.bureau_id)
    )
    if purpose:
        statement = statement.where(SchemeVersion.purpose == purpose)
    if state:
        statement = statement.where(SchemeVersion.state == state)
    return statement.with_only_columns(
        SchemeVersion.id,
        Scheme.title,
        Scheme.title_en,
        SchemeVersion.number,
        SchemeVersion.state,
        SchemeVersion.purpose,
        SchemeVersion.work_kind,
        SchemeVersion.valid_from,
        SchemeVersion.valid_to,
        SchemeVersion.max_points,
        SchemeVersion.is_reference,
        SchemeVersion.error_count,
        Body.name.label("bureau_name"),
    )
