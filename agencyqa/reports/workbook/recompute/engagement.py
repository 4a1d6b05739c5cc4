"""One engagement recomputed: its score sheets, the panels of its experts, and what their shares come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from agencyqa.measures.enums import Purpose
from agencyqa.reports.workbook.content import Item
from agencyqa.reports.workbook.recompute.columns import FIRST_INPUT, At, Letter, input_letter
from agencyqa.reports.workbook.recompute.rows import Cells, Rows
from agencyqa.reports.workbook.recompute.score_sheets import ScoreSheets
from agencyqa.scoring import fraction_from_data
from agencyqa.spreadsheets.workbook import Formula
from agencyqa.web.labels import label_of

Role = Mapping[str, Any]
# What an engagement weighs in the year, by the name of the weights; without a name all weigh the same.
WEIGHT_NAMES = {"fee": "fee", "amount": "amount", "set": "set"}


def write_engagement(rows: Rows, sheets: ScoreSheets, item: Item) -> int:
    """The row of the engagement, below those it rests on."""
    head: Cells = {At.AGENCY: item.result.agency_name, At.CONTRACT: item.data["contract"]}
    sources = _sources(rows, sheets, item, head)
    score = fraction_from_data(item.traced["score"])
    weight = weight_of(item.traced, item.result.trace["weights"])
    row = rows.next
    cells: dict[int, Any] = {
        **head,
        At.LEVEL: rows.words["engagement"],
        At.ITEM: item.data["object"],
        At.WEIGHT: weight,
    }
    if score is None:
        return rows.put({**cells, At.NOTE: rows.words["provisional"]}, emphasis=True)
    if weight is not None:
        product = f"{Letter.COUNTED}{row}*{Letter.WEIGHT}{row}"
        cells[At.WEIGHTED] = Formula(product, float(score * weight))
    left_out = item.data["trace"].get("left_out", ())
    counted = [sources[role["role"]] for role in _sharing(item) if role["role"] not in left_out]
    return rows.figure(cells, _shared(counted, carries=bool(left_out)), float(score), emphasis=True)


def weight_of(traced: Mapping[str, Any], weights: str) -> int | None:
    """Fen, or a weight set by hand; 1 where all engagements weigh the same; None while it is not known."""
    if weights not in WEIGHT_NAMES:
        return 1
    found = traced[WEIGHT_NAMES[weights]]
    return None if found is None else int(found)


def _sharing(item: Item) -> list[Role]:
    """The roles that have a share; the sheets of others were never counted."""
    return [role for role in item.data["trace"]["roles"] if role["share"]["num"]]


def _sources(rows: Rows, sheets: ScoreSheets, item: Item, head: Cells) -> dict[str, int]:
    """By role the row with its figure out of 100 and its share: of its sheet, or of its panel."""
    found = {counted.sheet.id: counted for counted in item.sheets}
    roles = {role["role"]: role for role in _sharing(item)}
    percents: dict[str, dict[str, int]] = {}
    for stored in item.data["sheets"]:
        name, seat = stored["role"], f"{stored.get('seat', 0):02d}"
        share = None if "seats" in roles[name] else fraction_from_data(roles[name]["share"])
        counted = found.get(stored["sheet_id"])
        if counted is None:
            row = sheets.stand_in(stored, head, label_of(Purpose(name)), share)
        else:
            row = sheets.write(counted, head, share)
        percents.setdefault(name, {})[seat] = row
    sources: dict[str, int] = {}
    for name, role in roles.items():
        held = percents.get(name, {})
        if "seats" not in role:
            sources.update((name, row) for row in held.values())
        elif role["percent"] is not None:
            sources[name] = _panel(rows, role, held, head)
    return sources


def _panel(rows: Rows, role: Role, percents: Mapping[str, int], head: Cells) -> int:
    """Each expert's figure stands in the row as an input; who has not scored has an empty cell, which is not 0."""
    share = fraction_from_data(role["share"]) or Fraction(0)
    row, seats = rows.next, role["seats"]
    area = f"{input_letter(0)}{row}:{input_letter(len(seats) - 1)}{row}"
    cells: dict[int, Any] = {
        **head,
        At.LEVEL: rows.words["panel"],
        At.ITEM: label_of(Purpose(role["role"])),
        At.MAXIMUM: 100,
        At.WEIGHT: share.numerator,
        At.DIVISOR: share.denominator,
    }
    for number, seat in enumerate(seats):
        if seat["percent"] is not None:
            source = f"{Letter.COUNTED}{percents[seat['key']]}"
            cells[FIRST_INPUT + number] = Formula(source, _float(seat["percent"]))
    panel = role["panel"]
    trim = panel["trim"] if panel["how"] == "trimmed_mean" else 0
    return rows.figure(cells, _mean(area, trim), _float(role["percent"]))


def _mean(area: str, trim: int) -> str:
    if not trim:
        return f"SUM({area})/COUNT({area})"
    ends = "".join(f"-{name}({area},{place})" for place in range(1, trim + 1) for name in ("LARGE", "SMALL"))
    return f"(SUM({area}){ends})/(COUNT({area})-{2 * trim})"


def _shared(sources: Sequence[int], *, carries: bool) -> str:
    """Share times figure. Where a role is left out the others carry its share in their proportion."""
    parts = "+".join(f"{Letter.COUNTED}{row}*{Letter.WEIGHT}{row}/{Letter.DIVISOR}{row}" for row in sources)
    if not carries:
        return parts
    carried = "+".join(f"{Letter.WEIGHT}{row}/{Letter.DIVISOR}{row}" for row in sources)
    return f"({parts})/({carried})"


def _float(data: Mapping[str, int]) -> float:
    return float(fraction_from_data(data) or 0)
