"""What the inbox is told goes out by mail: once, to those who may still see it, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.agencies.models import Agency
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.notifications.enums import MailOutcome
from agencyqa.notifications.models import InboxMessage, OutgoingMail
from agencyqa.notifications.services import tell
from tests.client import Client
from tests.factories.accounts import NOW, make_bureau, make_observer, sign_in
from tests.factories.agencies import make_agency
from tests.integration.notifications.mailing import (
    SENDER,
    Run,
    bureau,
    engagement,
    mailing,
    office,
    reach,
    run,
    states,
    tell_of,
    with_mail,
)
from tests.integration.notifications.post_office import PostOffice

__all__ = ["bureau", "engagement", "mailing", "office", "run"]


# ---------------------------------------------------------------------------------------------- writing


def test_without_a_server_nothing_is_noted_and_nothing_sent(
    session: Session, bureau: Body, engagement: Engagement, run: Run
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    assert (states(session), run()) == ([], None)


@pytest.mark.usefixtures("mailing")
def test_only_active_people_with_an_address_are_written_to(
    session: Session, bureau: Body, engagement: Engagement
) -> None:
    reached = reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn")
    without = reach(session, bureau, Role.BUREAU_SUPERVISOR, None)
    empty = reach(session, bureau, Role.BUREAU_SUPERVISOR, "")
    closed = reach(session, bureau, Role.BUREAU_SUPERVISOR, "closed@example.cn")
    ended = reach(session, bureau, Role.BUREAU_SUPERVISOR, "ended@example.cn")
    session.get_one(User, session.get_one(Membership, closed).user_id).is_active = False
    session.get_one(Membership, ended).valid_to = date(2022, 6, 14)
    session.flush()
    tell_of(session, engagement, reached, without, empty, closed, ended)
    assert len(session.scalars(sa.select(InboxMessage.id)).all()) == 5
    written = sa.select(InboxMessage.membership_id).join(
        OutgoingMail, OutgoingMail.message_id == InboxMessage.id
    )
    assert session.scalars(written).all() == [reached]
    # It belongs to the change it tells of.
    session.rollback()
    assert states(session) == []


# ---------------------------------------------------------------------------------------------- sending


@pytest.mark.usefixtures("mailing")
def test_a_mail_says_what_the_inbox_says_in_the_readers_language(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    chinese = reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn")
    english = reach(session, bureau, Role.BUREAU_SUPERVISOR, "officer@example.cn", locale="en")
    name = "a\r\nBcc: everybody@example.cn\r\n\r\n<b>学前教育补助项目</b>" + "长" * 80
    tell_of(session, engagement, chinese, english, name=name)
    assert run() == 2
    assert states(session) == [(MailOutcome.SENT, 1, "")] * 2
    first, second = office.letters
    assert office.recipients == ["rcpt TO:<lead@example.cn>", "rcpt TO:<officer@example.cn>"]
    assert (first["To"], first["From"], first["Bcc"]) == ("lead@example.cn", f"AgencyQA <{SENDER}>", None)
    assert first["Subject"].startswith("【AgencyQA】委托业务“a Bcc: everybody@example.cn <b>学前教育补助项目")
    assert len(first["Subject"]) == len("【AgencyQA】") + 70
    assert first.get_content_type() == "text/plain"
    assert first.get_content_charset() == "utf-8"
    person = session.get_one(User, session.get_one(Membership, chinese).user_id).display_name
    assert first.get_content().replace("\r\n", "\n").splitlines() == [
        f"{person}，您好：",
        "",
        "委托业务“a",
        "Bcc: everybody@example.cn",
        "",
        f"<b>学前教育补助项目</b>{'长' * 80}”已登记。",
        "",
        "登录后查看：",
        f"https://qa.example.gov.cn/engagements/{engagement.id}",
        "",
        "本邮件由 AgencyQA 自动发出，请勿回复。收件身份：长宁区财政局（财政监管负责人）。",
    ]
    assert second["Message-ID"] != first["Message-ID"]
    assert "supervis" in second.get_content().lower()
    # A second look sends nothing again.
    assert (run(NOW + timedelta(days=1)), len(office.contents)) == (0, 2)


@pytest.mark.usefixtures("mailing")
def test_who_may_not_see_the_target_any_more_gets_none(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    """Each of them could see it, or was told by mistake, when the message was written."""
    rival = make_agency(session, bureau, "对手机构")
    foreign = make_bureau(session, "乙区财政局")
    seen = reach(session, engagement_agency(session, engagement), Role.AGENCY_MANAGER, "own@example.cn")
    unseen = [
        reach(session, rival, Role.AGENCY_MANAGER, "rival@example.cn"),
        reach(session, foreign, Role.BUREAU_LEAD, "foreign@example.cn"),
        reach(session, make_observer(session, foreign), Role.OBSERVER, "watch@example.cn"),
        reach(session, bureau, Role.SYSTEM_ADMINISTRATOR, "admin@example.cn"),
    ]
    closed = reach(session, bureau, Role.BUREAU_LEAD, "closed@example.cn")
    left = reach(session, bureau, Role.BUREAU_LEAD, "left@example.cn")
    tell_of(session, engagement, seen, *unseen, closed, left)
    # Without an entry for its page, without a page, or to a page that is gone, nothing leaves the house.
    tell(session, [seen], "test_mailed", now=NOW, endpoint="jobs.runs", name="任务")
    tell(session, [seen], "test_mailed", now=NOW, name="无处可去")
    tell(session, [seen], "test_mailed", now=NOW, endpoint="gone.page", name="已删除")
    session.get_one(User, session.get_one(Membership, closed).user_id).is_active = False
    session.get_one(Membership, left).valid_to = date(2022, 6, 14)
    assert run() == 1
    assert office.recipients == ["rcpt TO:<own@example.cn>"]
    assert [state[0] for state in states(session)] == [MailOutcome.SENT] + [MailOutcome.WITHHELD] * 9


def engagement_agency(session: Session, engagement: Engagement) -> Agency:
    return session.get_one(Agency, engagement.agency_id)


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize(
    "address", ["a@b@c", "x\r\nBcc: y@example.cn", "无@example.cn", "only-a-name", "<a@b.cn>,c@d.cn"]
)
def test_what_is_no_address_is_sent_nowhere(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run, address: str
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, address))
    assert run() == 0
    assert states(session) == [(MailOutcome.FAILED, 1, "address")]
    assert office.recipients == []


# ---------------------------------------------------------------------------------------------- the page


def test_the_inbox_says_whether_and_where_mail_goes(
    app: Flask,
    client: Client,
    session: Session,
    bureau: Body,
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = session.get_one(Membership, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    sign_in(client, member)
    assert "系统没有启用邮件通知" in client.page(client.get("/inbox/")).text
    for name, value in with_mail(app, office.port).items():
        monkeypatch.setitem(app.config, name, value)
    assert "新消息同时发送到 lead@example.cn。" in client.page(client.get("/inbox/")).text
    session.get_one(User, member.user_id).email = None
    assert "您的账号没有登记电子邮箱" in client.page(client.get("/inbox/")).text
