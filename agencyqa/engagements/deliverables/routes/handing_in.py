from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables import policies, services
from agencyqa.engagements.deliverables.forms import OtherForm, SubmitForm
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.loading import load_engagement
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.messages import sentence

CONSTRAINTS = {"uq_submissions_form_token": ("form_token", "already_submitted")}


@bp.route("/<int:engagement_id>/deliverables/submit", methods=["GET", "POST"])
@requires(Permission.DELIVERABLES_SUBMIT)
def submit(engagement_id: int) -> ResponseReturnValue:
    engagement = load_engagement(engagement_id)
    if not policies.can_submit(current_actor(), engagement):
        raise Forbidden()
    form = SubmitForm()
    contract = engagement.contract_number
    found = services.waiting(db.session(), engagement)
    files = [
        {
            "kind": deliverable.kind,
            "title": deliverable.title,
            "number": version.number,
            "name": version.file_name,
            "size": version.size,
            "sha256": version.sha256,
            "uploaded_at": version.uploaded_at,
        }
        for deliverable, version in found.pairs
    ]
    obstacle = services.obstacle(db.session(), engagement, found)
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            submission = services.submit(
                current_actor(),
                db.session(),
                engagement,
                note=form.note.data,
                form_token=form.form_token.data,
                now=utc_now(),
            )
            submission_id = submission.id
            db.session.commit()
            flash(gettext("成果已提交，请保存回执。"), "success")
            return redirect(
                url_for("deliverables.receipt", engagement_id=engagement_id, submission_id=submission_id)
            )
    page = render_template(
        "deliverables/submit.html",
        form=form,
        engagement_id=engagement_id,
        contract=contract,
        files=files,
        missing=found.missing,
        review=None if obstacle is None else sentence(obstacle[0], **obstacle[1]),
    )
    return page, form.status


@bp.route("/<int:engagement_id>/deliverables/other", methods=["GET", "POST"])
@requires(Permission.DELIVERABLES_UPLOAD)
def add_other(engagement_id: int) -> ResponseReturnValue:
    engagement = load_engagement(engagement_id)
    if not policies.can_upload(current_actor(), engagement):
        raise Forbidden()
    form = OtherForm()
    contract = engagement.contract_number
    if form.validate_on_submit():
        with form.catching():
            deliverable = services.add_other(
                current_actor(), db.session(), engagement, form.title.data, now=utc_now()
            )
            deliverable_id = deliverable.id
            db.session.commit()
            return redirect(
                url_for("deliverables.upload", engagement_id=engagement_id, deliverable_id=deliverable_id)
            )
    page = render_template(
        "deliverables/other.html", form=form, engagement_id=engagement_id, contract=contract
    )
    return page, form.status
