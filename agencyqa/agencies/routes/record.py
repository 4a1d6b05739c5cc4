"""The page of one agency, its history, and changes of its profile."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import history, queries, services
from agencyqa.agencies.events import FIELDS
from agencyqa.agencies.forms import ProfileForm
from agencyqa.agencies.models import Agency
from agencyqa.agencies.panels import agency_panels
from agencyqa.agencies.policies import (
    can_change,
    can_decide,
    can_keep_documents,
    can_propose,
    can_register,
    can_see_records,
)
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.applications import link_just_made
from agencyqa.agencies.routes.loading import load, load_to_change, name_of
from agencyqa.agencies.workflow import open_actions
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from agencyqa.measures.reckoning import reckon
from agencyqa.web.once import one_page


@bp.get("/<int:agency_id>")
@requires(Permission.AGENCIES_READ)
def show(agency_id: int) -> ResponseReturnValue:
    with one_page():
        return _show(current_actor(), load(agency_id))


def _show(actor: Actor, agency: Agency) -> str:
    session, agency_id = db.session(), agency.id
    registrations = queries.registrations_of(session, actor, agency_id)
    own = next((v.registration for v in registrations if v.registration.bureau_id == actor.bureau_id), None)
    profile = queries.current_profile(session, agency_id)
    conditions = queries.conditions_in_force(session, _register_of(registrations, actor.bureau_id), today())
    reports = queries.reports_of(session, actor, agency_id)
    return render_template(
        "agencies/show.html",
        agency=agency,
        profile=profile,
        registrations=registrations,
        qualifications=queries.qualifications_of(session, agency_id, today()),
        conditions=conditions,
        conditions_provision=queries.conditions_provision(session, conditions, today()),
        evaluators=queries.evaluators_of(session, agency_id, today(), conditions),
        counts=queries.people_counts(session, agency_id, today()),
        proposals=queries.proposals_of(session, actor, agency_id),
        reports=reports,
        # Only what is owed can be late.
        reckoning=reckon(session, today()) if reports else None,
        today=today(),
        branches=queries.branches_of(session, agency_id),
        documents=queries.documents_of(session, agency_id) if can_see_records(actor, agency_id) else [],
        head_office=queries.head_office_of(session, actor, profile.head_office_code),
        ties=queries.ties_of(session, actor, agency_id, today()),
        link=link_just_made(agency_id),
        panels=[panel(actor, agency) for panel in agency_panels],
        can={
            "change": can_change(actor, own),
            "documents": can_keep_documents(actor, own),
            "see_documents": can_see_records(actor, agency_id),
            "propose": can_propose(actor, agency_id),
            "invite": can_change(actor, own) and not queries.has_manager(session, agency_id, today()),
            "decide": can_decide(actor, own) and own is not None and bool(open_actions(own.standing)),
            "register": can_register(actor) and own is None,
        },
    )


@bp.get("/<int:agency_id>/history")
@requires(Permission.AGENCIES_READ)
def profile_history(agency_id: int) -> ResponseReturnValue:
    agency = load(agency_id)
    profiles = queries.profiles_of(db.session(), agency_id)
    return render_template(
        "agencies/history.html",
        agency=agency,
        name=profiles[-1].name,
        versions=history.versions(profiles),
        labels=FIELDS,
    )


@bp.route("/<int:agency_id>/profile", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def profile(agency_id: int) -> ResponseReturnValue:
    agency, _ = load_to_change(agency_id)
    now_valid = queries.current_profile(db.session(), agency_id)
    stored = {name: getattr(now_valid, name) for name in history.FIELDS}
    form = ProfileForm(data={**stored, "version": agency.version, "effective_on": today()})
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.change_profile(
                current_actor(),
                db.session(),
                agency,
                form.profile(),
                effective_on=form.effective_on.data,
                reason=form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("变更已保存，原信息保留在变更记录中。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id))
    return (
        render_template("agencies/profile.html", form=form, agency_id=agency_id, name=name_of(agency_id)),
        form.status,
    )


def _register_of(registrations: list[queries.RegistrationView], bureau_id: int | None) -> int | None:
    """Whose conditions for evaluators are shown: the reader's own bureau's, else those of the first register."""
    if bureau_id is not None:
        return bureau_id
    return registrations[0].registration.bureau_id if registrations else None
