"""Loading what is shipped, drafting schemes, and publishing them for good."""

from __future__ import annotations

from agencyqa.measures.services.drafts import copy_draft, draft_scheme, save_draft, start_draft
from agencyqa.measures.services.loading import load_reference_data
from agencyqa.measures.services.publishing import publish_scheme

__all__ = [
    "copy_draft",
    "draft_scheme",
    "load_reference_data",
    "publish_scheme",
    "save_draft",
    "start_draft",
]
