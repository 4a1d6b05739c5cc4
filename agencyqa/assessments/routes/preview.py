"""A scheme as its scorers will see it, before it is published: a page of its own, and a panel beside the editor."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from agencyqa.assessments.forms.preview_page import part_of, preview_of
from agencyqa.assessments.routes import bp
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db
from agencyqa.measures import queries
from agencyqa.measures.drafting.checking import DraftCheck, check
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.panels import draft_previews
from agencyqa.measures.policies import visible_versions
from agencyqa.web.loading import one_or_404
from agencyqa.web.panels import rendered


@bp.get("/schemes/<int:version_id>/preview")
@requires(Permission.SCHEMES_WRITE)
def scheme_preview(version_id: int) -> ResponseReturnValue:
    statement = visible_versions(current_actor()).where(SchemeVersion.id == version_id)
    version = one_or_404(statement.options(joinedload(SchemeVersion.scheme)))
    session = db.session()
    found = check(version.content, queries.citation_keys(session), queries.fault_keys(session))
    return render_template(
        "assessments/preview.html", version=version, preview=preview_of(session, version, found)
    )


def draft_panel(version: SchemeVersion, found: DraftCheck, key: str | None) -> Markup:
    """See ``measures.panels``."""
    preview = preview_of(db.session(), version, found)
    shown = preview if key is None else part_of(preview, key)
    return rendered(
        "assessments/_draft_preview.html",
        sections=shown.sections,
        vetoes=shown.vetoes,
        citations=shown.citations,
        left_out=shown.left_out,
        is_whole=key is None,
        is_reference=version.is_reference,
    )


draft_previews.append(draft_panel)
