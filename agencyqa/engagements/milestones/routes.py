"""Pages on which a bureau lengthens a term, lets it stand still, and lets it go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.deliverables import policies
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.routes.loading import load_deliverable
from agencyqa.engagements.milestones import services
from agencyqa.engagements.milestones.forms import Counting, ExtendForm, PauseForm, ResumeForm
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.forms import VersionedForm

bp = Blueprint("milestones", __name__, url_prefix="/engagements")


@bp.route("/<int:engagement_id>/deliverables/<int:deliverable_id>/extend", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def extend(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    deliverable, context = _load(engagement_id, deliverable_id)
    form = ExtendForm(data={"version": deliverable.version})

    def act() -> None:
        services.extend_term(
            current_actor(),
            db.session(),
            deliverable,
            form.working_days.data,
            form.grounds,
            seen_version=form.version.data,
            now=utc_now(),
        )

    return _answer("milestones/extend.html", form, act, deliverable, context)


@bp.route("/<int:engagement_id>/deliverables/<int:deliverable_id>/pause", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def pause(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    deliverable, context = _load(engagement_id, deliverable_id)
    form = PauseForm(data={"version": deliverable.version, "began_on": today()})

    def act() -> None:
        services.pause_term(
            current_actor(),
            db.session(),
            deliverable,
            form.began_on.data,
            form.grounds,
            seen_version=form.version.data,
            now=utc_now(),
        )

    return _answer("milestones/pause.html", form, act, deliverable, context)


@bp.route("/<int:engagement_id>/deliverables/<int:deliverable_id>/resume", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def resume(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    deliverable, context = _load(engagement_id, deliverable_id)
    form = ResumeForm(data={"version": deliverable.version, "ended_on": today(), "anew": Counting.GO_ON})

    def act() -> None:
        services.resume_term(
            current_actor(),
            db.session(),
            deliverable,
            form.ended_on.data,
            form.ending.data,
            anew=form.anew.data is Counting.ANEW,
            seen_version=form.version.data,
            now=utc_now(),
        )

    return _answer("milestones/resume.html", form, act, deliverable, context)


def _load(engagement_id: int, deliverable_id: int) -> tuple[Deliverable, dict[str, Any]]:
    """The deliverable and what the page shows of it, read before a refusal rolls it back."""
    engagement, deliverable = load_deliverable(engagement_id, deliverable_id)
    if not policies.can_change_due(current_actor(), engagement):
        raise Forbidden()
    return deliverable, {
        "engagement_id": engagement_id,
        "deliverable_id": deliverable_id,
        "kind": deliverable.kind,
        "what": deliverable.title,
        "due_on": deliverable.due_on,
        "is_provisional": deliverable.is_due_provisional,
        "paused_on": deliverable.paused_on,
        "contract": engagement.contract_number,
    }


def _answer(
    template: str,
    form: VersionedForm,
    act: Callable[[], None],
    deliverable: Deliverable,
    context: dict[str, Any],
) -> ResponseReturnValue:
    if form.validate_on_submit():
        with form.catching():
            act()
            paused_on, due_on = deliverable.paused_on, deliverable.due_on
            db.session.commit()
            if paused_on is None:
                flash(gettext("期限现为 %(due_on)s，并通知机构。", due_on=due_on), "success")
            else:
                flash(gettext("期限自 %(day)s 起中止，并通知机构。", day=paused_on), "success")
            return redirect(url_for("deliverables.of_engagement", engagement_id=context["engagement_id"]))
    return render_template(template, form=form, action=request.path, **context), form.status
