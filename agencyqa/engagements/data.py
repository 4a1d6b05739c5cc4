"""What is entered for an engagement, in one shape for forms, imports, checks and services."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import WorkKind


@dataclass(frozen=True)
class EngagementData:
    """``fee`` in fen. The bureau is the actor's; the assessment year follows from the contract date."""

    object_id: int
    commissioner_id: int
    evaluated_unit_id: int
    agency_id: int
    principal_evaluator_id: int | None
    work_kind: WorkKind
    contract_number: str
    contract_signed_on: date
    due_on: date
    fee: int
    is_clerical_only: bool = False
    note: str = ""

    def values(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def data_of(engagement: Engagement) -> EngagementData:
    return EngagementData(**{field.name: getattr(engagement, field.name) for field in fields(EngagementData)})
