"""Which deliverables a kind of work needs and by when: reading the dated tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.db import open_period
from agencyqa.engagements.deliverables.enums import Basis, DeliverableKind
from agencyqa.engagements.deliverables.models import RequirementTable
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Tag, WorkKind

# The kinds a table speaks of. A report on rectification is owed by an order, not by the contract.
TABLE_KINDS = (
    DeliverableKind.PLAN,
    DeliverableKind.WORK_PAPERS,
    DeliverableKind.DRAFT,
    DeliverableKind.REPORT,
)
# What an agency that only helps does not issue: reports and conclusions in its own name.
CONCLUSIONS = frozenset({DeliverableKind.DRAFT, DeliverableKind.REPORT})

# Nothing published fixes these terms, so they are tagged as inferred and say so; they hold for any contract date.
SHIPPED_FROM = date(2000, 1, 1)
SHIPPED_SOURCE = "参考期限，供未制定本局期限表时使用；请以财政局的规定或者合同约定替换。"
SHIPPED_PROVISION = "CJ4/procedure"
SHIPPED_TAG = Tag.INFERRED


@dataclass(frozen=True)
class Requirement:
    """``working_days`` are counted from ``basis``; both are empty where no date is set. ``files``: at least so many."""

    kind: DeliverableKind
    is_required: bool
    basis: Basis | None = None
    working_days: int | None = None
    files: int = 1

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "required": self.is_required,
            "basis": None if self.basis is None else self.basis.value,
            "working_days": self.working_days,
            # Tables from before numbers could be set say nothing of them, and mean one.
            **({"files": self.files} if self.files != 1 else {}),
        }


SHIPPED = (
    Requirement(DeliverableKind.PLAN, True, Basis.CONTRACT_SIGNED, 15),
    Requirement(DeliverableKind.WORK_PAPERS, True, Basis.CONTRACT_DUE, 0),
    Requirement(DeliverableKind.DRAFT, False),
    Requirement(DeliverableKind.REPORT, True, Basis.CONTRACT_DUE, 0),
)


def requirements_of(table: RequirementTable) -> list[Requirement]:
    return [_requirement(item) for item in table.items]


def _requirement(item: Mapping[str, Any]) -> Requirement:
    basis = item.get("basis")
    return Requirement(
        DeliverableKind(item["kind"]),
        bool(item["required"]),
        None if basis is None else Basis(basis),
        item.get("working_days"),
        item.get("files", 1),
    )


def expected_of(table: RequirementTable | None, engagement: Engagement) -> list[Requirement]:
    """What this engagement owes by the table, in the order of the kinds, and what it may hand in besides."""
    found = {} if table is None else {item.kind: item for item in requirements_of(table)}
    wanted = [found.get(kind, Requirement(kind, False)) for kind in TABLE_KINDS]
    if engagement.is_clerical_only:
        wanted = [Requirement(item.kind, False) if item.kind in CONCLUSIONS else item for item in wanted]
    return [*wanted, Requirement(DeliverableKind.RECTIFICATION_REPORT, False)]


def start_of(basis: Basis, engagement: Engagement) -> date:
    return engagement.contract_signed_on if basis is Basis.CONTRACT_SIGNED else engagement.due_on


def table_in_force(
    session: Session, bureau_id: int, work_kind: WorkKind | None, day: date
) -> RequirementTable | None:
    """The bureau's own table, else its municipality's, else the shipped one; one for the kind of work goes first.

    Without a kind of work only tables for all kinds are looked at.
    """
    chain = bureau_chain(session, bureau_id)
    rows = session.scalars(
        select(RequirementTable)
        .where(
            or_(RequirementTable.bureau_id.is_(None), RequirementTable.bureau_id.in_(chain)),
            or_(RequirementTable.work_kind.is_(None), RequirementTable.work_kind == work_kind),
            open_period(RequirementTable.valid_from, RequirementTable.valid_to, day),
        )
        .order_by(RequirementTable.valid_from.desc(), RequirementTable.id.desc())
    ).all()
    owners: list[int | None] = [*chain, None]
    for owner in owners:
        for kind in (work_kind, None):
            for table in rows:
                if table.bureau_id == owner and table.work_kind == kind:
                    return table
    return None
