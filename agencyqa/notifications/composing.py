"""The text of a mail: the sentence of the inbox and the way there, in the reader's language, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext
from werkzeug.routing import BuildError

from agencyqa.clock import utc_now
from agencyqa.i18n import LOCALES, SOURCE_LOCALE
from agencyqa.notifications.params import from_json
from agencyqa.notifications.readers import Reader
from agencyqa.web.labels import label_of
from agencyqa.web.messages import sentence

PREFIX = "【AgencyQA】"
# Beyond this, lists of mails cut a subject off anyway.
SUBJECT_LIMIT = 70


class NoAddress(Exception):
    """What stands in the account is no address to which mail can be sent."""


def path_to(endpoint: str, values: Mapping[str, Any]) -> str | None:
    """The path of a page of the program; None where there is no such page any more."""
    plain = {name: value for name, value in values.items() if not name.startswith("_")}
    try:
        return current_app.url_map.bind("").build(endpoint, plain)
    except BuildError:
        return None


def compose(
    reader: Reader, code: str, params: Mapping[str, Any], path: str, *, mail_id: int, sender: str
) -> EmailMessage:
    """Raise NoAddress. Headers of ``EmailMessage`` cannot hold a line break."""
    recipient = _address(reader.email)
    settings = current_app.config["SETTINGS"]
    with force_locale(LOCALES.get(reader.locale, SOURCE_LOCALE)):
        told = sentence(f"inbox.{code}", **from_json(params))
        role = "" if reader.actor.role is None else label_of(reader.actor.role)
        lines = [
            gettext("%(name)s，您好：", name=reader.actor.user_name),
            "",
            told,
            "",
            gettext("登录后查看："),
            f"{settings.public_url}{path}",
            "",
            gettext(
                "本邮件由 AgencyQA 自动发出，请勿回复。收件身份：%(body)s（%(role)s）。",
                body=reader.actor.body_name,
                role=role,
            ),
        ]
    message = EmailMessage()
    message["Subject"] = PREFIX + _one_line(told)
    message["From"] = Address("AgencyQA", addr_spec=sender)
    message["To"] = recipient
    message["Date"] = format_datetime(utc_now())
    # The same for every attempt, so that a server or reader that got it twice can tell.
    message["Message-ID"] = f"<mail-{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(lines) + "\n", charset="utf-8", cte="base64")
    return message


def _address(text: str) -> Address:
    """One plain address in ASCII, as servers without extensions understand it."""
    try:
        found = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        raise NoAddress() from None
    if not text.isascii() or not found.username or not found.domain:
        raise NoAddress()
    return found


def _one_line(text: str) -> str:
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"
