"""The pages of an applicant: open to all to begin with, then to whoever has the link."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agencyqa.accounts import throttle
from agencyqa.accounts.models import Body
from agencyqa.accounts.services.agency_accounts import invite_manager
from agencyqa.accounts.throttle import TooManyAttempts
from agencyqa.agencies import history, queries, services
from agencyqa.agencies.application_forms import (
    AppliedPersonForm,
    AppliedQualificationForm,
    ApplyForm,
    EditApplicationForm,
)
from agencyqa.agencies.applied import AppliedPerson, AppliedQualification
from agencyqa.agencies.enums import ApplicationAction, ApplicationState
from agencyqa.agencies.models import Agency, Application
from agencyqa.agencies.routes import bp
from agencyqa.agencies.services.applications import APPLICANT
from agencyqa.agencies.workflow import next_application_state
from agencyqa.auth.guards import public
from agencyqa.clock import today, utc_now
from agencyqa.errors import NotVisible, WrongState
from agencyqa.extensions import db
from agencyqa.web.forms import Form, OnceForm
from agencyqa.web.messages import sentence


@bp.route("/apply", methods=["GET", "POST"])
@public
def apply() -> ResponseReturnValue:
    form = ApplyForm()
    form.bureau_id.choices = queries.addressable_bureaus(db.session())
    refusal = None
    if form.validate_on_submit():
        now = utc_now()
        once = once_of(form)
        if (before := services.made_before(db.session(), once)) is not None:
            return _made_before(before)
        try:
            throttle.count_use(db.session(), "apply", request.remote_addr or "", now=now)
        except TooManyAttempts as error:
            db.session.commit()
            refusal = sentence(error.code, **error.params)
            return render_template("agencies/apply.html", form=form, refusal=refusal), error.status
        # What was counted stays, whatever becomes of the form.
        db.session.commit()
        with form.catching():
            try:
                _, token = services.begin_application(
                    db.session(), form.bureau_id.data, form.data_object(), once=once, now=now
                )
                db.session.commit()
            except IntegrityError:
                # Sent twice at the same moment: the other one has made it.
                db.session.rollback()
                return _made_before(once.link_token())
            flash(gettext("申请已建立。请保存本页网址，补正和查询结果都用它。"), "success")
            return redirect(url_for("agencies.applicant", token=token))
    return render_template("agencies/apply.html", form=form, refusal=refusal), form.status


def _made_before(token: str) -> ResponseReturnValue:
    flash(gettext("这份申请已经建立，没有重复建立。需要更改的请在本页修改。"), "info")
    return redirect(url_for("agencies.applicant", token=token))


@bp.get("/apply/<token>")
@public
def applicant(token: str) -> ResponseReturnValue:
    application = _open(token)
    session = db.session()

    def may(action: ApplicationAction) -> bool:
        return next_application_state(application.state, action, by_bureau=False) is not None

    return render_template(
        "agencies/applicant.html",
        application=application,
        bureau=session.scalars(select(Body.name).where(Body.id == application.bureau_id)).one(),
        token=token,
        address=_address(token),
        gaps=services.gaps_of(session, application, today()),
        papers=queries.papers_of_application(session, application.id),
        admission=queries.admission_in_force(session, application.bureau_id, today()),
        qualifications=[AppliedQualification.load(item) for item in application.qualifications],
        people=[AppliedPerson.load(item) for item in application.people],
        steps=queries.application_steps(session, application.id, with_names=False),
        address_of=lambda paper_id: url_for("agencies.applied_paper", token=token, paper_id=paper_id),
        remove_of=lambda paper_id: url_for("agencies.apply_paper_remove", token=token, paper_id=paper_id),
        form=Form(formdata=None),
        can={
            "edit": may(ApplicationAction.EDIT),
            "submit": may(ApplicationAction.SUBMIT),
            "withdraw": may(ApplicationAction.WITHDRAW),
            "account": application.state is ApplicationState.ADMITTED,
        },
    )


@bp.route("/apply/<token>/edit", methods=["GET", "POST"])
@public
def edit_application(token: str) -> ResponseReturnValue:
    application = _open(token)
    names = (*history.FIELDS, "credit_code", "statement", "has_declared", "version")
    form = EditApplicationForm(data={name: getattr(application, name) for name in names})
    # After the form, so that a refusal can name what was typed.
    _expect_editable(application)
    if form.validate_on_submit():
        with form.catching():
            services.change_application(
                db.session(),
                application,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已保存。"), "success")
            return _back(token)
    return render_template("agencies/apply_edit.html", form=form, token=token), form.status


@bp.route("/apply/<token>/qualifications", methods=["GET", "POST"])
@public
def apply_qualification(token: str) -> ResponseReturnValue:
    return _add(token, AppliedQualificationForm(), "agencies/apply_qualification.html", "qualifications")


@bp.route("/apply/<token>/people", methods=["GET", "POST"])
@public
def apply_person(token: str) -> ResponseReturnValue:
    return _add(token, AppliedPersonForm(), "agencies/apply_person.html", "people")


def _add(
    token: str, form: AppliedPersonForm | AppliedQualificationForm, template: str, anchor: str
) -> ResponseReturnValue:
    application = _open(token)
    _expect_editable(application)
    if form.validate_on_submit():
        with form.catching():
            services.add_to_application(db.session(), application, form.item(), now=utc_now())
            db.session.commit()
            return _back(token, anchor)
    return render_template(template, form=form, token=token), form.status


@bp.post("/apply/<token>/<key>/remove")
@public
def apply_remove(token: str, key: str) -> ResponseReturnValue:
    """``key``: people or qualifications; which of them stands in the form."""
    application = _open(token)
    position = request.form.get("position", "")
    if key not in {"people", "qualifications"} or not (position.isascii() and position.isdigit()):
        raise NotVisible()
    services.remove_from_application(db.session(), application, key, int(position[:4]), now=utc_now())
    db.session.commit()
    return _back(token, key)


@bp.post("/apply/<token>/submit")
@public
def apply_submit(token: str) -> ResponseReturnValue:
    application = _open(token)
    try:
        services.submit_application(db.session(), application, now=utc_now())
    except WrongState as error:
        db.session.rollback()
        flash(sentence(error.code, **error.params), "warning")
        return _back(token)
    db.session.commit()
    flash(gettext("申请已提交，审核结果请在本页查看。"), "success")
    return _back(token)


@bp.post("/apply/<token>/withdraw")
@public
def apply_withdraw(token: str) -> ResponseReturnValue:
    services.withdraw_application(db.session(), _open(token), now=utc_now())
    db.session.commit()
    flash(gettext("申请已撤回。"), "success")
    return _back(token)


@bp.post("/apply/<token>/account")
@public
def apply_account(token: str) -> ResponseReturnValue:
    """The admitted agency opens the account of its manager, as long as nobody has set a password for one."""
    application = _open(token)
    if application.state is not ApplicationState.ADMITTED or application.agency_id is None:
        raise WrongState("application_closed", state=application.state, action=ApplicationAction.EDIT)
    agency = db.session().get_one(Agency, application.agency_id)
    secret = invite_manager(
        APPLICANT,
        db.session(),
        db.session().get_one(Body, agency.id),
        username=agency.credit_code.lower(),
        display_name=application.contact_name or application.name[:80],
        limit=current_app.config["SETTINGS"].invitation_limit,
        now=utc_now(),
    )
    db.session.commit()
    return redirect(url_for("accounts.invitation", token=secret))


def once_of(form: OnceForm) -> services.Once:
    return services.Once(form.form_token.data, str(current_app.secret_key))


def _open(token: str) -> Application:
    return services.open_application(db.session(), token)


def _expect_editable(application: Application) -> None:
    action = ApplicationAction.EDIT
    if next_application_state(application.state, action, by_bureau=False) is None:
        raise WrongState("application_closed", state=application.state, action=action)


def _address(token: str) -> str:
    public_url = current_app.config["SETTINGS"].public_url
    if public_url:
        return str(public_url) + url_for("agencies.applicant", token=token)
    return url_for("agencies.applicant", token=token, _external=True)


def _back(token: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("agencies.applicant", token=token, _anchor=anchor))
