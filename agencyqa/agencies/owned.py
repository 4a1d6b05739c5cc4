"""In which bureaus' matters the register's files stand; see ``files.owned``."""

from __future__ import annotations

from sqlalchemy import select

from agencyqa.agencies.models import (
    AgencyDocument,
    AgencyImport,
    Application,
    ApplicationFile,
    RecordProposal,
    Registration,
)
from agencyqa.files.owned import Owned

OWNED: tuple[Owned, ...] = (
    select(AgencyDocument.file_id, Registration.bureau_id).join(
        Registration, Registration.agency_id == AgencyDocument.agency_id
    ),
    select(AgencyImport.file_id, AgencyImport.bureau_id),
    select(ApplicationFile.file_id, Application.bureau_id)
    .join(Application, Application.id == ApplicationFile.application_id)
    .where(Application.submitted_at.is_not(None)),
    select(RecordProposal.file_id, RecordProposal.bureau_id).where(RecordProposal.file_id.is_not(None)),
)
