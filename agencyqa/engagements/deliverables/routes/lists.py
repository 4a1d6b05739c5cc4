from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables import policies, queries, services, workflow
from agencyqa.engagements.deliverables.enums import DeliverableState
from agencyqa.engagements.deliverables.forms import DeliverableFilter, KindFilter
from agencyqa.engagements.deliverables.requirements import CONCLUSIONS
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.deliverables.routes.loading import load_readable
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.queries import names_of
from agencyqa.extensions import db


@bp.get("/deliverables")
@requires(Permission.DELIVERABLES_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    # An expert knows neither states nor dates, so there is nothing of them he could ask for.
    filters = KindFilter.read() if actor.is_expert else DeliverableFilter.read()
    asked = {} if actor.is_expert else _asked(filters)
    page = queries.deliverable_page(
        db.session(),
        actor,
        request.args,
        kind=filters.kind.data,
        **asked,
    )
    return render_template(
        "deliverables/index.html",
        page=page,
        filters=filters,
        # A department sees dates and lateness only of what it commissioned, an expert nowhere.
        own_terms=actor.body_id if actor.is_department or actor.is_expert else None,
        can={
            "read_tables": policies.can_read_tables(actor),
            "engagements": actor.has(Permission.ENGAGEMENTS_READ),
            "terms": not actor.is_expert,
        },
    )


def _asked(filters: Any) -> dict[str, Any]:
    return {
        "state": filters.state.data,
        "is_late": bool(filters.late.data),
        "was_late": bool(filters.was_late.data),
        "is_waiting": bool(filters.waiting.data),
    }


@bp.get("/<int:engagement_id>/deliverables")
@requires(Permission.DELIVERABLES_READ)
def of_engagement(engagement_id: int) -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    engagement = load_readable(engagement_id)
    slots = queries.slots_of(session, actor, engagement_id)
    is_over = engagement.state is EngagementState.TERMINATED
    may_upload = policies.can_upload(actor, engagement)
    may_decide = policies.can_decide(actor, engagement) and not is_over
    open_slots = {
        slot.row.id
        for slot in slots
        if workflow.is_open(engagement.state, slot.row.kind, slot.row.state)
        and not (engagement.is_clerical_only and slot.row.kind in CONCLUSIONS)
    }
    waiting = [
        version
        for slot in slots
        for version in slot.versions
        if version.submission_id is None and slot.row.id in open_slots
    ]
    return render_template(
        "deliverables/of_engagement.html",
        engagement=engagement,
        names=names_of(session, engagement),
        slots=slots,
        receipts=queries.submission_rows(session, actor, engagement_id),
        waiting=waiting,
        can={
            "terms": policies.sees_terms(actor, engagement),
            "engagement": actor.has(Permission.ENGAGEMENTS_READ),
            "upload": open_slots if may_upload else frozenset(),
            "withdraw": may_upload,
            "decide": {
                slot.row.id for slot in slots if may_decide and slot.row.state is DeliverableState.SUBMITTED
            },
            "change_due": policies.can_change_due(actor, engagement)
            and not is_over
            and not is_year_final(session, engagement.bureau_id, engagement.assessment_year),
            # The page of the reviews offers to open one; the deliverables below only lead there.
            "review": may_upload,
            "submit": policies.can_submit(actor, engagement) and bool(waiting),
            "expect": policies.can_expect(actor, engagement) and not is_over and not slots,
            "add": may_upload and engagement.state is EngagementState.CONTRACTED,
        },
    )


@bp.post("/<int:engagement_id>/deliverables/expect")
@requires(Permission.DELIVERABLES_READ)
def expect(engagement_id: int) -> ResponseReturnValue:
    """The list of an engagement from before there were lists; a page that is only looked at writes nothing."""
    services.expect(current_actor(), db.session(), load_engagement(engagement_id), now=utc_now())
    db.session.commit()
    flash(gettext("已列出应交成果。"), "success")
    return redirect(url_for("deliverables.of_engagement", engagement_id=engagement_id))
