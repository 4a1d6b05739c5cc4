"""Agencies from a workbook: template, upload, preview, and the confirmation that enters all of them or none."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.agencies import imports, queries
from agencyqa.agencies.import_forms import ConfirmImportForm, ImportForm
from agencyqa.agencies.import_table import write_template
from agencyqa.agencies.imports import Examination
from agencyqa.agencies.models import AgencyImport
from agencyqa.agencies.policies import can_register, visible_imports
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.register import WORKBOOK
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, Invalid, Stale, WrongState
from agencyqa.extensions import db
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.web.loading import one_or_404
from agencyqa.web.messages import sentence


@bp.get("/import/template")
@requires(Permission.AGENCIES_WRITE)
def import_template() -> ResponseReturnValue:
    target = BytesIO()
    write_template(current_actor(), target, now=utc_now())
    target.seek(0)
    name = gettext("第三方机构导入模板") + ".xlsx"
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=name)


@bp.route("/import", methods=["GET", "POST", "PUT"])
@requires(Permission.AGENCIES_WRITE)
@takes_files(_l("机构导入表"))
def import_file() -> ResponseReturnValue:
    actor = current_actor()
    if not can_register(actor):
        raise Forbidden()
    form = ImportForm()

    def save(kept: KeptFile | None) -> str:
        if kept is None or kept.stored.kind is not FileKind.XLSX:
            raise Invalid(file="import_not_a_workbook")
        made = imports.note_upload(actor, db.session(), kept.stored, kept.name, now=utc_now())
        return url_for("agencies.import_preview", import_id=made.id)

    def page() -> str:
        rows = queries.newest_imports(db.session(), actor)
        return render_template("agencies/import.html", form=form, rows=rows, most_rows=imports.MOST_ROWS)

    return take_upload(form, save, page=page)


@bp.get("/import/<int:import_id>")
@requires(Permission.AGENCIES_WRITE)
def import_preview(import_id: int) -> ResponseReturnValue:
    wanted = _load(import_id)
    if wanted.confirmed_at is not None:
        return render_template("agencies/import_done.html", wanted=wanted)
    return _preview(wanted, _examined(wanted))


@bp.post("/import/<int:import_id>/confirm")
@requires(Permission.AGENCIES_WRITE)
def confirm_import(import_id: int) -> ResponseReturnValue:
    wanted = _load(import_id)
    here = url_for("agencies.import_preview", import_id=import_id)
    form = ConfirmImportForm()
    if not form.validate_on_submit():
        return redirect(here)
    try:
        imports.carry_out(
            current_actor(), db.session(), wanted, _content(wanted), form.plan.data or "", now=utc_now()
        )
        db.session.commit()
    except WrongState as error:
        # The second click of a double click finds the first one's work.
        db.session.rollback()
        if error.code != "import_done":
            flash(sentence(error.code, **error.params), "warning")
        return redirect(here)
    except Stale as error:
        db.session.rollback()
        wanted = _load(import_id)
        text = sentence(error.code, **error.params)
        return _preview(wanted, _examined(wanted), refused=text), error.status
    flash(gettext("已导入 %(count)s 家机构。", count=wanted.added + wanted.joined), "success")
    return redirect(here)


@bp.get("/import/<int:import_id>/file")
@requires(Permission.AGENCIES_WRITE)
def import_source(import_id: int) -> ResponseReturnValue:
    """The workbook as it was handed in."""
    wanted = _load(import_id)
    return download(_stored(wanted), wanted.file_name)


def _load(import_id: int) -> AgencyImport:
    return one_or_404(visible_imports(current_actor()).where(AgencyImport.id == import_id))


def _stored(wanted: AgencyImport) -> StoredFile:
    return db.session().get_one(StoredFile, wanted.file_id)


def _content(wanted: AgencyImport) -> bytes:
    with open_stored(_stored(wanted)) as stream:
        return stream.read()


def _examined(wanted: AgencyImport) -> Examination:
    return imports.examine(db.session(), current_actor(), _content(wanted), now=utc_now())


def _preview(wanted: AgencyImport, found: Examination, refused: str = "") -> str:
    form = ConfirmImportForm(formdata=None, plan=found.plan)
    problems = [(problem.where, sentence(problem.code, **problem.params)) for problem in found.problems]
    return render_template(
        "agencies/import_preview.html",
        wanted=wanted,
        found=found,
        problems=problems,
        counts={verdict.value: found.count(verdict) for verdict in imports.Verdict},
        refused=refused,
        form=form,
    )
