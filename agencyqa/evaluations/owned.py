"""In which bureaus' matters workbooks of results stand; see ``files.owned``."""

from __future__ import annotations

from sqlalchemy import select

from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.models import EvaluationImport, EvaluationRecord
from agencyqa.files.owned import Owned

_IS_SUBMITTED = EvaluationRecord.state == RecordState.SUBMITTED

OWNED: tuple[Owned, ...] = (
    select(EvaluationRecord.file_id, EvaluationRecord.bureau_id).where(
        EvaluationRecord.file_id.is_not(None), _IS_SUBMITTED
    ),
    select(EvaluationImport.file_id, EvaluationRecord.bureau_id)
    .join(EvaluationRecord, EvaluationRecord.id == EvaluationImport.record_id)
    .where(_IS_SUBMITTED),
)
