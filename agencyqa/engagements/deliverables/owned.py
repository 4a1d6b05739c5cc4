"""In which bureaus' matters deliverables stand; see ``files.owned``."""

from __future__ import annotations

from sqlalchemy import select

from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.files.owned import Owned

OWNED: tuple[Owned, ...] = (
    select(DeliverableVersion.file_id, Deliverable.bureau_id)
    .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
    .where(DeliverableVersion.submission_id.is_not(None)),
)
