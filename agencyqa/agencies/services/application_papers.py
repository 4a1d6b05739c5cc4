"""Papers of an applicant: copies of licences, internal rules and quality control, before there is a record for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import ApplicationAction, DocumentKind
from agencyqa.agencies.models import Application, ApplicationFile
from agencyqa.agencies.queries.applications import papers_of_application
from agencyqa.agencies.services.applications import APPLICANT, expect_open
from agencyqa.audit.record import record
from agencyqa.errors import Invalid, NotVisible
from agencyqa.files.models import StoredFile

# Whoever has the link may send files, so their number has an end; those taken out again count, too.
MOST_PAPERS = 40


def add_paper(
    session: Session,
    application: Application,
    kind: DocumentKind,
    stored: StoredFile,
    file_name: str,
    *,
    now: datetime,
) -> ApplicationFile:
    """By whoever has the link, as long as the application is filled in. Raise WrongState, Invalid."""
    expect_open(application, ApplicationAction.EDIT, by_bureau=False)
    # The application's row is what two uploads at once meet at.
    application.changed_at = now
    session.flush()
    count_of_all = select(ApplicationFile.id).where(ApplicationFile.application_id == application.id)
    if len(session.scalars(count_of_all).all()) >= MOST_PAPERS:
        raise Invalid("invalid", file=("paper_too_many", {"maximum": MOST_PAPERS}))
    here = papers_of_application(session, application.id)
    if any((item.kind, item.sha256) == (kind, stored.sha256) for item in here):
        raise Invalid("invalid", file="paper_listed")
    paper = ApplicationFile(
        application_id=application.id,
        kind=kind,
        file_id=stored.id,
        file_name=file_name,
        sha256=stored.sha256,
        size=stored.size,
        uploaded_at=now,
    )
    session.add(paper)
    session.flush()
    _note(session, application, paper, "agencies.application.paper_added", now)
    return paper


def remove_paper(session: Session, application: Application, paper_id: int, *, now: datetime) -> None:
    """Raise WrongState, NotVisible."""
    expect_open(application, ApplicationAction.EDIT, by_bureau=False)
    paper = find_paper(session, application, paper_id)
    paper.removed_at = now
    application.changed_at = now
    session.flush()
    _note(session, application, paper, "agencies.application.paper_removed", now)


def find_paper(session: Session, application: Application, paper_id: int) -> ApplicationFile:
    """Raise NotVisible, also for one that was taken out again."""
    for paper in papers_of_application(session, application.id):
        if paper.id == paper_id:
            return paper
    raise NotVisible()


def _note(
    session: Session, application: Application, paper: ApplicationFile, event: str, now: datetime
) -> None:
    record(
        session,
        APPLICANT,
        event,
        paper,
        now=now,
        bureau_id=application.bureau_id,
        application_id=application.id,
        kind=paper.kind,
        file_name=paper.file_name,
        sha256=paper.sha256,
    )
