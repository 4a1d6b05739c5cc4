from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.agencies.models import AgencyImport
from agencyqa.agencies.policies import visible_imports
from agencyqa.auth.actor import Actor

SHOWN = 10


def newest_imports(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """The latest workbooks handed in for the actor's register, with who did it."""
    statement = (
        visible_imports(actor)
        .outerjoin(User, User.id == AgencyImport.uploaded_by_id)
        .with_only_columns(
            AgencyImport.id,
            AgencyImport.file_name,
            AgencyImport.uploaded_at,
            AgencyImport.confirmed_at,
            AgencyImport.added,
            AgencyImport.joined,
            AgencyImport.skipped,
            User.display_name.label("uploaded_by"),
        )
        .order_by(AgencyImport.id.desc())
        .limit(SHOWN)
    )
    return session.execute(statement).all()
