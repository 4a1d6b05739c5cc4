"""The papers that the invented agencies hand in: small real PDFs and workbooks, each saying that it is invented.

One compiler is kept for all of them, because reading the Chinese font takes longer than setting a paper.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc

from agencyqa.spreadsheets.workbook import Column, Kind, open_workbook

MARK = "演示数据，纯属虚构"
TEMPLATE = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True)
class Part:
    """A chapter; ``rows`` are texts under ``head``, and may be missing."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Paper:
    """What a PDF of the demo says."""

    title: str
    subtitle: str
    author: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]


class Press:
    """Sets papers; made once for a demo."""

    def __init__(self) -> None:
        import typst

        # Only the embedded font, so that every machine gives the same paper.
        folder = str(Path(noto_cjk_sans_otc.FONT_PATH).parent)
        self._compiler = typst.Compiler(str(TEMPLATE), font_paths=[folder], ignore_system_fonts=True)

    def pdf(self, paper: Paper, written: datetime) -> bytes:
        """``written`` is the only time in the file: the same paper gives the same bytes."""
        content: Any = self._compiler.compile(
            format="pdf",
            sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)},
            timestamp=int(written.timestamp()),
        )
        assert isinstance(content, bytes)
        return content


@dataclass(frozen=True)
class WorkPaper:
    """One line of work papers: what was looked at, by whom, where it is kept."""

    number: str
    subject: str
    source: str
    method: str
    result: str
    prepared_by: str
    reviewed_by: str


def work_papers(title: str, rows: Sequence[WorkPaper], written: datetime) -> bytes:
    target = BytesIO()
    columns = (
        Column("number", "底稿编号", 14),
        Column("subject", "核查事项", 26),
        Column("source", "资料来源", 26),
        Column("method", "核查方法", 18),
        Column("result", "核查结果", 44, Kind.WRAP),
        Column("prepared_by", "编制", 10),
        Column("reviewed_by", "复核", 10),
    )
    with open_workbook(target, title=title, created=written) as book:
        sheet = book.sheet("工作底稿", columns, title=title, banner=MARK)
        for row in rows:
            sheet.write(asdict(row))
    return target.getvalue()
