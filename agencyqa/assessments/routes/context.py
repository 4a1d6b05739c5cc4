"""What every page about one sheet starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.sheets import sheet_with_names
from agencyqa.auth.actor import Actor
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of, texts_of
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.scoring import Program


@dataclass(frozen=True)
class SheetContext:
    """A sheet the actor may see, with its compiled scheme, the words of that, and the names around it."""

    sheet: ScoreSheet
    version: SchemeVersion
    program: Program
    texts: SchemeTexts
    around: Row[*tuple[Any, ...]]


def load_sheet(actor: Actor, sheet_id: int) -> SheetContext:
    """Raise NotVisible for a sheet that does not exist for this actor."""
    found = sheet_with_names(db.session(), actor, sheet_id)
    if found is None:
        raise NotVisible()
    version = found.SchemeVersion
    return SheetContext(
        found.ScoreSheet, version, program_of(version), texts_of(version, reader_language()), found
    )
