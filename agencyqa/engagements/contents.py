"""Whether an engagement has any of something, for the parts of its page."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from agencyqa.web import contents


def may_hold(session: Session, engagement_id: int, model: type[Any]) -> bool:
    """As ``web.contents.may_hold``."""
    return contents.may_hold(session, "engagement_id", engagement_id, model)
