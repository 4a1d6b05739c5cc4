"""Uploading, reading and downloading: the only ways to the content of a deliverable."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables import policies, queries, services
from agencyqa.engagements.deliverables.models import DeliverableVersion
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.deliverables.routes.loading import load_deliverable, load_readable, load_version
from agencyqa.engagements.deliverables.upload_forms import VersionForm
from agencyqa.extensions import db
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download as send_download
from agencyqa.files.serving import view_inline
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.web.headers import content_policy


@bp.route("/<int:engagement_id>/deliverables/<int:deliverable_id>/upload", methods=["GET", "POST", "PUT"])
@requires(Permission.DELIVERABLES_UPLOAD)
@takes_files(_l("成果文件"))
def upload(engagement_id: int, deliverable_id: int) -> ResponseReturnValue:
    engagement, deliverable = load_deliverable(engagement_id, deliverable_id)
    services.check_can_upload(current_actor(), db.session(), deliverable)
    form = VersionForm()
    context = {
        "engagement_id": engagement_id,
        "contract": engagement.contract_number,
        "kind": deliverable.kind,
        "what": deliverable.title,
        "due_on": deliverable.due_on,
        "is_provisional": deliverable.is_due_provisional,
    }

    def save(kept: KeptFile | None) -> str:
        if kept is not None:
            services.add_version(
                current_actor(),
                db.session(),
                deliverable,
                kept.stored,
                kept.name,
                note=form.note.data,
                now=utc_now(),
            )
            flash(gettext("文件已上传，尚未提交。"), "info")
        return url_for("deliverables.of_engagement", engagement_id=engagement_id)

    return take_upload(
        form, save, page=lambda: render_template("deliverables/upload.html", form=form, **context)
    )


@bp.post("/<int:engagement_id>/deliverables/versions/<int:version_id>/withdraw")
@requires(Permission.DELIVERABLES_UPLOAD)
def withdraw(engagement_id: int, version_id: int) -> ResponseReturnValue:
    version = load_version(engagement_id, version_id)
    services.withdraw_version(current_actor(), db.session(), version, now=utc_now())
    db.session.commit()
    flash(gettext("文件已撤回。"), "success")
    return redirect(url_for("deliverables.of_engagement", engagement_id=engagement_id))


@bp.get("/<int:engagement_id>/deliverables/versions/<int:version_id>")
@requires(Permission.DELIVERABLES_READ)
def view(engagement_id: int, version_id: int) -> ResponseReturnValue:
    """A PDF in a frame beside what is known of it; of other files only what is known."""
    actor = current_actor()
    engagement = load_readable(engagement_id)
    version = load_version(engagement_id, version_id)
    page = render_template(
        "deliverables/view.html",
        engagement=engagement,
        version=queries.version_row(db.session(), actor, version.id),
        can={
            "terms": policies.sees_terms(actor, engagement),
            "inline": version.file_kind is FileKind.PDF,
            "engagement": actor.has(Permission.ENGAGEMENTS_READ),
        },
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = content_policy(frame_src="'self'")
    return response


@bp.get("/<int:engagement_id>/deliverables/versions/<int:version_id>/inline")
@requires(Permission.DELIVERABLES_READ)
def inline(engagement_id: int, version_id: int) -> Response:
    version = load_version(engagement_id, version_id)
    return view_inline(_stored(version), version.file_name)


@bp.get("/<int:engagement_id>/deliverables/versions/<int:version_id>/download")
@requires(Permission.DELIVERABLES_READ)
def download(engagement_id: int, version_id: int) -> Response:
    version = load_version(engagement_id, version_id)
    return send_download(_stored(version), version.file_name)


def _stored(version: DeliverableVersion) -> StoredFile:
    return db.session.get_one(StoredFile, version.file_id)
