from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables import policies, queries, services
from agencyqa.engagements.deliverables.enums import Decision
from agencyqa.engagements.deliverables.forms import DecisionForm, DueForm
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.deliverables.routes.loading import load_deliverable
from agencyqa.errors import Forbidden
from agencyqa.extensions import db


@bp.route("/<int:engagement_id>/deliverables/<int:deliverable_id>/decide", methods=["GET", "POST"])
@requires(Permission.DELIVERABLES_ACCEPT)
def decide(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    actor = current_actor()
    engagement, deliverable = load_deliverable(engagement_id, deliverable_id)
    if not policies.can_decide(actor, engagement):
        raise Forbidden()
    form = DecisionForm(obj=deliverable)
    if not form.is_submitted():
        wanted = request.args.get("decision", "")
        form.decision.data = Decision(wanted) if wanted in set(Decision) else None
    versions = [
        row
        for row in queries.version_rows(db.session(), actor, engagement_id)
        if row.deliverable_id == deliverable_id
    ]
    context = _context(deliverable, engagement.contract_number)
    if form.validate_on_submit():
        with form.catching():
            version = services.decide(
                actor,
                db.session(),
                deliverable,
                form.decision.data,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            accepted = version.decision is Decision.ACCEPTED
            db.session.commit()
            flash(gettext("已验收，并通知机构。") if accepted else gettext("已退回，并通知机构。"), "success")
            return redirect(url_for("deliverables.of_engagement", engagement_id=engagement_id))
    page = render_template(
        "deliverables/decide.html", form=form, newest=versions[0] if versions else None, **context
    )
    return page, form.status


@bp.route("/<int:engagement_id>/deliverables/<int:deliverable_id>/due", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def change_due(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    actor = current_actor()
    engagement, deliverable = load_deliverable(engagement_id, deliverable_id)
    if not policies.can_change_due(actor, engagement):
        raise Forbidden()
    form = DueForm(data={"version": deliverable.version})
    context = _context(deliverable, engagement.contract_number)
    if form.validate_on_submit():
        with form.catching():
            services.change_due(
                actor,
                db.session(),
                deliverable,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            due_on = deliverable.due_on
            db.session.commit()
            flash(gettext("期限已定为 %(due_on)s，并通知机构。", due_on=due_on), "success")
            return redirect(url_for("deliverables.of_engagement", engagement_id=engagement_id))
    return render_template("deliverables/due.html", form=form, **context), form.status


def _context(deliverable: Deliverable, contract: str) -> dict[str, Any]:
    """What the page shows, read before a refusal rolls the deliverable back."""
    return {
        "engagement_id": deliverable.engagement_id,
        "deliverable_id": deliverable.id,
        "kind": deliverable.kind,
        "what": deliverable.title,
        "state": deliverable.state,
        "due_on": deliverable.due_on,
        "is_provisional": deliverable.is_due_provisional,
        "is_handed_in": deliverable.first_submitted_at is not None,
        "late_days": deliverable.late_days,
        "contract": contract,
    }
