"""Loading the measures, fault codes and schemes that come with the program."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.fault_format import shipped_faults
from agencyqa.measures.measure_format import MeasurePart, VersionPart, shipped_measures
from agencyqa.measures.models import FaultCode, Measure, MeasureVersion, Provision, Scheme, SchemeVersion
from agencyqa.measures.queries import neighbours
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.services.versions import end_version, take_content
from agencyqa.measures.shipped import shipped_versions

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
    version = SchemeVersion(
        scheme_id=scheme.id, number=number, state=SchemeState.PUBLISHED, created_at=now, published_at=now
    )
    take_content(version, checked)
    line = neighbours(session, bureau_id=None, purpose=file.purpose, work_kind=file.work_kind)
    session.add(version)
    session.flush()
    if line and line[-1].valid_from < version.valid_from and line[-1].valid_to is None:
        end_version(session, LOADER, line[-1], version, now)
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
