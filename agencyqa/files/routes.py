from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from agencyqa.auth.guards import requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db
from agencyqa.files import queries
from agencyqa.files.enums import ScanState
from agencyqa.files.services import current_store
from agencyqa.web.tables import paginate

bp = Blueprint("files", __name__, url_prefix="/files")


@bp.get("/")
@requires(Permission.FILES_CHECK)
def index() -> ResponseReturnValue:
    session = db.session()
    settings = current_app.config["SETTINGS"].files
    return render_template(
        "files/index.html",
        totals=queries.totals(session),
        checks=queries.latest_checks(session),
        page=paginate(session, queries.open_faults(), queries.FAULTS, request.args),
        states=list(ScanState),
        settings=settings,
        is_local=current_store().folder is not None,
    )
