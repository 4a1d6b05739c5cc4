"""Loading what is shipped, drafting schemes, and publishing them for good."""

from __future__ import annotations

from agencyqa.measures.services.drafts import copy_draft, draft_scheme, save_draft, start_draft
from agencyqa.measures.services.loading import load_reference_data
from agencyqa.measures.services.publishing import Effects, effects_of, publish_scheme

__all__ = [
    "Effects",
    "copy_draft",
    "draft_scheme",
    "effects_of",
    "load_reference_data",
    "publish_scheme",
    "save_draft",
    "start_draft",
]
