"""Whether an agency has any of something, for the parts of its page."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from agencyqa.web import contents


def may_hold(session: Session, agency_id: int, model: type[Any]) -> bool:
    """As ``web.contents.may_hold``."""
    return contents.may_hold(session, "agency_id", agency_id, model)
