"""Loading what is shipped, drafting schemes, and publishing them for good."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.permissions import Permission
from agencyqa.clock import day_before
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Refused, WrongState
from agencyqa.measures.compiled import compiled_content
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.fault_format import shipped_faults
from agencyqa.measures.measure_format import MeasurePart, VersionPart, shipped_measures
from agencyqa.measures.models import FaultCode, Measure, MeasureVersion, Provision, Scheme, SchemeVersion
from agencyqa.measures.policies import can_draft
from agencyqa.measures.queries import citation_keys, fault_keys, neighbours
from agencyqa.measures.scheme_format import CheckedFile, file_problems, parse_scheme
from agencyqa.measures.shipped import shipped_versions
from agencyqa.scoring import errors_of

log = logging.getLogger(__name__)

LOADER = system_actor("measures")


def load_reference_data(session: Session, now: datetime) -> int:
    """Add the shipped measures, fault codes and schemes that are not there yet; return how many were added.

    Versions of measures and schemes are counted, and codes.

    What is there stays as it is: a bureau may have completed it, and published schemes never change.
    """
    added = 0
    stored = {measure.key: measure for measure in session.scalars(select(Measure).order_by(Measure.id))}
    for position, part in enumerate(shipped_measures(), start=1):
        measure = stored.get(part.key) or _add_measure(session, part, position)
        added += _add_versions(session, measure, part, now)
    session.flush()
    added += _add_faults(session, now)
    for number, checked in shipped_versions():
        added += _ship_scheme(session, checked, number, now)
    return added


def _add_measure(session: Session, part: MeasurePart, position: int) -> Measure:
    measure = Measure(
        key=part.key,
        kind=part.kind,
        title=part.title.zh,
        title_en=part.title.en,
        title_is_ours=part.title.ours,
        position=position,
    )
    session.add(measure)
    session.flush()
    return measure


def _add_versions(session: Session, measure: Measure, part: MeasurePart, now: datetime) -> int:
    known = set(
        session.scalars(select(MeasureVersion.position).where(MeasureVersion.measure_id == measure.id))
    )
    added = 0
    for position, version in enumerate(part.versions, start=1):
        if position not in known:
            _add_version(session, measure, version, position, now)
            added += 1
    return added


def _add_version(session: Session, measure: Measure, part: VersionPart, position: int, now: datetime) -> None:
    version = MeasureVersion(
        measure_id=measure.id,
        position=position,
        doc_number=part.doc_number,
        number_year=part.number_year,
        issued_on=part.issued_on,
        effective_on=part.effective_on,
        valid_to=part.valid_to,
        tag=part.tag,
        note=part.note.zh if part.note else "",
        note_en=part.note.en if part.note else "",
    )
    session.add(version)
    session.flush()
    for number, provision in enumerate(part.provisions, start=1):
        session.add(
            Provision(
                measure_version_id=version.id,
                position=number,
                key=provision.key,
                article_number=provision.article,
                summary=provision.summary.zh,
                summary_en=provision.summary.en,
                tag=provision.tag,
            )
        )
    record(
        session,
        LOADER,
        "measures.measure.loaded",
        version,
        now=now,
        key=measure.key,
        doc_number=part.doc_number,
        effective_on=part.effective_on,
    )


def _add_faults(session: Session, now: datetime) -> int:
    known = set(session.scalars(select(FaultCode.code)))
    added = [
        FaultCode(
            code=fault.code,
            position=position,
            title=fault.title.zh,
            title_en=fault.title.en,
            unit=fault.unit.zh,
            unit_en=fault.unit.en,
            provision_key=fault.provision,
            is_counted_by_system=fault.is_counted_by_system,
            tag=fault.tag,
        )
        for position, fault in enumerate(shipped_faults(), start=1)
        if fault.code not in known
    ]
    if added:
        session.add_all(added)
        session.flush()
        # One entry for the whole catalogue: its codes were added together.
        record(
            session,
            LOADER,
            "measures.faults.loaded",
            added[0],
            now=now,
            codes=[fault.code for fault in added],
        )
    return len(added)


def _ship_scheme(session: Session, checked: CheckedFile, number: int, now: datetime) -> int:
    """Publish a version that is not there yet; the version before it ends the day before."""
    file = checked.file
    scheme = session.scalars(
        select(Scheme).where(Scheme.bureau_id.is_(None), Scheme.key == file.key)
    ).one_or_none()
    if scheme is None:
        scheme = Scheme(bureau_id=None, key=file.key, title=file.title.zh, title_en=file.title.en)
        session.add(scheme)
        session.flush()
    held = session.scalar(
        select(SchemeVersion.content_hash).where(
            SchemeVersion.scheme_id == scheme.id, SchemeVersion.number == number
        )
    )
    if held is not None:
        if held != checked.content_hash:
            log.warning("The shipped scheme %s differs from the published one, which stays.", file.key)
        return 0
    version = _version_of(checked, scheme, number, now)
    version.state = SchemeState.PUBLISHED
    version.published_at = now
    line = neighbours(session, bureau_id=None, purpose=file.purpose, work_kind=file.work_kind)
    session.add(version)
    session.flush()
    if line and line[-1].valid_from < version.valid_from and line[-1].valid_to is None:
        _end(session, LOADER, line[-1], version, now)
    record(
        session,
        LOADER,
        "measures.scheme.published",
        version,
        now=now,
        key=file.key,
        number=number,
        content_hash=checked.content_hash,
        valid_from=file.valid_from,
    )
    return 1


def _version_of(checked: CheckedFile, scheme: Scheme, number: int, now: datetime) -> SchemeVersion:
    version = SchemeVersion(scheme_id=scheme.id, number=number, state=SchemeState.DRAFT, created_at=now)
    _take_content(version, checked)
    return version


def _take_content(version: SchemeVersion, checked: CheckedFile) -> None:
    file = checked.file
    version.purpose = file.purpose
    version.work_kind = file.work_kind
    version.valid_from = file.valid_from
    version.max_points = file.max_points
    version.is_reference = file.is_reference
    version.content = checked.content
    version.content_hash = checked.content_hash


def draft_scheme(actor: Actor, session: Session, text: str | bytes, *, now: datetime) -> SchemeVersion:
    """Store a scheme file as the draft of the actor's bureau; a draft of the same key is overwritten.

    Raise FileError (``agencyqa.measures.reading``) with every fault of the file.
    """
    if not can_draft(actor) or actor.bureau_id is None:
        raise Forbidden()
    checked = parse_scheme(text, citation_keys(session), fault_keys(session))
    # Two people who draft the same new key at once would make it twice.
    _lock_bureau(session, actor.bureau_id)
    scheme = session.scalars(
        select(Scheme).where(Scheme.bureau_id == actor.bureau_id, Scheme.key == checked.file.key)
    ).one_or_none()
    if scheme is None:
        scheme = Scheme(
            bureau_id=actor.bureau_id,
            key=checked.file.key,
            title=checked.file.title.zh,
            title_en=checked.file.title.en,
        )
        session.add(scheme)
        session.flush()
    version = session.scalars(
        select(SchemeVersion).where(
            SchemeVersion.scheme_id == scheme.id, SchemeVersion.state == SchemeState.DRAFT
        )
    ).one_or_none()
    before = None if version is None else version.content_hash
    if version is None:
        highest = session.scalar(
            select(func.max(SchemeVersion.number)).where(SchemeVersion.scheme_id == scheme.id)
        )
        version = _version_of(checked, scheme, (highest or 0) + 1, now)
        session.add(version)
    else:
        _take_content(version, checked)
    version.drafted_by_id = actor.user_id
    record(
        session,
        actor,
        "measures.scheme.drafted",
        version,
        now=now,
        bureau_id=actor.bureau_id,
        changes={"content_hash": (before, checked.content_hash)},
        key=scheme.key,
        number=version.number,
    )
    return version


def publish_scheme(
    actor: Actor, session: Session, version: SchemeVersion, *, seen_version: int | None, now: datetime
) -> None:
    """Make a draft of the lead's own bureau immutable and let it begin on its first day.

    The version before it ends the day before. Raise Refused where that would overlap with a later one or
    where the draft has errors, WrongState for anything but a draft, Stale for an outdated page.
    """
    scheme = session.get_one(Scheme, version.scheme_id)
    if not actor.has(Permission.SCHEMES_PUBLISH) or scheme.bureau_id is None:
        raise Forbidden()
    if scheme.bureau_id != actor.bureau_id:
        raise Forbidden()
    # Two publications at once could each miss the other, so they queue at their bureau's row.
    _lock_bureau(session, scheme.bureau_id)
    if version.state is not SchemeState.DRAFT:
        raise WrongState("scheme_not_draft")
    check_version(version, seen_version)
    file = compiled_content(version.content_hash, version.number, version.content).file
    errors = errors_of(file_problems(file, citation_keys(session), fault_keys(session)))
    if errors:
        raise Refused("scheme_has_errors", count=len(errors))
    line = neighbours(
        session, bureau_id=scheme.bureau_id, purpose=version.purpose, work_kind=version.work_kind
    )
    later = [other for other in line if other.valid_from >= version.valid_from]
    if later:
        other = later[0]
        raise Refused(
            "scheme_validity_overlaps",
            valid_from=version.valid_from,
            other=other.scheme.title,
            number=other.number,
            other_from=other.valid_from,
        )
    if line and (line[-1].valid_to is None or line[-1].valid_to >= version.valid_from):
        _end(session, actor, line[-1], version, now)
    scheme.title, scheme.title_en = file.title.zh, file.title.en
    version.state = SchemeState.PUBLISHED
    version.published_at = now
    version.published_by_id = actor.user_id
    record(
        session,
        actor,
        "measures.scheme.published",
        version,
        now=now,
        bureau_id=scheme.bureau_id,
        changes={"state": (SchemeState.DRAFT, SchemeState.PUBLISHED)},
        key=scheme.key,
        number=version.number,
        content_hash=version.content_hash,
        valid_from=version.valid_from,
    )


def _end(
    session: Session, actor: Actor, before: SchemeVersion, successor: SchemeVersion, now: datetime
) -> None:
    last = day_before(successor.valid_from)
    old, before.valid_to = before.valid_to, last
    record(
        session,
        actor,
        "measures.scheme.ended",
        before,
        now=now,
        bureau_id=before.scheme.bureau_id,
        changes={"valid_to": (old, last)},
        key=before.scheme.key,
        number=before.number,
        successor=successor.id,
    )


def _lock_bureau(session: Session, bureau_id: int) -> None:
    session.execute(select(Body.id).where(Body.id == bureau_id).with_for_update())
