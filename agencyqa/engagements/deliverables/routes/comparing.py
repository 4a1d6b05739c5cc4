"""Two versions of a deliverable beside each other: the files, and the text where both are Word files."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.deliverables import queries
from agencyqa.engagements.deliverables.comparing import Kind, differences
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.deliverables.routes.loading import load_deliverable
from agencyqa.engagements.deliverables.word_text import LARGEST, NoText, paragraphs_of
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.files.serving import check_may_leave
from agencyqa.web.loading import given_id


@bp.get("/<int:engagement_id>/deliverables/<int:deliverable_id>/compare")
@requires(Permission.DELIVERABLES_READ)
def compare(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    """``old`` and ``new`` are numbers of versions; without them the two newest that the reader sees."""
    engagement, deliverable = load_deliverable(engagement_id, deliverable_id)
    versions = [
        row
        for row in queries.version_rows(db.session(), current_actor(), engagement_id)
        if row.deliverable_id == deliverable_id
    ]
    if len(versions) < 2:
        raise NotVisible()
    by_number = {row.number: row for row in versions}
    new = by_number.get(given_id("new") or 0, versions[0])
    old = by_number.get(given_id("old") or 0, versions[1])
    parts, refusal = None, "kind"
    if old.file_kind is FileKind.DOCX and new.file_kind is FileKind.DOCX:
        try:
            parts = differences(_text(old), _text(new))
        except NoText:
            refusal = "unreadable"
        except ValueError:
            refusal = "long"
    return render_template(
        "deliverables/compare.html",
        engagement_id=engagement_id,
        deliverable_id=deliverable_id,
        contract=engagement.contract_number,
        kind=deliverable.kind,
        what=deliverable.title,
        versions=versions,
        old=old,
        new=new,
        parts=parts,
        refusal=refusal,
        changes=0 if parts is None else sum(part.kind is not Kind.SAME for part in parts),
    )


def _text(version: Row[*tuple[Any, ...]]) -> list[str]:
    """Raise NoText, ValueError where the file is too large, WrongState where a scanner's word forbids it."""
    stored = db.session.scalars(select(StoredFile).where(StoredFile.sha256 == version.sha256)).one()
    check_may_leave(stored)
    if stored.size > LARGEST:
        raise ValueError("too large")
    with open_stored(stored) as stream:
        return paragraphs_of(stream)
