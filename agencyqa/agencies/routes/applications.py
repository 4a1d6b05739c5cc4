"""Applications on the bureau's side: the list, one of them with what it lacks, and the decision."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.accounts.models import Body
from agencyqa.accounts.services.agency_accounts import invite_manager
from agencyqa.agencies import queries, services
from agencyqa.agencies.application_forms import ApplicationFilter, DecideApplicationForm, InviteForm
from agencyqa.agencies.applied import AppliedPerson, AppliedQualification
from agencyqa.agencies.enums import ApplicationAction
from agencyqa.agencies.models import Application
from agencyqa.agencies.policies import can_decide_applications, can_register, visible_applications
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.applying import once_of
from agencyqa.agencies.routes.loading import load_to_change
from agencyqa.agencies.workflow import BUREAU_ACTIONS, next_application_state
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.db import check_version
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate

# Where the cookie keeps a link that was just made, until it is shown once.
MADE = "agency_link"


@bp.get("/applications")
@requires(Permission.AGENCIES_WRITE)
def applications() -> ResponseReturnValue:
    filters = ApplicationFilter.read()
    statement = queries.application_rows(current_actor(), filters.state.data)
    return render_template(
        "agencies/applications.html",
        page=paginate(db.session(), statement, queries.APPLICATION_ORDER, request.args),
        filters=filters,
        public_address=_external("agencies.apply"),
    )


@bp.route("/applications/invite", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def invite_agency() -> ResponseReturnValue:
    if not can_register(current_actor()):
        raise Forbidden()
    form = InviteForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            made, token = services.invite_application(
                current_actor(), db.session(), form.data_object(), once=once_of(form), now=utc_now()
            )
            db.session.commit()
            cookie[MADE] = [f"application {made.id}", _external("agencies.applicant", token=token)]
            return redirect(url_for("agencies.application", application_id=made.id))
    return render_template("agencies/invite.html", form=form), form.status


@bp.route("/applications/<int:application_id>", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def application(application_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    wanted = one_or_404(visible_applications(actor).where(Application.id == application_id))
    form = DecideApplicationForm(data={"version": wanted.version, "effective_on": today()})
    if form.is_submitted():
        check_version(wanted, form.version.data)
    actions = _open_to(wanted, may_decide=can_decide_applications(actor))
    form.offer(actions, queries.citable_provisions(session, form.effective_on.data or today()))
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            agency = services.decide_application(
                actor,
                session,
                wanted,
                form.action.data,
                reason=form.reason.data,
                provision_key=form.provision_key.data,
                effective_on=form.effective_on.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("决定已记录，申请机构可在其申请页面看到。"), "success")
            if agency is not None:
                return redirect(url_for("agencies.show", agency_id=agency.id))
            return redirect(url_for("agencies.application", application_id=application_id))
        wanted = one_or_404(visible_applications(actor).where(Application.id == application_id))
    bureau_id = wanted.bureau_id
    return (
        render_template(
            "agencies/application.html",
            application=wanted,
            form=form,
            address_of=lambda paper_id: url_for(
                "agencies.application_paper", application_id=application_id, paper_id=paper_id
            ),
            link=_link_just_made(f"application {application_id}"),
            gaps=services.gaps_of(session, wanted, today()),
            papers=queries.papers_of_application(session, application_id),
            admission=queries.admission_in_force(session, bureau_id, today()),
            qualifications=[AppliedQualification.load(item) for item in wanted.qualifications],
            people=[AppliedPerson.load(item) for item in wanted.people],
            known=queries.agency_of_code(session, bureau_id, wanted.credit_code),
            similar=queries.similar_agencies(session, bureau_id, wanted.name, apart_from=wanted.credit_code),
            similar_applications=queries.similar_applications(session, actor, wanted) if actions else [],
            steps=queries.application_steps(session, application_id, with_names=True),
        ),
        form.status,
    )


@bp.post("/<int:agency_id>/account")
@requires(Permission.AGENCIES_WRITE)
def open_account(agency_id: int) -> ResponseReturnValue:
    """A link for the manager of an agency that has no account; it is shown on the next page and never again."""
    agency, _ = load_to_change(agency_id)
    session = db.session()
    secret = invite_manager(
        current_actor(),
        session,
        session.get_one(Body, agency_id),
        username=agency.credit_code.lower(),
        display_name=queries.current_profile(session, agency_id).contact_name or gettext("机构负责人"),
        limit=current_app.config["SETTINGS"].invitation_limit,
        now=utc_now(),
    )
    session.commit()
    cookie[MADE] = [f"agency {agency_id}", _external("accounts.invitation", token=secret)]
    return redirect(url_for("agencies.show", agency_id=agency_id))


def link_just_made(agency_id: int) -> str | None:
    """For the page of an agency, once."""
    return _link_just_made(f"agency {agency_id}")


def _open_to(wanted: Application, *, may_decide: bool) -> tuple[ApplicationAction, ...]:
    actions = [
        action
        for action in ApplicationAction
        if action in BUREAU_ACTIONS
        and next_application_state(wanted.state, action, by_bureau=True) is not None
    ]
    return tuple(action for action in actions if may_decide or action is ApplicationAction.RETURN)


def _link_just_made(what: str) -> str | None:
    made, address = cookie.get(MADE, ("", ""))
    if made != what:
        return None
    del cookie[MADE]
    return str(address)


def _external(endpoint: str, **values: Any) -> str:
    public_url = current_app.config["SETTINGS"].public_url
    if public_url:
        return str(public_url) + url_for(endpoint, **values)
    return url_for(endpoint, _external=True, **values)
