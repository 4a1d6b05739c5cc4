"""The provisions and form items that criteria and facts cite, each in the words of its own day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from agencyqa.assessments.evidence import FactRow
from agencyqa.measures.queries import provision_label, provision_summary, provisions_on
from agencyqa.measures.texts import SchemeTexts


@dataclass(frozen=True)
class Citation:
    """``measure`` is the key of the document, for a link to its page."""

    label: str
    summary: str
    measure: str


# A criterion's by the stable key of its provision; a fact's by that and its day as in the row of the record.
Citations = Mapping[str | tuple[str, str], Citation]


def citations(session: Session, texts: SchemeTexts, day: date, facts: Iterable[FactRow] = ()) -> Citations:
    """In one statement. ``day`` is the contract date, which decides for the criteria; a fact has its own."""
    criteria = texts.file.citations()
    rows = {(row["provision"], row["fact_on"]) for row in facts if row["provision"]}
    wanted = {(key, day) for key in criteria} | {(key, date.fromisoformat(on)) for key, on in rows}
    found = {
        place: Citation(provision_label(each), provision_summary(each), place[0].partition("/")[0])
        for place, each in provisions_on(session, wanted).items()
    }
    cited: dict[str | tuple[str, str], Citation] = {
        key: found[key, day] for key in criteria if (key, day) in found
    }
    for key, on in rows:
        if each := found.get((key, date.fromisoformat(on))):
            cited[key, on] = each
    return cited
