"""Who wants to know when a request is refused; the audit log does, but ``web`` may not know it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from werkzeug.exceptions import HTTPException

from agencyqa.errors import AgencyQAError

Refusal = AgencyQAError | HTTPException

log = logging.getLogger(__name__)

# Called after the failed transaction was rolled back; each commits what it writes.
after_refusal: list[Callable[[Refusal], None]] = []


def tell(error: Refusal) -> None:
    """A listener that fails is logged and never hides the refusal from the user."""
    for listener in after_refusal:
        try:
            listener(error)
        except Exception:
            log.exception("A listener of refusals failed")
