"""What would change an annual grade, in the reader's words: sheet by sheet, in the nearest ones item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agencyqa.assessments.forms.grade_page import ChangeLine, change_lines
from agencyqa.assessments.forms.result_page import shown
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.simulation.improvement import changes_of, total_beyond
from agencyqa.assessments.simulation.year_improvement import SheetChange
from agencyqa.assessments.stored import answers_that_count
from agencyqa.measures.compiled import CompiledScheme
from agencyqa.measures.enums import Purpose
from agencyqa.measures.texts import reader_language
from agencyqa.web.labels import label_of

# Items are worked out for the sheets nearest to the edge; the others say what they would need in all.
ITEMISED = 4


@dataclass(frozen=True)
class SheetLine:
    """Figures in ten-thousandths of a point; ``score`` and ``grade`` are the year's with the needed total.

    ``items`` are the single criteria that can bring the sheet there, where they were worked out.
    """

    contract: str
    object_name: str
    role: str
    sheet_id: int | None
    total: int
    maximum: int
    needed: int
    gain: int
    score: str
    grade: str
    items: tuple[ChangeLine, ...]


def sheet_lines(
    changes: Sequence[SheetChange],
    sheets: Mapping[int, tuple[ScoreSheet, CompiledScheme]],
    labels: Mapping[str, str],
    *,
    up: bool,
) -> tuple[SheetLine, ...]:
    """``sheets`` are those the reader may open; only their items are told."""
    lines: list[SheetLine] = []
    for change in changes:
        total, needed = change.sheet.total, change.needed
        if total is None or needed is None:
            continue
        held = sheets.get(change.sheet.sheet_id)
        is_itemised = held is not None and len(lines) < ITEMISED
        lines.append(
            SheetLine(
                contract=change.engagement.contract,
                object_name=change.engagement.object_name,
                role=label_of(Purpose(change.sheet.role)),
                sheet_id=None if held is None else change.sheet.sheet_id,
                total=total,
                maximum=change.sheet.max_points,
                needed=needed,
                gain=needed - total,
                score=shown(change.score),
                grade=labels.get(change.grade or "", change.grade or ""),
                items=_items(*held, needed, up) if held is not None and is_itemised else (),
            )
        )
    return tuple(lines)


def _items(sheet: ScoreSheet, scheme: CompiledScheme, needed: int, up: bool) -> tuple[ChangeLine, ...]:
    answers = answers_that_count(scheme.counting, sheet)
    program = scheme.program
    if program.score(answers, sheet.entered).total != sheet.total:
        # Sheets that came without their answers.
        return ()
    items = changes_of(program, answers, sheet.entered, total_beyond(needed, up=up), up=up)
    if not any(item.is_possible for item in items):
        return ()
    return change_lines(program, scheme.texts(reader_language()), answers, items, up=up)
