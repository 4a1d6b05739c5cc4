"""The engagement of an address, as far as the actor may see it."""

from __future__ import annotations

from agencyqa.auth.guards import current_actor
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible_to
from agencyqa.web.loading import one_or_404


def load_engagement(engagement_id: int) -> Engagement:
    return one_or_404(visible_to(current_actor()).where(Engagement.id == engagement_id))
