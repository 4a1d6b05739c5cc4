"""What a year is computed from, as it was read: sheets, engagements, and what concerns an agency as a whole. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from agencyqa.assessments import workflow
from agencyqa.assessments.enums import RoleMissing, SheetState
from agencyqa.engagements.enums import EngagementState
from agencyqa.scoring import Credit, RoleShare, SheetScore, Subtotal


@dataclass(frozen=True)
class SheetFact:
    """The newest revision of one scorer's sheet, with the sums that were stored when it was submitted."""

    sheet_id: int
    engagement_id: int | None
    role: str
    revision: int
    state: SheetState
    total: int | None
    max_points: int
    measures: dict[str, list[int | None]]
    content_hash: str | None
    scheme_version_id: int
    scheme: str
    is_reference: bool
    body_id: int
    body_name: str
    # Of several scorers of one role which; 0 where there is one.
    seat: int = 0

    @property
    def seat_key(self) -> str:
        return f"{self.seat:02d}"

    def score(self) -> SheetScore:
        parts = tuple(Subtotal(key, held[0], held[1] or 0) for key, held in self.measures.items())
        # What the scheme allows was decided when the sheet was scored; a bonus may have lifted it above the maximum.
        return SheetScore(self.total, self.max_points, parts, may_exceed=True)

    def inputs(self) -> dict[str, Any]:
        return {
            "sheet_id": self.sheet_id,
            "role": self.role,
            **({"seat": self.seat} if self.seat else {}),
            "revision": self.revision,
            "total": self.total,
            "max": self.max_points,
            "measures": self.measures,
            "content_hash": self.content_hash,
            "scheme_version_id": self.scheme_version_id,
            "scheme": self.scheme,
        }


@dataclass(frozen=True)
class EngagementFact:
    engagement_id: int
    agency_id: int
    agency_name: str
    agency_order: str
    contract: str
    object_name: str
    fee: int
    signed_on: date
    state: EngagementState
    share_table_id: int
    shares: tuple[RoleShare, ...]
    sheets: tuple[SheetFact, ...]
    bureau_id: int
    bureau_name: str
    role_missing: RoleMissing = RoleMissing.WAIT
    # Of the evaluated money in fen, and what was set by hand; read only where the rules weigh by them.
    amount: int | None = None
    weight: int | None = None

    def named(self) -> dict[str, Any]:
        return {
            "engagement_id": self.engagement_id,
            "contract": self.contract,
            "object": self.object_name,
            "agency": self.agency_name,
        }


@dataclass(frozen=True)
class CreditFact:
    credit_id: int
    occurred_on: date
    points: int
    reason: str
    evidence: str

    def credit(self) -> Credit:
        return Credit(f"credit:{self.credit_id}", self.points)

    def inputs(self) -> dict[str, Any]:
        return {
            "credit_id": self.credit_id,
            "occurred_on": self.occurred_on.isoformat(),
            "points": self.points,
            "reason": self.reason,
            "evidence": self.evidence,
        }


@dataclass(frozen=True)
class AgencyFact:
    """What concerns an agency as a whole in a year; ``group`` is the one in which it is ranked, "" for none."""

    form: SheetFact | None = None
    credits: tuple[CreditFact, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    group: str = ""


NO_AGENCY_FACT = AgencyFact()


def is_counted(sheet: SheetFact) -> bool:
    return sheet.state in workflow.DECIDED
