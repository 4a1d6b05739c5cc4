from __future__ import annotations

from enum import StrEnum


class MailOutcome(StrEnum):
    """What became of a mail.

    ``SENDING``: somebody has begun to talk to the server, and until he is done nobody knows whether it was taken.
    ``UNCLEAR``: nobody ever will, so that it is not sent again. ``WITHHELD``: the reader may no longer see the target.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
    UNCLEAR = "unclear"
