"""The agency's side of a rectification order: writing, evidence, handing in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import WrongState
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.inspections import order_policies
from agencyqa.inspections.models import EvidenceFile, RectificationOrder
from agencyqa.inspections.order_forms import AnswerForm, EvidenceForm, SubmitForm
from agencyqa.inspections.queries import orders as queries
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.orders import load_order
from agencyqa.inspections.services import answers as services
from agencyqa.web.loading import one_or_404


@bp.route("/orders/<int:order_id>/answer", methods=["GET", "POST"])
@requires(Permission.RECTIFICATIONS_ANSWER)
def answer_order(order_id: int) -> ResponseReturnValue:
    actor, order = current_actor(), load_order(order_id)
    services.check_can_answer(actor, order)
    form = AnswerForm()
    if form.validate_on_submit():
        with form.catching():
            services.save_answer(
                actor, db.session(), order, form.text.data, seen_version=form.version.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("整改情况已保存，提交之前只有本机构可见。"), "success")
            return redirect(url_for("inspections.answer_order", order_id=order_id))
    draft = services.draft_of(db.session(), order)
    if not form.is_submitted() and draft is not None:
        form.version.data, form.text.data = draft.version, draft.text
    files = queries.evidence_of(db.session(), actor, order_id)
    return (
        render_template(
            "inspections/order_answer.html",
            form=form,
            order=order,
            label=queries.order_label(order.year, order.number),
            draft=draft,
            files=files.get(draft.id, []) if draft is not None else [],
        ),
        form.status,
    )


@bp.route("/orders/<int:order_id>/answer/submit", methods=["GET", "POST"])
@requires(Permission.RECTIFICATIONS_ANSWER)
def submit_answer(order_id: int) -> ResponseReturnValue:
    actor, order = current_actor(), load_order(order_id)
    services.check_can_answer(actor, order)
    form = SubmitForm()
    if form.validate_on_submit():
        with form.catching():
            services.submit_answer(actor, db.session(), order, seen_version=form.version.data, now=utc_now())
            db.session.commit()
            flash(gettext("整改情况已提交，等待财政局核查。"), "success")
            return redirect(url_for("inspections.order", order_id=order_id))
    draft = services.draft_of(db.session(), order)
    if draft is None:
        raise WrongState("nothing_to_submit")
    if not form.is_submitted():
        form.version.data = draft.version
    files = queries.evidence_of(db.session(), actor, order_id)
    return (
        render_template(
            "inspections/order_submit.html",
            form=form,
            order=order,
            label=queries.order_label(order.year, order.number),
            draft=draft,
            files=files.get(draft.id, []),
        ),
        form.status,
    )


@bp.route("/orders/<int:order_id>/answer/evidence", methods=["GET", "POST", "PUT"])
@requires(Permission.RECTIFICATIONS_ANSWER)
@takes_files(_l("整改佐证"))
def add_answer_evidence(order_id: int) -> ResponseReturnValue:
    order = load_order(order_id)
    services.check_can_answer(current_actor(), order)
    form = EvidenceForm()

    def save(kept: KeptFile | None) -> str:
        if kept is not None:
            services.add_evidence(
                current_actor(),
                db.session(),
                order,
                kept.stored,
                kept.name,
                note=form.note.data,
                now=utc_now(),
            )
        return url_for("inspections.answer_order", order_id=order_id)

    def page() -> str:
        return render_template(
            "inspections/order_evidence.html",
            form=form,
            order=order,
            label=queries.order_label(order.year, order.number),
        )

    return take_upload(form, save, page=page)


@bp.post("/orders/<int:order_id>/answer/evidence/<int:evidence_id>/withdraw")
@requires(Permission.RECTIFICATIONS_ANSWER)
def withdraw_answer_evidence(order_id: int, evidence_id: int) -> ResponseReturnValue:
    order = load_order(order_id)
    evidence = _load_evidence(order_id, evidence_id)
    services.withdraw_evidence(current_actor(), db.session(), order, evidence, now=utc_now())
    db.session.commit()
    flash(gettext("材料已撤下。"), "success")
    return redirect(url_for("inspections.answer_order", order_id=order_id))


@bp.get("/orders/<int:order_id>/evidence/<int:evidence_id>")
@requires(Permission.INSPECTIONS_READ)
def answer_evidence(order_id: int, evidence_id: int) -> ResponseReturnValue:
    evidence = _load_evidence(order_id, evidence_id)
    stored = db.session.get_one(StoredFile, evidence.file_id)
    return download(stored, evidence.file_name)


def _load_evidence(order_id: int, evidence_id: int) -> EvidenceFile:
    return one_or_404(
        order_policies.visible_evidence(current_actor()).where(
            EvidenceFile.id == evidence_id, RectificationOrder.id == order_id
        )
    )
