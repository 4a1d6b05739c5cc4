from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import pages, policies, queries, services
from agencyqa.engagements.recusal.forms import CaseFilter, DecisionForm
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.routes import bp
from agencyqa.engagements.recusal.workflow import choices
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.labels import label_of
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate


@bp.get("/independence")
@requires(Permission.AGENCIES_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    filters = CaseFilter.read()
    rows = queries.case_rows(actor, state=filters.state.data)
    return render_template(
        "recusal/index.html",
        page=paginate(db.session(), rows, queries.CASE_ORDER, request.args),
        filters=filters,
        can={"read_terms": policies.can_read_terms(actor)},
    )


@bp.route("/independence/cases/<int:case_id>", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def decide(case_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    case = one_or_404(policies.visible_cases(actor).where(RecusalCase.id == case_id))
    engagement = session.get_one(Engagement, case.engagement_id)
    if not policies.can_decide(actor, engagement):
        raise Forbidden()
    engagement_id, contract = engagement.id, engagement.contract_number
    row = next(row for row in queries.cases_of(session, actor, engagement_id) if row[0].id == case_id)
    view = pages.case_view(session, row)
    cause, state = case.cause, case.state
    facts = (state, case.opened_at, view.person, view.decided_by, case.decided_at, case.reason)
    is_running = engagement.state is EngagementState.CONTRACTED
    year, is_final = (
        engagement.assessment_year,
        is_year_final(session, engagement.bureau_id, engagement.assessment_year),
    )
    open_choices = choices(
        state,
        is_running=is_running,
        has_left=queries.has_left(session, engagement_id, case.person_id),
        is_final=is_final,
    )
    form = DecisionForm(obj=case)
    form.action.choices = [(each.value, label_of(each)) for each in open_choices]
    if not form.is_submitted():
        form.action.data, form.reason.data = None, ""
    if form.validate_on_submit():
        with form.catching():
            services.decide_case(
                actor,
                session,
                case,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("决定已保存，机构已收到消息。"), "success")
            return redirect(url_for("recusal.show", engagement_id=engagement_id))
    page = render_template(
        "recusal/decide.html",
        form=form,
        findings=view.findings,
        person=view.person,
        cause=cause,
        state=state,
        facts=facts,
        engagement_id=engagement_id,
        contract=contract,
        is_open=bool(form.action.choices),
        is_running=is_running,
        final_year=year if is_final else None,
    )
    return page, form.status
