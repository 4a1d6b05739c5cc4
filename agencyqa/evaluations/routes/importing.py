"""Filling a draft from a workbook: the form to download, the upload, and the page that shows what would be stored."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, Invalid, Stale
from agencyqa.evaluations import policies, services
from agencyqa.evaluations.books.reading import Reading, read_book
from agencyqa.evaluations.books.writing import write_template
from agencyqa.evaluations.checks import examine
from agencyqa.evaluations.forms.fields import ConfirmForm
from agencyqa.evaluations.models import EvaluationImport, EvaluationRecord
from agencyqa.evaluations.queries.content import answering_choices, content_of, standard_for
from agencyqa.evaluations.queries.records import names_of
from agencyqa.evaluations.routes import bp
from agencyqa.evaluations.routes.loading import WORKBOOK, engagement_of, load
from agencyqa.evaluations.services.access import expect_draft
from agencyqa.evaluations.standards import rules_of
from agencyqa.evaluations.views import parts_of
from agencyqa.extensions import db
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.files.uploads import KeptFile, UploadForm, take_upload, takes_files
from agencyqa.spreadsheets.tables import Limits, Problem
from agencyqa.web import refusals
from agencyqa.web.loading import one_or_404
from agencyqa.web.messages import sentence


class WorkbookForm(UploadForm):
    pass


@bp.get("/<int:record_id>/template")
@requires(Permission.EVALUATIONS_WRITE)
def template(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = _own(actor, record_id)
    names = names_of(session, record)
    target = BytesIO()
    write_template(
        target,
        content_of(session, record),
        answering_choices(session, engagement_of(record)),
        title=gettext("评价结果填报表"),
        author=actor.body_name,
        now=utc_now(),
    )
    target.seek(0)
    name = f"{gettext('评价结果填报表')}-{names.object_code}.xlsx"
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=name)


@bp.route("/<int:record_id>/import", methods=["GET", "POST", "PUT"])
@requires(Permission.EVALUATIONS_WRITE)
@takes_files(_l("评价记录导入表"))
def import_book(record_id: int) -> ResponseReturnValue:
    actor = current_actor()
    record = _own(actor, record_id)
    expect_draft(actor, db.session(), record)
    contract = engagement_of(record).contract_number
    form = WorkbookForm()

    def save(kept: KeptFile | None) -> str:
        if kept is None or kept.stored.kind is not FileKind.XLSX:
            raise Invalid(file="only_xlsx_imported")
        session = db.session()
        received = services.receive_workbook(
            actor, session, load(record_id), file_id=kept.stored.id, file_name=kept.name, now=utc_now()
        )
        return url_for("evaluations.preview", record_id=record_id, import_id=received.id)

    def page() -> ResponseReturnValue:
        return render_template("evaluations/import.html", form=form, record_id=record_id, contract=contract)

    return take_upload(form, save, page=page)


@bp.route("/<int:record_id>/imports/<int:import_id>", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_WRITE)
def preview(record_id: int, import_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = _own(actor, record_id)
    received = _received(record, import_id)
    if received.confirmed_at is not None:
        # The second click of a double click finds the first one's work.
        flash(sentence("import_already_confirmed"), "info")
        return redirect(url_for("evaluations.edit", record_id=record_id))
    expect_draft(actor, session, record)
    form = ConfirmForm()
    reading = _read(record, received)
    if not form.is_submitted():
        # The draft as it was when the workbook came in: what was changed since must not be lost unseen.
        form.version.data = received.record_version
    elif form.validate_on_submit():
        if reading.data is None:
            raise Invalid("import_has_errors")
        try:
            services.confirm_import(
                actor,
                session,
                record,
                received,
                reading.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
        except (Stale, StaleDataError):
            session.rollback()
            refusals.tell(Stale())
            record = load(record_id)
            form.version.data = record.version
            received = _received(record, import_id)
            return _preview(record, received, form, reading, is_stale=True), Stale.status
        flash(gettext("已导入，草稿内容已替换。"), "success")
        return redirect(url_for("evaluations.edit", record_id=record_id))
    return _preview(record, received, form, reading, is_stale=False)


def _preview(
    record: EvaluationRecord,
    received: EvaluationImport,
    form: ConfirmForm,
    reading: Reading,
    *,
    is_stale: bool,
) -> str:
    session = db.session()
    engagement = engagement_of(record)
    current = content_of(session, record)
    shown = None
    if reading.data is not None:
        standard = rules_of(standard_for(session, engagement))
        result = examine(reading.data.statement(), standard)
        figures, rows, notes = parts_of(reading.data, result, result.checks, standard)
        shown = {"figures": figures, "rows": rows, "notes": notes, "content": reading.data}
    return render_template(
        "evaluations/preview.html",
        record=record,
        received=received,
        form=form,
        reading=reading,
        shown=shown,
        current=current,
        departments=dict(answering_choices(session, engagement)),
        contract=engagement.contract_number,
        is_stale=is_stale or form.version.data != record.version,
        problem_text=lambda problem: sentence(problem.code, **problem.params),
    )


def _own(actor: Actor, record_id: int) -> EvaluationRecord:
    record = load(record_id)
    if not policies.is_author(actor, record.agency_id):
        raise Forbidden()
    return record


def _received(record: EvaluationRecord, import_id: int) -> EvaluationImport:
    return one_or_404(
        select(EvaluationImport).where(
            EvaluationImport.id == import_id,
            EvaluationImport.record_id == record.id,
        )
    )


def _read(record: EvaluationRecord, received: EvaluationImport) -> Reading:
    """The workbook as the draft would take it; one that is too large is not even opened."""
    session = db.session()
    stored = session.get_one(StoredFile, received.file_id)
    limits = Limits()
    if stored.size > limits.file_bytes:
        megabytes = limits.file_bytes // 1024 // 1024
        return Reading(problems=[Problem("", None, "table.file_too_large", {"megabytes": megabytes})])
    with open_stored(stored) as content:
        data = content.read()
    return read_book(data, content_of(session, record), answering_choices(session, engagement_of(record)))
