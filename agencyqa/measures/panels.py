"""What a higher area shows beside the editor of drafts, without being imported from here."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from agencyqa.measures.drafting.checking import DraftCheck
from agencyqa.measures.models import SchemeVersion

# The form as its scorers will see it, of a checked draft that need not be saved: of the section or criterion that is
# named by its key, or the whole for None.
DraftPreview = Callable[[SchemeVersion, DraftCheck, str | None], Markup | str]
draft_previews: list[DraftPreview] = []


def draft_preview(version: SchemeVersion, found: DraftCheck, key: str | None) -> Markup:
    return Markup("").join(each(version, found, key) for each in draft_previews)
