"""What the audit log says of the answers of a check: the item's words and the answer instead of their keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.wording import register_wording
from agencyqa.i18n import aside
from agencyqa.inspections.checklist_format import items_of
from agencyqa.inspections.enums import Answer
from agencyqa.inspections.models import Checklist, SpotCheck
from agencyqa.web.labels import label_of


class ChecklistWords:
    def __init__(self, checklist: Checklist) -> None:
        self._items = {item.key: item.shown for item in items_of(checklist)}

    def name(self, key: str) -> str:
        return self._items.get(key, key)

    def value(self, value: Any) -> str:
        """``{"answer": …, "note": …}`` of ``SpotCheck.answers``; an item without an answer may have a note."""
        answer, note = (value or {}).get("answer"), (value or {}).get("note", "")
        if answer is None:
            return str(note)
        label = label_of(Answer(answer))
        return aside(label, note) if note else label


def words_of_checks(session: Session, check_ids: Collection[int]) -> dict[int, ChecklistWords]:
    rows = session.execute(
        select(SpotCheck.id, Checklist)
        .join(Checklist, Checklist.id == SpotCheck.checklist_id)
        .where(SpotCheck.id.in_(check_ids))
    )
    return {check_id: ChecklistWords(checklist) for check_id, checklist in rows}


def register() -> None:
    register_wording(SpotCheck.__tablename__, ("answers", "left_open"), words_of_checks)
