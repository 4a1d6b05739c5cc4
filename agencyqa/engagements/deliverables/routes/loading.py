"""The engagement and the deliverable of an address, as far as the actor may see them."""

from __future__ import annotations

from agencyqa.auth.guards import current_actor
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.policies import engagements_read, visible_to, visible_versions
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.web.loading import one_or_404


def load_readable(engagement_id: int) -> Engagement:
    """For pages that only show files."""
    return one_or_404(engagements_read(current_actor()).where(Engagement.id == engagement_id))


def load_deliverable(engagement_id: int, deliverable_id: int) -> tuple[Engagement, Deliverable]:
    deliverable = one_or_404(
        visible_to(current_actor()).where(
            Deliverable.id == deliverable_id, Deliverable.engagement_id == engagement_id
        )
    )
    return load_engagement(engagement_id), deliverable


def load_version(engagement_id: int, version_id: int) -> DeliverableVersion:
    return one_or_404(
        visible_versions(current_actor()).where(
            DeliverableVersion.id == version_id, Deliverable.engagement_id == engagement_id
        )
    )
