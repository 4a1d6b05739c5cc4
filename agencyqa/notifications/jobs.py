"""Sends by mail what the inbox was told.

Unlike other jobs this one commits as it goes: a mail is claimed for good before the server hears of it, so that a
crash can lose one but never send it twice; and no transaction is open while a server keeps us waiting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.notifications import outbox
from agencyqa.notifications.composing import NoAddress, compose, path_to
from agencyqa.notifications.enums import MailOutcome
from agencyqa.notifications.models import InboxMessage, OutgoingMail
from agencyqa.notifications.readers import directory
from agencyqa.notifications.smtp import NotSent, Post, Unclear, Unreachable
from agencyqa.notifications.visibility import may_see
from config import MailSettings

log = logging.getLogger(__name__)

# A run is over long before another runner would take it for dead, or its claims run out.
MOST_A_RUN = 200
RUN_SECONDS = 120


def send_mail(session: Session, now: datetime) -> int | None:
    """The number of mails sent; None where mail is off."""
    settings: MailSettings | None = current_app.config["SETTINGS"].mail
    if settings is None:
        return None
    lost = outbox.settle_lost(session, now)
    old = outbox.settle_old(session, now)
    waiting = outbox.due(session, now, limit=MOST_A_RUN)
    session.commit()
    if lost or old:
        log.warning("Mails given up: %d with an unclear end, %d too old", lost, old)
    sent = 0
    begun = time.monotonic()
    with Post(settings) as post:
        for mail_id in waiting:
            if time.monotonic() - begun > RUN_SECONDS:
                break
            try:
                sent += _send_one(session, post, mail_id, now, settings.sender)
            except Unreachable as error:
                log.warning("The mail server cannot be used: %s", error.reason)
                break
    return sent


def _send_one(session: Session, post: Post, mail_id: int, now: datetime, sender: str) -> bool:
    """Raise Unreachable after noting it: the mail is tried again later."""
    attempt = outbox.claim(session, mail_id, now)
    session.commit()
    if attempt is None:
        return False
    stopped: Unreachable | None = None
    is_sent = False
    try:
        message = _message(session, mail_id, now, sender)
        session.commit()
        if message is None:
            outbox.finish(session, mail_id, MailOutcome.WITHHELD, now)
        else:
            post.send(message, message["To"].addresses[0].addr_spec)
            is_sent = True
            outbox.finish(session, mail_id, MailOutcome.SENT, now)
    except NoAddress:
        outbox.finish(session, mail_id, MailOutcome.FAILED, now, "address")
    except Unclear as error:
        outbox.finish(session, mail_id, MailOutcome.UNCLEAR, now, error.reason)
        log.warning("Mail %d may or may not have been sent: %s", mail_id, error.reason)
    except NotSent as error:
        if error.is_final:
            outbox.finish(session, mail_id, MailOutcome.FAILED, now, error.reason)
        else:
            outbox.try_again(session, mail_id, attempt, now, error.reason)
        stopped = error if isinstance(error, Unreachable) else None
        log.warning("Mail %d was not taken: %s", mail_id, error.reason)
    session.commit()
    if stopped is not None:
        raise stopped
    return is_sent


def _message(session: Session, mail_id: int, now: datetime, sender: str) -> EmailMessage | None:
    """None where the reader is gone, has no address left, or may not see the target any more."""
    told = session.execute(
        sa.select(
            InboxMessage.membership_id,
            InboxMessage.code,
            InboxMessage.params,
            InboxMessage.endpoint,
            InboxMessage.endpoint_values,
        )
        .join(OutgoingMail, OutgoingMail.message_id == InboxMessage.id)
        .where(OutgoingMail.id == mail_id)
    ).one()
    reader = directory().reader(session, told.membership_id, local_date(now))
    if reader is None or not may_see(session, reader.actor, told.endpoint, told.endpoint_values):
        return None
    path = path_to(told.endpoint, told.endpoint_values)
    if path is None:
        return None
    return compose(reader, told.code, told.params, path, mail_id=mail_id, sender=sender)


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"notifications.send_mail": send_mail}
