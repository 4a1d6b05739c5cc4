from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.checks import CheckView, views
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.team import policies, queries, services
from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.forms import ChangeForm, ConsentForm
from agencyqa.engagements.team.models import TeamChange
from agencyqa.engagements.team.routes import bp
from agencyqa.engagements.team.routes.members import candidate_choices
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.i18n import aside
from agencyqa.web.forms import Among, VersionedForm
from agencyqa.web.labels import label_of
from agencyqa.web.loading import one_or_404


@bp.route("/<int:engagement_id>/team/propose", methods=["GET", "POST"])
@requires(Permission.TEAM_PROPOSE)
def propose(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    if not policies.can_propose(actor, engagement):
        raise Forbidden()
    contract = engagement.contract_number
    form = ChangeForm()
    form.joins_id.look_in(Among(candidate_choices(engagement)))
    form.leaves_id.choices = [
        (place.person_id, aside(place.name, label_of(place.role)))
        for place in queries.places_of(session, engagement_id, today())
        if place.valid_to is None
    ]
    if not form.is_submitted():
        form.role.data = TeamRole.MEMBER
    refused: list[CheckView] = []
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            try:
                services.propose_change(
                    actor,
                    session,
                    engagement,
                    form.data_object(),
                    form_token=form.form_token.data,
                    now=utc_now(),
                )
                db.session.commit()
            except CommissionRefused as error:
                refused = views(session, error.checks, today())
                raise
            flash(gettext("人员变更已提出，等待委托方同意。"), "success")
            return redirect(url_for("team.show", engagement_id=engagement_id))
    page = render_template(
        "team/propose.html", form=form, engagement_id=engagement_id, contract=contract, refused=refused
    )
    return page, form.status


@bp.route("/team/changes/<int:change_id>", methods=["GET", "POST"])
@requires(Permission.TEAM_CONSENT)
def decide(change_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    change = _load_change(change_id)
    engagement = session.get_one(Engagement, change.engagement_id)
    if not policies.can_consent(actor, engagement):
        raise Forbidden("team_commissioner_consents")
    engagement_id, contract = engagement.id, engagement.contract_number
    row = next(row for row in queries.changes_of(session, actor, engagement_id) if row[0].id == change_id)
    facts = (row.joins, row.leaves, change.role, change.reason, row.proposed_by, change.state)
    form = ConsentForm(obj=change)
    form.action.choices = [
        (each.value, label_of(each)) for each in (ChangeAction.CONSENT, ChangeAction.DECLINE)
    ]
    if not form.is_submitted():
        form.reason.data = ""
    refused: list[CheckView] = []
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            try:
                services.decide_change(
                    actor,
                    session,
                    change,
                    form.action.data,
                    form.reason.data,
                    seen_version=form.version.data,
                    now=utc_now(),
                )
                db.session.commit()
            except CommissionRefused as error:
                refused = views(session, error.checks, today())
                raise
            flash(gettext("意见已保存。"), "success")
            return redirect(url_for("team.show", engagement_id=engagement_id))
    page = render_template(
        "team/decide.html",
        form=form,
        facts=facts,
        engagement_id=engagement_id,
        contract=contract,
        refused=refused,
    )
    return page, form.status


@bp.route("/team/changes/<int:change_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.TEAM_PROPOSE)
def withdraw(change_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    change = _load_change(change_id)
    if change.proposed_by_body_id != actor.body_id:
        raise Forbidden()
    engagement = session.get_one(Engagement, change.engagement_id)
    engagement_id, contract = engagement.id, engagement.contract_number
    form = VersionedForm(obj=change)
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_change(actor, session, change, seen_version=form.version.data, now=utc_now())
            db.session.commit()
            flash(gettext("人员变更已撤回。"), "success")
            return redirect(url_for("team.show", engagement_id=engagement_id))
    page = render_template("team/withdraw.html", form=form, engagement_id=engagement_id, contract=contract)
    return page, form.status


def _load_change(change_id: int) -> TeamChange:
    return one_or_404(policies.visible_changes(current_actor()).where(TeamChange.id == change_id))
