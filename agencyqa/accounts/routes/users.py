"""Administration of accounts and roles."""

from __future__ import annotations

from functools import partial

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.forms import ActionForm, MembershipForm, UserEditForm, UserFilter, UserForm
from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.queries import body_choices, memberships_of, user_rows
from agencyqa.accounts.routes import bp
from agencyqa.accounts.services import administration, invitations
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import today, utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import Key, paginate

ORDER = (Key(User.username), Key(User.id))
# Where the cookie keeps whom an invitation was just made for, and its secret, until it is shown.
INVITED = "invited"
CONSTRAINTS = {"uq_users_username": ("username", "duplicate_username")}


@bp.get("/users")
@requires(Permission.USERS_MANAGE)
def users() -> str:
    filters = UserFilter.read()
    page = paginate(db.session(), user_rows(filters.q.data), ORDER, request.args)
    return render_template("accounts/users.html", page=page, filters=filters)


@bp.route("/users/new", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def new_user() -> ResponseReturnValue:
    form = UserForm()
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            user = administration.create_user(
                current_actor(),
                db.session(),
                username=form.username.data or "",
                display_name=form.display_name.data or "",
                email=form.email.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("账号已建立，请授予岗位并发送邀请链接。"), "success")
            return redirect(url_for("accounts.user", user_id=user.id))
    return render_template("accounts/user_new.html", form=form), form.status


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def user(user_id: int) -> ResponseReturnValue:
    found = one_or_404(select(User).where(User.id == user_id))
    form = UserEditForm(obj=found)
    if form.validate_on_submit():
        with form.catching():
            administration.edit_user(
                current_actor(),
                db.session(),
                found,
                display_name=form.display_name.data or "",
                email=form.email.data,
                version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("账号已修改。"), "success")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(user_id, form=form), form.status


def _user_page(
    user_id: int,
    *,
    form: UserEditForm | None = None,
    membership_form: MembershipForm | None = None,
) -> str:
    found = one_or_404(select(User).where(User.id == user_id))
    granting = membership_form or _membership_form()
    return render_template(
        "accounts/user.html",
        user=found,
        form=form or UserEditForm(obj=found, formdata=None),
        membership_form=granting,
        memberships=memberships_of(db.session(), user_id),
        today=today(),
        link=_link_just_made(user_id),
        own=found.id == current_actor().user_id,
    )


def _membership_form() -> MembershipForm:
    form = MembershipForm()
    form.body_id.look_in(partial(body_choices, db.session(), list(BodyKind)))
    if not form.is_submitted():
        form.valid_from.data = today()
    return form


@bp.post("/users/<int:user_id>/memberships")
@requires(Permission.USERS_MANAGE)
def grant_membership(user_id: int) -> ResponseReturnValue:
    found = one_or_404(select(User).where(User.id == user_id))
    form = _membership_form()
    if form.validate_on_submit():
        with form.catching():
            administration.grant_membership(
                current_actor(),
                db.session(),
                found,
                db.session.get_one(Body, form.body_id.data),
                _role(form),
                valid_from=form.valid_from.data or today(),
                valid_to=form.valid_to.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("岗位已授予。"), "success")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(user_id, membership_form=form), form.status


def _role(form: MembershipForm) -> Role:
    if form.role.data is None:
        raise Invalid(role="required")
    return Role(form.role.data)


@bp.post("/users/<int:user_id>/memberships/<int:membership_id>/end")
@requires(Permission.USERS_MANAGE)
def end_membership(user_id: int, membership_id: int) -> ResponseReturnValue:
    membership = one_or_404(
        select(Membership).where(Membership.id == membership_id, Membership.user_id == user_id)
    )
    administration.end_membership(current_actor(), db.session(), membership, on=today(), now=utc_now())
    db.session.commit()
    flash(gettext("岗位自次日起终止。"), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@bp.post("/users/<int:user_id>/invitation")
@requires(Permission.USERS_MANAGE)
def invite_user(user_id: int) -> ResponseReturnValue:
    """The link is shown on the next page and never again; only its hash is stored."""
    found = one_or_404(select(User).where(User.id == user_id))
    settings = current_app.config["SETTINGS"]
    token = invitations.invite(
        current_actor(), db.session(), found, limit=settings.invitation_limit, now=utc_now()
    )
    db.session.commit()
    # The administrator's own signed cookie carries it, so that reloading the page does not void it by a new one.
    cookie[INVITED] = [user_id, token]
    return redirect(url_for("accounts.user", user_id=user_id))


def _link_just_made(user_id: int) -> str | None:
    invited, token = cookie.pop(INVITED, (None, ""))
    if invited != user_id:
        return None
    public_url = current_app.config["SETTINGS"].public_url
    if public_url:
        return str(public_url) + url_for("accounts.invitation", token=token)
    return url_for("accounts.invitation", token=token, _external=True)


@bp.post("/users/<int:user_id>/activity")
@requires(Permission.USERS_MANAGE)
def set_user_activity(user_id: int) -> ResponseReturnValue:
    found = one_or_404(select(User).where(User.id == user_id))
    form = ActionForm()
    active = request.form.get("active") == "1"
    administration.set_user_active(
        current_actor(), db.session(), found, active, version=form.version.data, now=utc_now()
    )
    db.session.commit()
    flash(gettext("账号已启用。") if active else gettext("账号已停用，其登录已全部退出。"), "success")
    return redirect(url_for("accounts.user", user_id=user_id))
