"""Branches, and internal rules as files."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from agencyqa.agencies import queries, services
from agencyqa.agencies.forms import BranchForm, DocumentForm
from agencyqa.agencies.models import AgencyDocument, Branch
from agencyqa.agencies.people_forms import EndForm
from agencyqa.agencies.policies import can_keep_documents, can_see_records
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load, load_to_change, name_of
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.web.loading import one_or_404


@bp.route("/<int:agency_id>/branches/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def open_branch(agency_id: int) -> ResponseReturnValue:
    agency, _ = load_to_change(agency_id)
    form = BranchForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.open_branch(
                current_actor(),
                db.session(),
                agency,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("分支机构已登记。"), "success")
            return _back(agency_id, "organisation")
    return (
        render_template("agencies/branch.html", form=form, agency_id=agency_id, name=name_of(agency_id)),
        form.status,
    )


@bp.route("/<int:agency_id>/branches/<int:branch_id>/close", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def close_branch(agency_id: int, branch_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    branch = one_or_404(select(Branch).where(Branch.id == branch_id, Branch.agency_id == agency_id))
    name = branch.name
    form = EndForm()
    if form.validate_on_submit():
        with form.catching():
            services.close_branch(current_actor(), db.session(), branch, on=form.on.data, now=utc_now())
            db.session.commit()
            flash(gettext("已登记终止日期。"), "success")
            return _back(agency_id, "organisation")
    return (
        render_template(
            "agencies/end.html",
            form=form,
            agency_id=agency_id,
            name=name_of(agency_id),
            title=gettext("注销分支机构"),
            question=gettext("登记“%(name)s”的终止日期？", name=name),
            consequences=[gettext("记录保留，不能再改。")],
        ),
        form.status,
    )


@bp.route("/<int:agency_id>/documents/new", methods=["GET", "POST", "PUT"])
@requires(Permission.DOCUMENTS_WRITE)
@takes_files(_l("机构档案文件"))
def add_document(agency_id: int) -> ResponseReturnValue:
    agency = load(agency_id)
    actor, session = current_actor(), db.session()
    own = queries.own_registration(session, actor, agency_id) if actor.bureau_id is not None else None
    if not can_keep_documents(actor, own):
        raise Forbidden()
    form = DocumentForm()
    name = name_of(agency_id)

    def save(kept: KeptFile | None) -> str:
        assert kept is not None
        services.add_document(
            actor,
            db.session(),
            agency,
            form.kind.data,
            kept.stored,
            kept.name,
            valid_from=form.valid_from.data,
            now=utc_now(),
        )
        flash(gettext("文件已保存。"), "success")
        return url_for("agencies.show", agency_id=agency_id, _anchor="organisation")

    def page() -> str:
        return render_template("agencies/document.html", form=form, agency_id=agency_id, name=name)

    return take_upload(form, save, page=page)


@bp.get("/<int:agency_id>/documents/<int:document_id>")
@requires(Permission.AGENCIES_READ)
def document(agency_id: int, document_id: int) -> ResponseReturnValue:
    load(agency_id)
    found = one_or_404(
        select(AgencyDocument).where(AgencyDocument.id == document_id, AgencyDocument.agency_id == agency_id)
    )
    if not can_see_records(current_actor(), agency_id):
        raise Forbidden()
    return download(db.session().get_one(StoredFile, found.file_id), found.file_name)


def _back(agency_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("agencies.show", agency_id=agency_id, _anchor=anchor))
