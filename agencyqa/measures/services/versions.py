"""What drafting, publishing and loading share: the columns of a version, its end, and the queue of a bureau."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import day_before
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.scheme_format import CheckedFile


def take_content(version: SchemeVersion, checked: CheckedFile) -> None:
    """A whole file as the content of a version, with the columns that repeat parts of it."""
    file = checked.file
    version.purpose = file.purpose
    version.work_kind = file.work_kind
    version.valid_from = file.valid_from
    version.max_points = file.max_points
    version.is_reference = file.is_reference
    version.content = checked.content
    version.content_hash = checked.content_hash


def end_version(
    session: Session, actor: Actor, before: SchemeVersion, successor: SchemeVersion, now: datetime
) -> None:
    last = day_before(successor.valid_from)
    old, before.valid_to = before.valid_to, last
    record(
        session,
        actor,
        "measures.scheme.ended",
        before,
        now=now,
        bureau_id=before.scheme.bureau_id,
        changes={"valid_to": (old, last)},
        key=before.scheme.key,
        number=before.number,
        successor=successor.id,
    )


def lock_bureau(session: Session, bureau_id: int) -> None:
    session.execute(select(Body.id).where(Body.id == bureau_id).with_for_update())
