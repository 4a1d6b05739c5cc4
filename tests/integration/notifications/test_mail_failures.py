"""A server that is busy, refuses, hangs up or is not there: nothing is lost in silence and nothing sent twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.notifications.enums import MailOutcome
from agencyqa.notifications.jobs import send_mail
from agencyqa.notifications.models import OutgoingMail
from agencyqa.notifications.outbox import MAX_ATTEMPTS
from agencyqa.notifications.services import MAILS
from tests.factories.accounts import NOW, make_bureau, make_department
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.integration.notifications.mailing import (
    Run,
    State,
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


@pytest.mark.usefixtures("mailing")
def test_a_busy_server_is_asked_again_and_given_up(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    office.answers = {"RCPT": "450 try later"}
    now, tries = NOW, []
    for minute in range(24 * 60):
        now = NOW + timedelta(minutes=minute)
        before = len(office.commands)
        if minute in {0, 1, 6, 21, 81, 261, 621, 1341}:
            run(now)
            tries.append(len(office.commands) > before)
        elif minute in {2, 5, 20, 80, 260, 620, 1340}:
            # One minute before the pause is over nothing is tried.
            run(now)
            assert len(office.commands) == before
    assert tries == [True] * MAX_ATTEMPTS
    assert states(session) == [(MailOutcome.FAILED, MAX_ATTEMPTS, "RCPT 450")]
    assert (run(now + timedelta(days=1)), office.contents) == (0, [])


@pytest.mark.usefixtures("mailing")
def test_a_server_that_comes_back_gets_it_once(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    office.hang_up_at = "MAIL"
    assert run() == 0
    assert states(session) == [(MailOutcome.WAITING, 1, "MAIL SMTPServerDisconnected")]
    office.hang_up_at = ""
    assert (run(NOW + timedelta(seconds=59)), run(NOW + timedelta(seconds=60))) == (0, 1)
    assert (states(session), len(office.contents)) == ([(MailOutcome.SENT, 2, "")], 1)


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"RCPT": "550 nobody here"}, (MailOutcome.FAILED, 1, "RCPT 550")),
        ({"DATA": "554 no"}, (MailOutcome.FAILED, 1, "DATA 554")),
        ({".": "552 too much"}, (MailOutcome.FAILED, 1, "DATA 552")),
        ({".": "451 not now"}, (MailOutcome.WAITING, 1, "DATA 451")),
    ],
)
def test_a_refusal_for_good_is_the_end_and_the_next_mail_goes_on(
    session: Session,
    bureau: Body,
    engagement: Engagement,
    office: PostOffice,
    run: Run,
    answers: dict[str, str],
    state: State,
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    office.answers = answers
    assert run() == 0
    assert states(session) == [state]
    office.answers = {}
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_SUPERVISOR, "next@example.cn"))
    assert run() == 1


@pytest.mark.usefixtures("mailing")
def test_where_nobody_knows_whether_it_was_taken_it_is_not_sent_again(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    office.hang_up_at = "."
    assert run() == 0
    office.hang_up_at = ""
    assert run(NOW + timedelta(hours=1)) == 0
    assert states(session) == [(MailOutcome.UNCLEAR, 1, "DATA SMTPServerDisconnected")]
    assert len(office.contents) == 1


@pytest.mark.usefixtures("mailing")
def test_a_sender_that_died_leaves_its_mail_unclear(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    session.execute(
        sa.update(OutgoingMail).values(
            outcome=MailOutcome.SENDING, attempts=1, next_try_at=NOW + timedelta(minutes=10)
        )
    )
    assert run(NOW + timedelta(minutes=9)) == 0
    assert states(session) == [(MailOutcome.SENDING, 1, "")]
    assert run(NOW + timedelta(minutes=10)) == 0
    assert states(session) == [(MailOutcome.UNCLEAR, 1, "lost")]
    assert office.commands == []


@pytest.mark.usefixtures("mailing")
def test_what_waited_for_days_is_not_sent(
    session: Session, bureau: Body, engagement: Engagement, office: PostOffice, run: Run
) -> None:
    tell_of(session, engagement, reach(session, bureau, Role.BUREAU_LEAD, "lead@example.cn"))
    assert run(NOW + timedelta(days=3, seconds=1)) == 0
    assert (states(session), office.commands) == ([(MailOutcome.FAILED, 0, "too old")], [])


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        # A server that does not offer encryption is told nothing, neither password nor mail.
        ({"tls": "starttls"}, "SMTPNotSupportedError"),
        ({"user": "qa", "password": "never shown"}, "SMTPNotSupportedError"),
        ({"port": 1}, "ConnectionRefusedError"),
    ],
)
def test_a_server_that_cannot_be_used_costs_one_attempt_a_run(
    app: Flask,
    session: Session,
    bureau: Body,
    engagement: Engagement,
    office: PostOffice,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, Any],
    error: str,
) -> None:
    for name, value in with_mail(app, **{"port": office.port, **changes}).items():
        monkeypatch.setitem(app.config, name, value)
    members = [reach(session, bureau, Role.BUREAU_LEAD, f"lead{number}@example.cn") for number in range(2)]
    tell_of(session, engagement, *members)
    assert run() == 0
    assert states(session) == [(MailOutcome.WAITING, 1, error), (MailOutcome.WAITING, 0, "")]
    assert not any(command.upper().startswith(("MAIL", "AUTH")) for command in office.commands)
    assert "never shown" not in caplog.text


def test_two_runners_send_each_mail_once(real_app: Flask, office: PostOffice) -> None:
    real_app.config.update(with_mail(real_app, office.port))
    with real_app.app_context():
        session = db.session()
        session.connection().execution_options(**{MAILS: True})
        bureau = make_bureau(session)
        found = make_engagement(
            session, bureau, make_agency(session, bureau), make_department(session, bureau)
        )
        members = [
            reach(session, bureau, Role.BUREAU_LEAD, f"lead{number}@example.cn") for number in range(10)
        ]
        tell_of(session, found, *members)
        session.commit()
    start = threading.Barrier(2)
    sent: list[int | None] = []

    def work() -> None:
        with real_app.app_context():
            start.wait()
            sent.append(send_mail(db.session(), NOW))
            db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(number or 0 for number in sent) == 10
    assert sorted(office.recipients) == sorted({f"rcpt TO:<lead{number}@example.cn>" for number in range(10)})
