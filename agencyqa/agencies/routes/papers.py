"""Papers of an application: handed in and taken out by whoever has the link, read by the bureau."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.accounts import throttle
from agencyqa.accounts.throttle import TooManyAttempts
from agencyqa.agencies import services
from agencyqa.agencies.application_forms import LARGEST_PAPER, PaperForm
from agencyqa.agencies.enums import ApplicationAction
from agencyqa.agencies.models import Application
from agencyqa.agencies.policies import visible_applications
from agencyqa.agencies.routes import bp
from agencyqa.agencies.workflow import next_application_state
from agencyqa.auth.guards import current_actor, public, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Invalid, WrongState
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.web.loading import one_or_404


@bp.route("/apply/<token>/papers", methods=["GET", "POST", "PUT"])
@public
@takes_files(_l("登记申请材料"))
def apply_paper(token: str) -> ResponseReturnValue:
    application = services.open_application(db.session(), token)
    action = ApplicationAction.EDIT
    if next_application_state(application.state, action, by_bureau=False) is None:
        raise WrongState("application_closed", state=application.state, action=action)
    form = PaperForm()
    if request.method != "GET":
        _count_use()

    def save(kept: KeptFile | None) -> str:
        assert kept is not None
        if kept.stored.size > LARGEST_PAPER:
            raise Invalid("invalid", file=("file_too_large", {"limit": LARGEST_PAPER // 1024 // 1024}))
        found = services.open_application(db.session(), token)
        services.add_paper(db.session(), found, form.kind.data, kept.stored, kept.name, now=utc_now())
        flash(gettext("文件已保存。"), "success")
        return url_for("agencies.applicant", token=token, _anchor="papers")

    def page() -> str:
        return render_template("agencies/apply_paper.html", form=form, token=token)

    return take_upload(form, save, page=page)


@bp.get("/apply/<token>/papers/<int:paper_id>")
@public
def applied_paper(token: str, paper_id: int) -> ResponseReturnValue:
    return _sent(services.open_application(db.session(), token), paper_id)


@bp.post("/apply/<token>/papers/<int:paper_id>/remove")
@public
def apply_paper_remove(token: str, paper_id: int) -> ResponseReturnValue:
    application = services.open_application(db.session(), token)
    services.remove_paper(db.session(), application, paper_id, now=utc_now())
    db.session.commit()
    return redirect(url_for("agencies.applicant", token=token, _anchor="papers"))


@bp.get("/applications/<int:application_id>/papers/<int:paper_id>")
@requires(Permission.AGENCIES_WRITE)
def application_paper(application_id: int, paper_id: int) -> ResponseReturnValue:
    wanted = one_or_404(visible_applications(current_actor()).where(Application.id == application_id))
    return _sent(wanted, paper_id)


def _sent(application: Application, paper_id: int) -> ResponseReturnValue:
    paper = services.find_paper(db.session(), application, paper_id)
    return download(db.session().get_one(StoredFile, paper.file_id), paper.file_name)


def _count_use() -> None:
    """Anybody may come with a link; nobody fills the store by trying. Raise TooManyAttempts."""
    try:
        throttle.count_use(db.session(), "apply-file", request.remote_addr or "", now=utc_now())
    except TooManyAttempts:
        db.session.commit()
        raise
    # What was counted stays, whatever becomes of the file.
    db.session.commit()
