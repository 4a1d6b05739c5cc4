"""Findings on an agency as a whole, as they were kept with its annual result."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from agencyqa.inspections.enums import Severity
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import provision_label
from agencyqa.measures.texts import reader_language


@dataclass(frozen=True)
class AgencyFindingLine:
    """``href`` is "" for whoever may not open the finding."""

    number: str
    title: str
    severity: Severity
    occurrences: int
    facts: str
    fact_on: date
    provision: str
    measure: str
    href: str


def agency_finding_lines(
    kept: Sequence[Mapping[str, Any]],
    open_ids: Collection[int],
    cited: Mapping[tuple[str, date], Provision],
) -> list[AgencyFindingLine]:
    """``cited`` are the provisions in force on the dates of the facts."""
    english = reader_language() == "en"
    return [
        AgencyFindingLine(
            number=each["number"],
            title=each["title_en"] if english else each["title"],
            severity=Severity(each["severity"]),
            occurrences=each["occurrences"],
            facts=each["facts"],
            fact_on=date.fromisoformat(each["fact_on"]),
            provision=_label(each, cited),
            measure=each["provision"].partition("/")[0],
            href=url_for("inspections.finding", finding_id=each["finding_id"])
            if each["finding_id"] in open_ids
            else "",
        )
        for each in kept
    ]


def _label(each: Mapping[str, Any], cited: Mapping[tuple[str, date], Provision]) -> str:
    found = cited.get((each["provision"], date.fromisoformat(each["fact_on"])))
    return provision_label(found) if found is not None else each["provision"]
