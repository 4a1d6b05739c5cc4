"""Records and orders as PDF."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from agencyqa.files.papers import PDF, set_paper

HERE = Path(__file__).parent
MIMETYPE = PDF


def record_pdf(content: dict[str, Any], now: datetime) -> bytes:
    return set_paper(HERE / "record.typ", content, now)


def order_pdf(content: dict[str, Any], now: datetime) -> bytes:
    return set_paper(HERE / "order.typ", content, now)
