"""Loading what is shipped, drafting schemes, and publishing them for good."""

from __future__ import annotations

from agencyqa.measures.services.drafts import draft_scheme
from agencyqa.measures.services.loading import load_reference_data
from agencyqa.measures.services.publishing import publish_scheme

__all__ = ["draft_scheme", "load_reference_data", "publish_scheme"]
