"""``flask accounts …``: the first administrator of an empty installation."""

from __future__ import annotations

import os

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts import passwords
from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.services.administration import BodyData, add_body
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import local_date, utc_now
from agencyqa.extensions import db

group = AppGroup("accounts", help="Accounts and bodies.")


@group.command("create-admin")
@click.option("--username", envvar="AGENCYQA_ADMIN_USERNAME", prompt="User name / 用户名")
@click.option(
    "--password",
    envvar="AGENCYQA_ADMIN_PASSWORD",
    prompt="Password / 密码",
    hide_input=True,
    confirmation_prompt=True,
)
@click.option("--bureau", envvar="AGENCYQA_BUREAU_NAME", prompt="Name of the finance bureau / 财政局名称")
def create_admin_command(username: str, password: str, bureau: str) -> None:
    """Make the finance bureau, if there is none, and a system administrator in it."""
    create_first_administrator(db.session(), username, password, bureau)
    db.session.commit()
    click.echo(f"Administrator {username} created.")


def has_administrator(session: Session) -> bool:
    statement = select(Membership.id).where(Membership.role == Role.SYSTEM_ADMINISTRATOR).limit(1)
    return session.scalar(statement) is not None


def create_first_administrator(session: Session, username: str, password: str, bureau_name: str) -> None:
    fault = passwords.weakness(password, username)
    if fault is not None:
        raise click.ClickException(
            f"Password refused ({fault}): at least {passwords.MINIMUM_LENGTH} characters, not easy to guess."
        )
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise click.ClickException(f"There is a user {username} already.")
    now = utc_now()
    bureau = session.scalars(
        select(Body).where(Body.kind == BodyKind.BUREAU, Body.parent_id.is_(None)).order_by(Body.id).limit(1)
    ).one_or_none() or add_body(session, BodyData(BodyKind.BUREAU, bureau_name), now=now)
    user = User(
        username=username,
        display_name=username,
        password_hash=passwords.hash_password(password),
        locale="zh_CN",
        is_active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    session.add(
        Membership(
            user_id=user.id,
            body_id=bureau.id,
            role=Role.SYSTEM_ADMINISTRATOR,
            valid_from=local_date(now),
        )
    )
    actor = system_actor("command line")
    record(session, actor, "accounts.user.created", user, now=now, username=username)


def administrator_from_environment() -> tuple[str, str, str] | None:
    """User name, password and bureau name, where all of an unattended set-up is given."""
    username = os.environ.get("AGENCYQA_ADMIN_USERNAME")
    password = os.environ.get("AGENCYQA_ADMIN_PASSWORD")
    if not username or not password:
        return None
    return username, password, os.environ.get("AGENCYQA_BUREAU_NAME") or "财政局"
