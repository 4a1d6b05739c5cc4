"""In which bureaus' matters evidence and templates stand; see ``files.owned``."""

from __future__ import annotations

from sqlalchemy import or_, select

from agencyqa.files.owned import Owned
from agencyqa.inspections.models import (
    EvidenceFile,
    Finding,
    RecordTemplate,
    RectificationAnswer,
    RectificationOrder,
)

OWNED: tuple[Owned, ...] = (
    # The agency's own files are its own until it makes its statement with them.
    select(EvidenceFile.file_id, Finding.bureau_id)
    .join(Finding, Finding.id == EvidenceFile.finding_id)
    .where(or_(EvidenceFile.is_statement.is_(False), Finding.stated_at.is_not(None))),
    select(EvidenceFile.file_id, RectificationOrder.bureau_id)
    .join(RectificationAnswer, RectificationAnswer.id == EvidenceFile.answer_id)
    .join(RectificationOrder, RectificationOrder.id == RectificationAnswer.order_id)
    .where(RectificationAnswer.submitted_at.is_not(None)),
    select(RecordTemplate.file_id, RecordTemplate.bureau_id).where(RecordTemplate.file_id.is_not(None)),
)
