"""What every page about one sheet starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, make_response
from sqlalchemy import Row

from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.sheets import sheet_with_names
from agencyqa.auth.actor import Actor
from agencyqa.engagements.deliverables.queries import viewable_reports
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.measures.counting import Counting
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.scoring import Program
from agencyqa.web.headers import content_policy


@dataclass(frozen=True)
class SheetContext:
    """A sheet the actor may see, with its compiled scheme, the words of that, and the names around it."""

    sheet: ScoreSheet
    version: SchemeVersion
    program: Program
    counting: Counting
    texts: SchemeTexts
    around: Row[*tuple[Any, ...]]

    @property
    def day(self) -> date:
        """Whose provisions the criteria cite: of the contract, or of the last day of an agency's year."""
        signed_on: date | None = self.around.contract_signed_on
        return signed_on or date(self.around.assessment_year, 12, 31)

    @property
    def subject(self) -> str:
        """What the sheet is called by: the contract, or the agency and its year."""
        return self.around.contract_number or f"{self.around.agency_name} {self.around.assessment_year}"


def load_sheet(actor: Actor, sheet_id: int) -> SheetContext:
    """Raise NotVisible for a sheet that does not exist for this actor."""
    found = sheet_with_names(db.session(), actor, sheet_id)
    if found is None:
        raise NotVisible()
    version = found.SchemeVersion
    scheme = compiled(version)
    return SheetContext(
        found.ScoreSheet, version, scheme.program, scheme.counting, scheme.texts(reader_language()), found
    )


def reports_beside(actor: Actor, sheet: ScoreSheet) -> Sequence[Any]:
    """The reports of the engagement that the actor may read while scoring it; of an agency's year there are none."""
    if sheet.engagement_id is None:
        return []
    return viewable_reports(db.session(), actor, sheet.engagement_id)


def beside_documents(page: str, reports: Sequence[Any]) -> Response:
    """A page that shows handed-in documents in a frame, which the general policy forbids."""
    response = make_response(page)
    if reports:
        response.headers["Content-Security-Policy"] = content_policy(frame_src="'self'")
    return response
