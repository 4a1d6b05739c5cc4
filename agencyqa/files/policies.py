"""Who sees and continues a file that comes in parts. Contents have no owner here: see the areas that name them."""

from __future__ import annotations

from sqlalchemy import Select, select

from agencyqa.auth.actor import Actor
from agencyqa.files.models import PartialUpload


def visible_to(actor: Actor) -> Select[PartialUpload]:
    """The uploads of this membership alone: not those of a colleague, nor of the same person in another role."""
    return select(PartialUpload).where(PartialUpload.membership_id == actor.membership_id)
