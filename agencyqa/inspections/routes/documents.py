"""Records and orders as Word and PDF, and the Word template a bureau prints by."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from agencyqa.accounts.models import User
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, NotVisible, WrongState
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.inspections import order_policies, policies
from agencyqa.inspections.documents import pdf, word
from agencyqa.inspections.documents.content import order_content, record_content
from agencyqa.inspections.documents.schema import placeholders
from agencyqa.inspections.documents.template import default_template
from agencyqa.inspections.enums import CheckState
from agencyqa.inspections.models import RecordTemplate, SpotCheck
from agencyqa.inspections.order_forms import TemplateForm
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.orders import load_order
from agencyqa.inspections.services import templates as services
from agencyqa.web.loading import one_or_404


@bp.get("/<int:check_id>/record.docx")
@requires(Permission.INSPECTIONS_READ)
def record_docx(check_id: int) -> ResponseReturnValue:
    check, now = _load_recorded(check_id), utc_now()
    content = record_content(db.session(), current_actor(), check, now)
    made = word.filled(services.template_bytes(db.session(), check.bureau_id), content)
    return _attachment(made, word.MIMETYPE, f"监督检查记录-{content['number']}.docx")


@bp.get("/<int:check_id>/record.pdf")
@requires(Permission.INSPECTIONS_READ)
def record_pdf(check_id: int) -> ResponseReturnValue:
    check, now = _load_recorded(check_id), utc_now()
    content = record_content(db.session(), current_actor(), check, now)
    return _attachment(pdf.record_pdf(content, now), pdf.MIMETYPE, f"监督检查记录-{content['number']}.pdf")


@bp.get("/orders/<int:order_id>/order.pdf")
@requires(Permission.INSPECTIONS_READ)
def order_pdf(order_id: int) -> ResponseReturnValue:
    order, now = load_order(order_id), utc_now()
    content = order_content(db.session(), current_actor(), order, now)
    return _attachment(pdf.order_pdf(content, now), pdf.MIMETYPE, f"责令整改通知书-{content['number']}.pdf")


@bp.route("/template", methods=["GET", "POST", "PUT"])
@requires(Permission.INSPECTIONS_WRITE)
@takes_files(_l("检查文书模板"))
def template() -> ResponseReturnValue:
    actor, form = current_actor(), TemplateForm()
    if not order_policies.can_change_template(actor):
        raise Forbidden()

    def save(kept: KeptFile | None) -> str:
        if kept is not None:
            services.replace_template(current_actor(), db.session(), kept.stored, kept.name, now=utc_now())
        return url_for("inspections.template")

    def page() -> str:
        rows = db.session.execute(
            order_policies.visible_templates(actor)
            .outerjoin(User, User.id == RecordTemplate.entered_by_id)
            .with_only_columns(
                RecordTemplate.id,
                RecordTemplate.number,
                RecordTemplate.file_id,
                RecordTemplate.file_name,
                RecordTemplate.entered_at,
                User.display_name.label("entered_by"),
            )
            .order_by(RecordTemplate.number.desc())
            .limit(50)
        ).all()
        return render_template(
            "inspections/documents_template.html",
            form=form,
            rows=rows,
            is_own=bool(rows) and rows[0].file_id is not None,
            placeholders=list(placeholders()),
        )

    return take_upload(form, save, page=page)


@bp.get("/template/default.docx")
@requires(Permission.INSPECTIONS_WRITE)
def default_record_template() -> ResponseReturnValue:
    return _attachment(default_template(), word.MIMETYPE, "监督检查记录-默认模板.docx")


@bp.get("/template/<int:template_id>")
@requires(Permission.INSPECTIONS_WRITE)
def template_file(template_id: int) -> ResponseReturnValue:
    found = one_or_404(
        order_policies.visible_templates(current_actor()).where(RecordTemplate.id == template_id)
    )
    if found.file_id is None:
        raise NotVisible()
    stored = db.session.scalars(select(StoredFile).where(StoredFile.id == found.file_id)).one()
    return download(stored, found.file_name)


@bp.post("/template/reset")
@requires(Permission.INSPECTIONS_WRITE)
def reset_template() -> ResponseReturnValue:
    services.reset_template(current_actor(), db.session(), now=utc_now())
    db.session.commit()
    flash(gettext("已恢复默认模板。"), "success")
    return redirect(url_for("inspections.template"))


def _load_recorded(check_id: int) -> SpotCheck:
    check = one_or_404(policies.visible_checks(current_actor()).where(SpotCheck.id == check_id))
    if check.state is CheckState.CANCELLED:
        raise WrongState("wrong_state")
    return check


def _attachment(content: bytes, mimetype: str, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)
