"""The provisions and form items that the criteria of one scheme cite, in the words of the contract date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from agencyqa.measures.queries import provision_label, provision_summary, provisions_cited
from agencyqa.measures.texts import SchemeTexts


@dataclass(frozen=True)
class Citation:
    """``measure`` is the key of the document, for a link to its page."""

    label: str
    summary: str
    measure: str


def citations(session: Session, texts: SchemeTexts, day: date) -> Mapping[str, Citation]:
    """By the stable key of the provision."""
    found = provisions_cited(session, texts.file.citations(), day)
    return {
        key: Citation(provision_label(each), provision_summary(each), key.partition("/")[0])
        for key, each in found.items()
    }
