"""A department answers a problem addressed to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.evaluations import policies, services
from agencyqa.evaluations.forms.fields import AnswerForm
from agencyqa.evaluations.queries.problems import problem_views
from agencyqa.evaluations.queries.records import names_of
from agencyqa.evaluations.routes import bp
from agencyqa.evaluations.routes.loading import load
from agencyqa.extensions import db
from agencyqa.measures.reckoning import reckon


@bp.route("/<int:record_id>/problems/<int:problem_id>/answer", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_ANSWER)
def answer(record_id: int, problem_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    views = {each.problem.id: each for each in problem_views(session, record, reckon(session, today()))}
    view = views.get(problem_id)
    if view is None:
        raise NotVisible()
    if not policies.can_answer(actor, record, view.problem):
        raise Forbidden("only_addressed_answers")
    form = AnswerForm()
    if not form.is_submitted():
        form.seen.data = view.last_number
    names = names_of(session, record)
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.answer_problem(
                actor,
                session,
                record,
                view.problem,
                form.data_object(),
                seen_number=form.seen.data or 0,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("答复已保存，并已告知机构和财政局。"), "success")
            return redirect(url_for("evaluations.show", record_id=record_id, _anchor="problems"))
    page = render_template(
        "evaluations/answer.html", form=form, view=view, record_id=record_id, object=names.object
    )
    return page, form.status
