"""Signing in and out, invitations, and one's own account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload

from agencyqa.accounts import sessions
from agencyqa.accounts.forms import InvitationForm, PasswordForm, SignInForm
from agencyqa.accounts.models import Membership
from agencyqa.accounts.queries import active_memberships, actor_for
from agencyqa.accounts.routes import bp
from agencyqa.accounts.services import invitations, signing_in
from agencyqa.accounts.throttle import TooManyAttempts
from agencyqa.auth.guards import current_actor, optional_actor, public, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import local_date, utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.i18n import LOCALES
from agencyqa.web.error_pages import home_address
from agencyqa.web.messages import sentence


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if optional_actor() is not None and request.method == "GET":
        return redirect(home_address())
    form = SignInForm()
    refusal, status = None, 200
    if form.validate_on_submit():
        try:
            return _sign_in(form)
        except (signing_in.SignInRefused, TooManyAttempts) as error:
            # What was counted and logged stays; only the sign-in did not happen.
            db.session.commit()
            refusal, status = sentence(error.code, **error.params), error.status
    elif form.is_submitted():
        status = 422
    return render_template("accounts/sign_in.html", form=form, refusal=refusal), status


def _sign_in(form: SignInForm) -> ResponseReturnValue:
    now, address = utc_now(), request.remote_addr or ""
    user, membership = signing_in.authenticate(
        db.session(),
        username=form.username.data or "",
        password=form.password.data or "",
        address=address,
        now=now,
    )
    sessions.begin(user, membership, now)
    signing_in.record_sign_in(
        actor_for(db.session(), membership), db.session(), user, address=address, now=now
    )
    db.session.commit()
    return redirect(_own_address(request.args.get("next")) or home_address())


def _own_address(target: str | None) -> str | None:
    """Only a path of this site: a link must not send a person who just signed in somewhere else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if not parts.scheme and not parts.netloc and "\\" not in target else None


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    actor = optional_actor()
    if actor is not None:
        signing_in.record_sign_out(actor, db.session(), now=utc_now())
    sessions.end(utc_now())
    db.session.commit()
    flash(gettext("您已安全退出。"), "info")
    return redirect(url_for("accounts.sign_in"))


@bp.post("/language")
@public
def set_language() -> ResponseReturnValue:
    locale = request.form.get("locale", "")
    if locale not in LOCALES:
        raise Invalid("unknown_locale")
    cookie["locale"] = locale
    actor = optional_actor()
    if actor is not None:
        signing_in.set_locale(actor, db.session(), locale, now=utc_now())
        db.session.commit()
    return redirect(_own_address(request.form.get("next")) or home_address())


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    now = utc_now()
    user = invitations.open_invitation(db.session(), token, now=now)
    form = InvitationForm()
    if form.validate_on_submit():
        with form.catching():
            if form.password.data != form.again.data:
                raise Invalid(again="passwords_differ")
            invitations.accept(db.session(), token, form.password.data or "", now=now)
            db.session.commit()
            flash(gettext("密码已设置，请登录。"), "success")
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/invitation.html", form=form, invited=user), form.status


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def own_account() -> ResponseReturnValue:
    return _account_page(PasswordForm())


def _account_page(form: PasswordForm) -> ResponseReturnValue:
    return render_template("accounts/own_account.html", form=form, languages=LOCALES), form.status


@bp.post("/account")
@requires(Permission.OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        with form.catching():
            if form.new.data != form.again.data:
                raise Invalid(again="passwords_differ")
            try:
                signing_in.change_password(
                    current_actor(),
                    db.session(),
                    current=form.current.data or "",
                    new=form.new.data or "",
                    keep_sign_in_id=current_user.sign_in_id,
                    address=request.remote_addr or "",
                    now=utc_now(),
                )
            except signing_in.WrongPassword:
                # The guess was counted, and stays so when the form is shown again.
                db.session.commit()
                raise
            db.session.commit()
            flash(gettext("密码已修改，其他设备上的登录已退出。"), "success")
            return redirect(url_for("accounts.own_account"))
    return _account_page(form)


@bp.get("/memberships")
@requires(Permission.OWN_ACCOUNT)
def memberships() -> ResponseReturnValue:
    actor = current_actor()
    own = active_memberships(actor.user_id or 0, local_date(utc_now()))
    rows = list(db.session.scalars(own.options(joinedload(Membership.body))))
    return render_template("accounts/memberships.html", memberships=rows, current_id=actor.membership_id)


@bp.post("/memberships/<int:membership_id>")
@requires(Permission.OWN_ACCOUNT)
def switch_membership(membership_id: int) -> ResponseReturnValue:
    actor, now = current_actor(), utc_now()
    membership = signing_in.own_membership(actor, db.session(), membership_id, now=now)
    signing_in.switch_membership(actor, db.session(), current_user.sign_in_id, membership, now=now)
    db.session.commit()
    return redirect(home_address())


def invitation_limit_days() -> int:
    return int(current_app.config["SETTINGS"].invitation_limit.days)
