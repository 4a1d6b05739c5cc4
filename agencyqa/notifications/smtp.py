"""Talks to the mail server, and says of each mail whether it was taken, was not, or may have been."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from types import TracebackType
from typing import Self

from config import MailSettings

TIMEOUT_SECONDS = 15
ACCEPTED = 250
FORWARDED = 251
FIRST_PERMANENT = 500
# What can go wrong with a connection: the server's answers, the network, a host name that is none.
FAULTS = (smtplib.SMTPException, OSError, ValueError)


class NotSent(Exception):
    """The server did not take it. ``is_final``: it never will."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class Unreachable(NotSent):
    """There is no server to talk to, so the next mail need not be tried either."""


class Unclear(Exception):
    """The connection broke after the content had gone out: the server may have taken it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Post:
    """One connection for the mails of a run, made with the first of them. Nothing a server writes is kept or logged."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except FAULTS:
                self._server.close()

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Return when the server has taken it. Raise NotSent, Unreachable, Unclear."""
        content = message.as_bytes(policy=WIRE)
        server = self._connected()
        try:
            self._expect(*server.mail(self.settings.sender), step="MAIL")
            self._expect(*server.rcpt(recipient), step="RCPT")
        except FAULTS as error:
            self._drop()
            raise NotSent(f"MAIL {type(error).__name__}") from None
        try:
            code, text = server.data(content)
        except smtplib.SMTPDataError as error:
            code, text = error.smtp_code, b""
        except FAULTS as error:
            self._drop()
            raise Unclear(f"DATA {type(error).__name__}") from None
        self._expect(code, text, step="DATA")

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except smtplib.SMTPResponseException as error:
                raise Unreachable(f"{type(error).__name__} {error.smtp_code}") from None
            except FAULTS as error:
                raise Unreachable(type(error).__name__) from None
        return self._server

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        # Who greets is the domain of our mail: the name of the machine is nobody's business.
        name = settings.sender.rpartition("@")[2]
        server: smtplib.SMTP
        if settings.tls == "ssl":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(
                settings.host, settings.port, local_hostname=name, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, local_hostname=name, timeout=TIMEOUT_SECONDS)
        try:
            if settings.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, settings.password)
        except BaseException:
            server.close()
            raise
        return server

    def _expect(self, code: int, text: bytes, *, step: str) -> None:
        if code in {ACCEPTED, FORWARDED}:
            return
        try:
            if self._server is not None:
                self._server.rset()
        except FAULTS:
            self._drop()
        raise NotSent(f"{step} {code}", is_final=code >= FIRST_PERMANENT)

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
