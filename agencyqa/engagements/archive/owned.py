"""In which bureaus' matters sealed archives stand; see ``files.owned``."""

from __future__ import annotations

from sqlalchemy import select

from agencyqa.engagements.archive.models import SealedArchive
from agencyqa.engagements.models import Engagement
from agencyqa.files.owned import Owned

OWNED: tuple[Owned, ...] = (
    select(SealedArchive.file_id, Engagement.bureau_id).join(
        Engagement, Engagement.id == SealedArchive.engagement_id
    ),
)
