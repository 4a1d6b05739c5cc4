"""Files of a finding: the bureau's evidence and what the agency puts beside its statement."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.inspections.forms import EvidenceForm
from agencyqa.inspections.models import EvidenceFile
from agencyqa.inspections.numbering import finding_label
from agencyqa.inspections.policies import visible_evidence
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.loading import load_finding
from agencyqa.inspections.services import evidence as services
from agencyqa.web.loading import one_or_404


@bp.route("/findings/<int:finding_id>/evidence", methods=["GET", "POST", "PUT"])
@requires(Permission.INSPECTIONS_WRITE)
@takes_files(_l("检查佐证"))
def add_evidence(finding_id: int) -> ResponseReturnValue:
    return _take(finding_id, url_for("inspections.finding", finding_id=finding_id, _anchor="evidence"))


@bp.route("/findings/<int:finding_id>/statement/files", methods=["GET", "POST", "PUT"])
@requires(Permission.FINDINGS_STATE)
@takes_files(_l("陈述意见附件"))
def add_statement_file(finding_id: int) -> ResponseReturnValue:
    return _take(finding_id, url_for("inspections.state", finding_id=finding_id))


def _take(finding_id: int, back: str) -> ResponseReturnValue:
    actor = current_actor()
    finding = load_finding(finding_id)
    services.expect_takes_evidence(actor, db.session(), finding, now=utc_now())
    form = EvidenceForm()
    label = finding_label(finding.year, finding.number)

    def save(kept: KeptFile | None) -> str:
        assert kept is not None
        session = db.session()
        services.add_evidence(
            actor, session, load_finding(finding_id), kept, note=form.note.data, now=utc_now()
        )
        flash(gettext("文件已上传。"), "success")
        return back

    def page() -> str:
        return render_template(
            "inspections/evidence.html", form=form, finding_id=finding_id, label=label, back=back
        )

    return take_upload(form, save, page=page)


@bp.get("/findings/<int:finding_id>/evidence/<int:file_id>")
@requires(Permission.INSPECTIONS_READ)
def evidence_file(finding_id: int, file_id: int) -> ResponseReturnValue:
    evidence = _load(finding_id, file_id)
    return download(db.session().get_one(StoredFile, evidence.file_id), evidence.file_name)


@bp.post("/findings/<int:finding_id>/evidence/<int:file_id>/withdraw")
@requires(Permission.INSPECTIONS_WRITE)
def withdraw_evidence(finding_id: int, file_id: int) -> ResponseReturnValue:
    _withdraw(finding_id, file_id)
    return redirect(url_for("inspections.finding", finding_id=finding_id, _anchor="evidence"))


@bp.post("/findings/<int:finding_id>/statement/files/<int:file_id>/withdraw")
@requires(Permission.FINDINGS_STATE)
def withdraw_statement_file(finding_id: int, file_id: int) -> ResponseReturnValue:
    _withdraw(finding_id, file_id)
    return redirect(url_for("inspections.state", finding_id=finding_id))


def _withdraw(finding_id: int, file_id: int) -> None:
    finding = load_finding(finding_id)
    evidence = _load(finding_id, file_id)
    services.withdraw_evidence(current_actor(), db.session(), finding, evidence, now=utc_now())
    db.session.commit()
    flash(gettext("文件已撤下。"), "success")


def _load(finding_id: int, file_id: int) -> EvidenceFile:
    return one_or_404(visible_evidence(current_actor(), finding_id).where(EvidenceFile.id == file_id))
