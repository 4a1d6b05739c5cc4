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
from agencyqa.engagements.team.enums import ChangeState
from agencyqa.engagements.team.forms import NameForm
from agencyqa.engagements.team.routes import bp
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.forms import Among
from agencyqa.web.labels import label_of


@bp.get("/<int:engagement_id>/team")
@requires(Permission.ENGAGEMENTS_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    changes = queries.changes_of(session, actor, engagement_id)
    pending = {row[0].id for row in changes if row[0].state is ChangeState.PROPOSED}
    return render_template(
        "team/show.html",
        engagement=engagement,
        places=queries.places_of(session, engagement_id, today()),
        changes=changes,
        can={
            "propose": policies.can_propose(actor, engagement),
            "name": policies.can_name(actor, engagement),
            "consent": pending if policies.can_consent(actor, engagement) else set(),
            "withdraw": {
                row[0].id
                for row in changes
                if row[0].id in pending and row[0].proposed_by_body_id == actor.body_id
            },
            "load": policies.sees_load(actor),
        },
    )


@bp.route("/<int:engagement_id>/team/name", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def name(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    if not policies.can_name(actor, engagement):
        raise Forbidden()
    contract, signed_on = engagement.contract_number, engagement.contract_signed_on
    form = NameForm()
    form.person_id.look_in(Among(candidate_choices(engagement)))
    refused: list[CheckView] = []
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            try:
                services.name_member(
                    actor, session, engagement, form.person_id.data, form.role.data, now=utc_now()
                )
                db.session.commit()
            except CommissionRefused as error:
                refused = views(session, error.checks, signed_on)
                raise
            flash(gettext("工作组人员已登记。"), "success")
            return redirect(url_for("team.show", engagement_id=engagement_id))
    page = render_template(
        "team/name.html", form=form, engagement_id=engagement_id, contract=contract, refused=refused
    )
    return page, form.status


def candidate_choices(engagement: Engagement) -> list[tuple[int, str]]:
    """Everybody with role and load in view."""
    return [
        (
            each.person_id,
            gettext(
                "%(name)s（%(role)s，在手业务 %(load)s 项）",
                name=each.name,
                role=label_of(each.role),
                load=each.load,
            ),
        )
        for each in queries.candidates_of(db.session(), engagement, today())
    ]
