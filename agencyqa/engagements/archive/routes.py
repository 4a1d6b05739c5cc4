"""The archive of an engagement: what is still missing, the seal, the file; and the bureau's term of keeping."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.archive import panels, policies, queries, services
from agencyqa.engagements.archive.checklist import Item, checklist
from agencyqa.engagements.archive.forms import RetentionForm
from agencyqa.engagements.archive.models import RetentionRule
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.queries import names_of
from agencyqa.engagements.recusal.policies import sees_names
from agencyqa.engagements.recusal.queries import exemptions_of, signers_of
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download as send_download

bp = Blueprint("archive", __name__, url_prefix="/engagements")

panels.register()


@bp.get("/<int:engagement_id>/archive")
@requires(Permission.DELIVERABLES_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    if not policies.sees_status(actor, engagement):
        raise NotVisible()
    archives = queries.archives_of(session, engagement_id)
    has_news = bool(archives) and queries.has_news(session, engagement_id, archives[0].sealed_at)
    lines = checklist(session, engagement)
    exemptions = exemptions_of(session, engagement_id)
    people = {each.person_id: each.name for each in signers_of(session, engagement_id)} if exemptions else {}
    rule = policies.rule_on(session, engagement.bureau_id, today())
    is_ready = (not archives or has_news) and rule is not None and all(line.is_there for line in lines)
    return render_template(
        "archive/show.html",
        engagement=engagement,
        names=names_of(session, engagement),
        archives=[(each, session.get_one(StoredFile, each.file_id).size) for each in archives],
        has_news=has_news,
        ways=_ways(engagement_id),
        lines=lines,
        rule=rule,
        exemptions=[(each, people[each.person_id]) for each in exemptions],
        can={
            "read": policies.can_read(actor, engagement),
            "seal": is_ready and policies.can_seal(actor, engagement),
            # Who may not seal it himself learns who does.
            "wait": is_ready and not policies.can_seal(actor, engagement),
            "names": sees_names(actor),
            "retention": policies.can_set_retention(actor),
        },
    )


def _ways(engagement_id: int) -> dict[Item, str]:
    """Where what is missing is put right."""
    pages = {
        Item.COMPLETED: "engagements.show",
        Item.ACCEPTED: "deliverables.of_engagement",
        Item.OPINIONS: "opinions.show",
        Item.DECLARATIONS: "recusal.show",
        Item.REVIEW: "review.show",
        Item.SIGNATURE: "review.show",
        Item.SEAL: "review.show",
    }
    return {item: url_for(page, engagement_id=engagement_id) for item, page in pages.items()}


@bp.post("/<int:engagement_id>/archive/seal")
@requires(Permission.DELIVERABLES_SUBMIT)
def seal(engagement_id: int) -> ResponseReturnValue:
    services.seal(current_actor(), db.session(), load_engagement(engagement_id), now=utc_now())
    db.session.commit()
    flash(gettext("档案已封存。"), "success")
    return redirect(url_for("archive.show", engagement_id=engagement_id))


@bp.get("/<int:engagement_id>/archive/download")
@requires(Permission.DELIVERABLES_READ)
def download(engagement_id: int) -> Response:
    """The newest one; ``number`` asks for one before."""
    engagement = load_engagement(engagement_id)
    archives = queries.archives_of(db.session(), engagement_id)
    wanted = request.args.get("number", "")
    found = [each for each in archives if not wanted or str(each.number) == wanted]
    if not found or not policies.can_read(current_actor(), engagement):
        raise NotVisible()
    archive = found[0]
    name = f"archive-{engagement_id}-{archive.number}.zip"
    return send_download(db.session.get_one(StoredFile, archive.file_id), name)


@bp.route("/archive/retention", methods=["GET", "POST"])
@requires(Permission.REQUIREMENTS_WRITE)
def retention() -> ResponseReturnValue:
    actor, form = current_actor(), RetentionForm()
    if not policies.can_set_retention(actor):
        raise Forbidden()
    if form.validate_on_submit():
        with form.catching():
            services.set_retention(
                actor, db.session(), form.valid_from.data, form.years.data, form.source.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("保管期限已录入。"), "success")
            return redirect(url_for("archive.retention"))
    rules = db.session.scalars(
        select(RetentionRule)
        .where(RetentionRule.bureau_id == actor.bureau_id)
        .order_by(RetentionRule.valid_from.desc())
    ).all()
    page = render_template("archive/retention.html", form=form, rules=rules, action=request.path)
    return page, form.status
