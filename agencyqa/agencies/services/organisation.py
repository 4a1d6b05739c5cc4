"""Branches inside their head office, and the internal rules an agency has handed in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import DocumentKind
from agencyqa.agencies.models import Agency, AgencyDocument, Branch
from agencyqa.agencies.policies import can_keep_documents, visible_to
from agencyqa.agencies.queries.record import own_registration
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.files.models import StoredFile


@dataclass(frozen=True)
class BranchData:
    name: str
    valid_from: date
    address: str = ""
    head: str = ""


def open_branch(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: BranchData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Branch:
    """Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError."""
    registration = writable(session, actor, agency.id)
    problems = branch_problems(data, now)
    if problems:
        raise Invalid("invalid", **problems)
    branch = Branch(agency_id=agency.id, form_token=form_token, **asdict(data))
    session.add(branch)
    session.flush()
    record(
        session,
        actor,
        "agencies.branch.opened",
        branch,
        now=now,
        bureau_id=registration.bureau_id,
        changes={name: (None, value) for name, value in asdict(data).items() if value},
        agency_id=agency.id,
    )
    return branch


def branch_problems(data: BranchData, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not data.name.strip():
        problems["name"] = "required"
    if data.valid_from > local_date(now):
        problems["valid_from"] = "day_in_future"
    return problems


def close_branch(actor: Actor, session: Session, branch: Branch, *, on: date, now: datetime) -> None:
    """``on`` is the last day. Raise NotVisible, Forbidden, WrongState, Invalid."""
    registration = writable(session, actor, branch.agency_id)
    # The row is read again under lock, so that of two who close it at once only one does.
    session.scalars(select(Branch).where(Branch.id == branch.id).with_for_update()).one()
    session.refresh(branch)
    if branch.valid_to is not None:
        raise WrongState("branch_closed")
    if on < branch.valid_from:
        raise Invalid(on=("ends_before_start_of", {"day": branch.valid_from}))
    branch.valid_to = on
    session.flush()
    record(
        session,
        actor,
        "agencies.branch.closed",
        branch,
        now=now,
        bureau_id=registration.bureau_id,
        changes={"valid_to": (None, on)},
        agency_id=branch.agency_id,
        name=branch.name,
    )


def add_document(
    actor: Actor,
    session: Session,
    agency: Agency,
    kind: DocumentKind,
    stored: StoredFile,
    file_name: str,
    *,
    valid_from: date,
    now: datetime,
) -> AgencyDocument:
    """The next version of a paper, by a bureau that registers the agency. Raise NotVisible, Forbidden, Invalid."""
    if session.scalar(visible_to(actor).where(Agency.id == agency.id)) is None:
        raise NotVisible()
    registration = own_registration(session, actor, agency.id) if actor.bureau_id is not None else None
    if not can_keep_documents(actor, registration):
        raise Forbidden()
    session.flush()
    last = session.scalars(
        select(AgencyDocument)
        .where(AgencyDocument.agency_id == agency.id, AgencyDocument.kind == kind)
        .order_by(AgencyDocument.number.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and (last.sha256, last.valid_from) == (stored.sha256, valid_from):
        raise Invalid("invalid", file=("document_same_file", {"number": last.number}))
    document = AgencyDocument(
        agency_id=agency.id,
        kind=kind,
        number=1 if last is None else last.number + 1,
        file_id=stored.id,
        file_name=file_name,
        sha256=stored.sha256,
        size=stored.size,
        valid_from=valid_from,
        uploaded_at=now,
        uploaded_by_id=actor.user_id,
    )
    session.add(document)
    session.flush()
    record(
        session,
        actor,
        "agencies.document.added",
        document,
        now=now,
        bureau_id=registration.bureau_id if registration else None,
        agency_id=agency.id,
        kind=kind,
        number=document.number,
        file_name=file_name,
        sha256=stored.sha256,
    )
    return document
