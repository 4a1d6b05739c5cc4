"""The list, one record, its workbook."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible_to as visible_engagements
from agencyqa.errors import NotVisible
from agencyqa.evaluations import policies, services
from agencyqa.evaluations.books.writing import write_record
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.forms.fields import RecordFilter
from agencyqa.evaluations.queries import records as queries
from agencyqa.evaluations.queries.problems import problem_views
from agencyqa.evaluations.routes import bp
from agencyqa.evaluations.routes.loading import WORKBOOK, engagement_of, load
from agencyqa.evaluations.views import view_of
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.measures.reckoning import reckon
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate


@bp.get("/")
@requires(Permission.EVALUATIONS_READ)
def index() -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    filters = RecordFilter.read(choices={"grade": queries.grade_choices(session, actor)})
    statement = queries.record_rows(
        actor,
        year=filters.year.data,
        grade=filters.grade.data or None,
        has_faults=bool(filters.faults.data),
        has_open=bool(filters.unanswered.data),
    )
    page = paginate(session, statement, queries.ORDER, request.args)
    return render_template(
        "evaluations/index.html",
        page=page,
        filters=filters,
        grades=queries.grades_in(session, page.rows),
        has_bureaus=len(actor.bureau_ids) > 1 or actor.is_agency,
        is_author=actor.has(Permission.EVALUATIONS_WRITE),
    )


@bp.get("/<int:record_id>")
@requires(Permission.EVALUATIONS_READ)
def show(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    engagement = engagement_of(record)
    view = view_of(session, record)
    problems = problem_views(session, record, reckon(session, today()))
    versions = queries.records_of_engagement(session, actor, record.engagement_id)
    can_assign = policies.can_assign(actor, record)
    newest = max(version.revision for version in versions)
    current = next((row for row in versions if row.is_current and row.state is RecordState.SUBMITTED), None)
    return render_template(
        "evaluations/show.html",
        record=record,
        view=view,
        problems=problems,
        versions=versions,
        current=current,
        answerable={each.problem.id for each in problems if policies.can_answer(actor, record, each.problem)},
        assignments=queries.assignments_of(session, record.engagement_id) if can_assign else [],
        day=today(),
        can={
            "edit": policies.can_edit(actor, record, engagement),
            "correct": policies.can_correct(actor, record, engagement) and newest == record.revision,
            "assign": can_assign,
            "read_engagement": queries.sees_engagement(actor, view.names),
            "source": record.file_id is not None and policies.sees_source_file(actor, record),
        },
    )


@bp.get("/<int:record_id>/export")
@requires(Permission.EVALUATIONS_READ)
def export(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    target = BytesIO()
    view = view_of(session, record)
    problems = problem_views(session, record, reckon(session, today()))
    write_record(target, view, problems, actor, now=utc_now())
    target.seek(0)
    name = f"{gettext('评价结果')}-{view.names.object_code}-{record.revision}.xlsx"
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=name)


@bp.get("/<int:record_id>/source")
@requires(Permission.EVALUATIONS_READ)
def source(record_id: int) -> ResponseReturnValue:
    """The workbook from which the record was filled in."""
    record = load(record_id)
    if record.file_id is None or not policies.sees_source_file(current_actor(), record):
        raise NotVisible()
    return download(db.session.get_one(StoredFile, record.file_id), record.file_name)


@bp.post("/of/<int:engagement_id>")
@requires(Permission.EVALUATIONS_WRITE)
def start(engagement_id: int) -> ResponseReturnValue:
    """Begin the record of an engagement; where it exists already, go on with it."""
    actor, session = current_actor(), db.session()
    engagement = one_or_404(visible_engagements(actor).where(Engagement.id == engagement_id))
    existing = queries.records_of_engagement(session, actor, engagement_id)
    if existing:
        return redirect(url_for("evaluations.show", record_id=existing[0].id))
    record = services.start_record(actor, session, engagement, now=utc_now())
    session.commit()
    flash(gettext("已建立评价结果草稿，可在页面填写，也可导入 Excel。"), "success")
    return redirect(url_for("evaluations.edit", record_id=record.id))
