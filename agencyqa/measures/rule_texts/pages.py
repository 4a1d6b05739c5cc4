"""The rows of a table as their page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from agencyqa.measures.rule_texts.drafts import Choice, Row, name_of, sentence_of
from agencyqa.measures.rule_texts.messages import SURENESS, doubt_sentence, reading_sentence
from agencyqa.measures.rule_texts.proposals import Proposal, Sureness
from agencyqa.measures.rule_texts.tables import FreeTable
from agencyqa.measures.texts import reader_language


@dataclass(frozen=True)
class ReviewRow:
    """``readings`` are (words, meaning). ``choices`` are (value, text, is chosen)."""

    number: int
    row: Row
    sureness: str
    tone: str
    sentence: str
    readings: list[tuple[str, str]]
    doubts: list[str]
    is_bonus: bool
    choices: list[tuple[str, str, bool]]
    seen: str


def fresh_rows(table: FreeTable) -> list[Row]:
    """The rows of an upload. What was surely read is chosen; the rest waits for somebody to choose."""
    rows = []
    for each in table.rows:
        row = Row(each.section, each.label, each.points, each.text, each.where)
        if row.proposal().sureness is Sureness.SURE:
            row.choice = Choice.PROPOSAL
        rows.append(row)
    return rows


def check_rows(rows: Sequence[Row]) -> bool:
    """Whether every row can go into a draft; what stands against it is written to the rows."""
    for row in rows:
        proposal = row.proposal()
        if row.choice is None:
            row.errors.append(gettext("请选择如何导入这一项。"))
        if row.choice is not Choice.LEAVE and row.choice is not None:
            if not row.label:
                row.errors.append(gettext("请填写考核项名称。"))
            is_worth_something = row.units() is not None or (proposal.bonus and proposal.rule is not None)
            if row.choice is not Choice.VETO and not is_worth_something:
                row.errors.append(gettext("请填写大于 0 的分值。"))
        if row.choice is Choice.PROPOSAL and row.seen != name_of(proposal):
            row.choice = None
            row.errors.append(gettext("文字或分值改动后，读出的规则有变化，请重新核对。"))
    return not any(row.errors for row in rows)


def review_rows(rows: Sequence[Row]) -> list[ReviewRow]:
    return [_review(number, row) for number, row in enumerate(rows)]


def _review(number: int, row: Row) -> ReviewRow:
    proposal = row.proposal()
    name, tone = SURENESS[proposal.sureness]
    rule = proposal.rule if proposal.sureness is not Sureness.NOT_UNDERSTOOD else None
    return ReviewRow(
        number,
        row,
        str(name),
        tone,
        sentence_of(rule, reader_language()) if rule else "",
        [(reading.words, reading_sentence(reading)) for reading in proposal.readings],
        [doubt_sentence(doubt) for doubt in proposal.doubts],
        proposal.bonus,
        [(choice.value, text, row.choice is choice) for choice, text in _choices(proposal)],
        name_of(proposal),
    )


def _choices(proposal: Proposal) -> list[tuple[Choice, str]]:
    found: list[tuple[Choice, str]] = []
    if proposal.sureness is not Sureness.NOT_UNDERSTOOD:
        found.append((Choice.PROPOSAL, gettext("采用读出的规则")))
    if proposal.scheme_veto:
        found.append((Choice.VETO, gettext("作为整张评分表的一票否决")))
    found.append((Choice.FREE, gettext("先按自由评分，以后再改")))
    found.append((Choice.LEAVE, gettext("不导入")))
    return found
