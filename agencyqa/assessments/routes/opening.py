"""Making the sheets of one engagement, or of a year."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.assessments.forms.fields import InviteForm, OpenedYearFilter, OpenForm, OpenYearForm
from agencyqa.assessments.forms.share_words import panel_text
from agencyqa.assessments.policies import can_open_sheets
from agencyqa.assessments.queries.experts import experts_of, invited_to
from agencyqa.assessments.routes import bp
from agencyqa.assessments.services.inviting import CONSTRAINTS, invite_experts
from agencyqa.assessments.services.sheets import Chooser, open_sheets, open_year, refused_in_year
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.i18n import aside
from agencyqa.web.forms import Among
from agencyqa.web.messages import sentence


@bp.route("/engagements/<int:engagement_id>/sheets", methods=["GET", "POST"])
@requires(Permission.SHEETS_FINALISE)
def open_for_engagement(engagement_id: int) -> ResponseReturnValue:
    actor = current_actor()
    engagement = load_engagement(engagement_id)
    if not can_open_sheets(actor, engagement):
        raise Forbidden("only_bureau_opens_sheets")
    form = OpenForm()
    if form.validate_on_submit():
        with form.catching():
            made = open_sheets(
                actor,
                db.session(),
                engagement,
                due_on=form.due_on.data,
                now=utc_now(),
            )
            db.session.commit()
            if made:
                flash(gettext("已下发 %(count)s 份评分表。", count=len(made)), "success")
            else:
                flash(gettext("这项业务的评分表已经齐全，没有新增。"), "info")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    page = render_template(
        "assessments/open.html", form=form, engagement=engagement, refusal=_refusal(engagement)
    )
    return page, form.status


@bp.route("/engagements/<int:engagement_id>/experts", methods=["GET", "POST"])
@requires(Permission.SHEETS_FINALISE)
def invite(engagement_id: int) -> ResponseReturnValue:
    actor = current_actor()
    engagement = load_engagement(engagement_id)
    if not can_open_sheets(actor, engagement):
        raise Forbidden("only_bureau_opens_sheets")
    session = db.session()
    known, invited = experts_of(session, engagement.bureau_id, today()), invited_to(session, engagement.id)
    form = InviteForm()
    people = [
        (each.user_id, aside(each.display_name, each.body_name))
        for each in known
        if each.user_id not in invited
    ]
    form.experts.look_in(Among(people))
    share = Chooser(session, engagement.bureau_id).panel(engagement)
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            made = invite_experts(
                actor, session, engagement, form.experts.data, due_on=form.due_on.data, now=utc_now()
            )
            session.commit()
            flash(gettext("已邀请 %(count)s 位专家，每人一份评分表。", count=len(made)), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    page = render_template(
        "assessments/invite.html",
        form=form,
        engagement=engagement,
        refusal=_refusal(engagement),
        is_anybody_left=bool(people),
        share=share,
        panel=panel_text(share.panel if share else None),
        invited=[each for each in known if each.user_id in invited],
    )
    return page, form.status


def _refusal(engagement: Engagement) -> str | None:
    """Why nobody scores this work: said before a form is filled in, not after."""
    if engagement.state is not EngagementState.TERMINATED:
        return None
    return sentence("engagement_terminated_no_sheets", contract=engagement.contract_number)


@bp.route("/sheets/open-year", methods=["GET", "POST"])
@requires(Permission.SHEETS_FINALISE)
def open_for_year() -> ResponseReturnValue:
    actor = current_actor()
    form = OpenYearForm()
    if form.validate_on_submit():
        with form.catching():
            done = open_year(
                actor,
                db.session(),
                form.year.data,
                due_on=form.due_on.data,
                now=utc_now(),
            )
            db.session.commit()
            if done.sheets:
                flash(gettext("已下发 %(count)s 份评分表。", count=len(done.sheets)), "success")
            else:
                flash(gettext("没有需要新下发的评分表。"), "info")
            # What was refused is told by the page itself, which a reload does not send again.
            return redirect(url_for("assessments.open_for_year", year=form.year.data))
    asked = OpenedYearFilter.read().year.data
    if not form.is_submitted():
        form.year.data = asked or today().year
    refused = [
        (each.engagement_id, each.contract_number, sentence(each.error.code, **each.error.params))
        for each in (refused_in_year(actor, db.session(), asked) if asked else [])
    ]
    return render_template("assessments/open_year.html", form=form, refused=refused), form.status
