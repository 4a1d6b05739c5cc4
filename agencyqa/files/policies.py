"""Who sees and continues a file that comes in parts. Contents have no owner here: see the areas that name them."""

from __future__ import annotations

from sqlalchemy import Select, false, select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.files.enums import UploadState
from agencyqa.files.models import PartialUpload


def visible_to(actor: Actor) -> Select[PartialUpload]:
    """The uploads of this membership alone: not those of a colleague, nor of the same person in another role."""
    return select(PartialUpload).where(PartialUpload.membership_id == actor.membership_id)


def can_discard(actor: Actor) -> bool:
    return actor.has(Permission.UPLOADS_DISCARD)


def unfinished(actor: Actor) -> Select[PartialUpload]:
    """Whatever lies on the server without being a file yet, whoever sent it; for the administrator alone."""
    statement = select(PartialUpload).where(PartialUpload.state == UploadState.OPEN)
    return statement if can_discard(actor) else statement.where(false())
