"""What this area tells the scores: final findings on an engagement, and those on an agency as a whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.inspections.enums import FindingState, Severity
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.numbering import plain_number
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.models import FaultCode
from agencyqa.measures.occurrences import Occurrence


@dataclass(frozen=True)
class AgencyFinding:
    """A final finding that concerns no single engagement; the agency-level form counts it where there is one."""

    finding_id: int
    agency_id: int
    number: str
    fault: str
    title: str
    title_en: str
    occurrences: int
    severity: Severity
    facts: str
    fact_on: date
    provision: str
    # Of the inspection; not kept with a result, which has always been without it.
    check: str = ""

    def as_occurrence(self) -> Occurrence:
        """As a row of the sheet about the agency's year."""
        return Occurrence(
            key=f"finding:{self.finding_id}",
            engagement_id=None,
            source=FaultSource.FINDING,
            fault=self.fault,
            count=self.occurrences,
            fact_on=self.fact_on,
            provision=self.provision,
            params={
                "number": self.number,
                "check": self.check,
                "severity": self.severity.value,
                "facts": self.facts,
                "occurrences": self.occurrences,
            },
            endpoint="inspections.finding",
            endpoint_values={"finding_id": self.finding_id},
        )

    def as_json(self) -> dict[str, Any]:
        """To be kept with a result: JSON values only."""
        data = {**asdict(self), "severity": self.severity.value, "fact_on": self.fact_on.isoformat()}
        del data["check"]
        return data


def occurrences(session: Session, engagement_ids: Collection[int]) -> list[Occurrence]:
    """By engagement and number of the finding."""
    rows = session.execute(
        select(
            Finding.id,
            Finding.engagement_id,
            Finding.year,
            Finding.number,
            Finding.fault_code,
            Finding.occurrences,
            Finding.severity,
            Finding.facts,
            Finding.fact_on,
            Finding.provision_key,
            SpotCheck.year.label("check_year"),
            SpotCheck.number.label("check_number"),
        )
        .join(SpotCheck, SpotCheck.id == Finding.spot_check_id)
        .where(Finding.engagement_id.in_(engagement_ids), Finding.state == FindingState.FINAL)
        .order_by(Finding.engagement_id, Finding.year, Finding.number, Finding.id)
    )
    return [
        Occurrence(
            key=f"finding:{row.id}",
            engagement_id=row.engagement_id,
            source=FaultSource.FINDING,
            fault=row.fault_code,
            count=row.occurrences,
            fact_on=row.fact_on,
            provision=row.provision_key,
            params={
                "number": plain_number(row.year, row.number),
                "check": plain_number(row.check_year, row.check_number),
                "severity": row.severity.value,
                "facts": row.facts,
                "occurrences": row.occurrences,
            },
            endpoint="inspections.finding",
            endpoint_values={"finding_id": row.id},
        )
        for row in rows
    ]


def agency_findings(
    session: Session, bureau_id: int, agency_ids: Collection[int], year: int
) -> list[AgencyFinding]:
    """Final ones without an engagement whose fact fell into the year, by agency and number."""
    rows = session.execute(
        select(Finding, FaultCode.title, FaultCode.title_en, SpotCheck.year, SpotCheck.number)
        .join(SpotCheck, SpotCheck.id == Finding.spot_check_id)
        .outerjoin(FaultCode, FaultCode.code == Finding.fault_code)
        .where(
            Finding.bureau_id == bureau_id,
            Finding.agency_id.in_(agency_ids),
            Finding.engagement_id.is_(None),
            Finding.state == FindingState.FINAL,
            Finding.fact_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(Finding.agency_id, Finding.year, Finding.number, Finding.id)
    )
    return [
        AgencyFinding(
            finding_id=finding.id,
            agency_id=finding.agency_id,
            number=plain_number(finding.year, finding.number),
            fault=finding.fault_code,
            title=title or finding.fault_code,
            title_en=title_en or finding.fault_code,
            occurrences=finding.occurrences,
            severity=finding.severity,
            facts=finding.facts,
            fact_on=finding.fact_on,
            provision=finding.provision_key,
            check=plain_number(check_year, check_number),
        )
        for finding, title, title_en, check_year, check_number in rows
    ]
