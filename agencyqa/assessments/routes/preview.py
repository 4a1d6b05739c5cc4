"""A scheme as its scorers will see it, before it is published: the empty sheet, from which nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.forms.judging import judge_entry
from agencyqa.assessments.forms.page import SectionPage, sections_of
from agencyqa.assessments.queries.provisions import Citations, citations
from agencyqa.assessments.routes import bp
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db
from agencyqa.measures import queries
from agencyqa.measures.drafting.checking import check
from agencyqa.measures.drafting.showable import showable
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.policies import visible_versions
from agencyqa.measures.scheme_format import SchemeFile, to_scheme
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.scoring import Program, SchemeError, compile_scheme
from agencyqa.web.loading import one_or_404


@bp.get("/schemes/<int:version_id>/preview")
@requires(Permission.SCHEMES_WRITE)
def scheme_preview(version_id: int) -> ResponseReturnValue:
    """Of a draft with errors, the criteria that have none."""
    statement = visible_versions(current_actor()).where(SchemeVersion.id == version_id)
    version = one_or_404(statement.options(joinedload(SchemeVersion.scheme)))
    session = db.session()
    found = check(version.content, queries.citation_keys(session), queries.fault_keys(session))
    file, left_out = showable(found)
    texts = None if file is None else SchemeTexts(file, reader_language())
    program = None if file is None else _program(file, version.number)
    sections: Sequence[SectionPage] = ()
    cited: Citations = {}
    if program is not None and texts is not None:
        sections = sections_of(program, texts, judge_entry(program, texts, Entry()))
        cited = citations(session, texts, version.valid_from)
    return render_template(
        "assessments/preview.html",
        version=version,
        texts=texts,
        sections=sections,
        citations=cited,
        left_out=left_out,
    )


def _program(file: SchemeFile, number: int) -> Program | None:
    """None for a fault of the whole that no criterion is to blame for; the editor tells it."""
    try:
        return compile_scheme(to_scheme(file, number))
    except SchemeError:
        return None
