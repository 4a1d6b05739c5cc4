from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext
from sqlalchemy import Row

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.extensions import db
from agencyqa.files import policies, queries, resuming
from agencyqa.files.enums import ScanState
from agencyqa.files.models import PartialUpload
from agencyqa.files.senders import Sender, senders
from agencyqa.files.services import current_store, uploading
from agencyqa.web.bodies import purpose_of
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate

bp = Blueprint("files", __name__, url_prefix="/files")


@dataclass(frozen=True)
class UnfinishedLine:
    """``purpose`` is None where the form is no longer there."""

    row: Any
    sender: Sender | None
    purpose: LazyString | None


@bp.get("/")
@requires(Permission.FILES_CHECK)
def index() -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    settings = current_app.config["SETTINGS"].files
    page = paginate(session, queries.open_faults(), queries.FAULTS, request.args)
    unfinished = None
    if policies.can_discard(actor):
        unfinished = paginate(session, queries.unfinished_rows(actor), queries.UNFINISHED, request.args)
    return render_template(
        "files/index.html",
        totals=queries.totals(session),
        checks=queries.latest_checks(session),
        page=page,
        unfinished=unfinished,
        lines=_lines(unfinished.rows) if unfinished else [],
        states=list(ScanState),
        settings=settings,
        is_local=current_store().folder is not None,
    )


def _lines(rows: Sequence[Row[Any]]) -> list[UnfinishedLine]:
    known = senders(db.session(), {row.membership_id for row in rows})
    return [UnfinishedLine(row, known.get(row.membership_id), purpose_of(row.place)) for row in rows]


@bp.post("/uploads/<int:upload_id>/discard")
@requires(Permission.UPLOADS_DISCARD)
def discard_upload(upload_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    upload = one_or_404(policies.unfinished(actor).where(PartialUpload.id == upload_id))
    token = upload.token
    uploading.discard_of_another(actor, session, upload, now=utc_now())
    session.commit()
    resuming.discard(token)
    flash(gettext("已清除这个未传完的文件。"), "success")
    return redirect(url_for("files.index", _anchor="unfinished"))
