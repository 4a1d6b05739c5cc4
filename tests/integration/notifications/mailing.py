"""An installation with mail on, and people to write to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.notifications.enums import MailOutcome
from agencyqa.notifications.jobs import send_mail
from agencyqa.notifications.models import OutgoingMail
from agencyqa.notifications.services import MAILS, tell
from agencyqa.web.messages import register_messages
from config import MailSettings
from tests.factories.accounts import NOW, make_bureau, make_department, make_member
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.integration.notifications.post_office import PostOffice, post_office

register_messages({"inbox.test_mailed": _l("委托业务“%(name)s”已登记。")})
SENDER = "qa@example.gov.cn"
Run = Callable[..., int | None]
State = tuple[MailOutcome, int, str]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def with_mail(app: Flask, port: int, **changes: Any) -> dict[str, Any]:
    mail = MailSettings(**{"host": "127.0.0.1", "port": port, "sender": SENDER, "tls": "off", **changes})
    settings = replace(app.config["SETTINGS"], mail=mail, public_url="https://qa.example.gov.cn")
    return {"SETTINGS": settings}


@pytest.fixture
def mailing(
    app: Flask, connection: sa.Connection, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail is on: as the engine of such an installation says it, and as its settings do."""
    connection.execution_options(**{MAILS: True})
    for name, value in with_mail(app, office.port).items():
        monkeypatch.setitem(app.config, name, value)


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    def work(now: datetime = NOW) -> int | None:
        session.commit()
        with app.app_context():
            sent = send_mail(db.session(), now)
            db.session.commit()
        session.expire_all()
        return sent

    return work


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def engagement(session: Session, bureau: Body) -> Engagement:
    return make_engagement(session, bureau, make_agency(session, bureau), make_department(session, bureau))


def reach(session: Session, body: Body | Agency, role: Role, email: str | None, locale: str = "zh_CN") -> int:
    """The membership of somebody with this address."""
    member = make_member(session, session.get_one(Body, body.id), role)
    member.user.email, member.user.locale = email, locale
    session.flush()
    return member.id


def tell_of(session: Session, engagement: Engagement, *members: int, name: str = "学前教育补助项目") -> None:
    values = {"engagement_id": engagement.id}
    tell(
        session,
        members,
        "test_mailed",
        now=NOW,
        endpoint="engagements.show",
        endpoint_values=values,
        name=name,
    )


def states(session: Session) -> list[State]:
    rows = session.execute(
        sa.select(OutgoingMail.outcome, OutgoingMail.attempts, OutgoingMail.error).order_by(OutgoingMail.id)
    )
    return [(row.outcome, row.attempts, row.error) for row in rows]
