"""Two versions of a deliverable beside each other: the files, and the text of Word files and PDFs."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.deliverables import queries
from agencyqa.engagements.deliverables.comparing import Kind, Part, differences
from agencyqa.engagements.deliverables.pdf_text import Busy, NoTextLayer, essence_of, lines_of, sentences_of
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.deliverables.routes.loading import load_deliverable
from agencyqa.engagements.deliverables.word_text import LARGEST, NoText, paragraphs_of
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.files.serving import check_may_leave
from agencyqa.web import bodies
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
    parts, refusal = _compared(old, new)
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
        has_pdf=FileKind.PDF in {old.file_kind, new.file_kind},
        changes=0 if parts is None else sum(part.kind is not Kind.SAME for part in parts),
    )


def _compared(old: Row[*tuple[Any, ...]], new: Row[*tuple[Any, ...]]) -> tuple[list[Part] | None, str]:
    """What changed in the text, or None and the reason why that is not told."""
    kinds = {old.file_kind, new.file_kind}
    try:
        if kinds == {FileKind.DOCX}:
            return differences(_text(old), _text(new)), ""
        if kinds <= {FileKind.DOCX, FileKind.PDF}:
            # A PDF has lines and no paragraphs, so both sides are taken sentence by sentence.
            return differences(sentences_of(_text(old)), sentences_of(_text(new)), essence_of), ""
    except NoText:
        return None, "unreadable"
    except NoTextLayer:
        return None, "scan"
    except Busy:
        return None, "busy"
    except ValueError:
        return None, "long"
    return None, "kind"


def _text(version: Row[*tuple[Any, ...]]) -> list[str]:
    """Raise NoText, NoTextLayer, Busy, ValueError for a file too large, WrongState where a scanner forbids it."""
    stored = db.session.scalars(select(StoredFile).where(StoredFile.sha256 == version.sha256)).one()
    check_may_leave(stored)
    if stored.size > LARGEST:
        raise ValueError("too large")
    with open_stored(stored) as stream:
        if version.file_kind is FileKind.PDF:
            return lines_of(stream, current_app.config[bodies.FOLDER])
        return paragraphs_of(stream)
