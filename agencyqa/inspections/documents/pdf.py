"""PDF/A by typst with the embedded Chinese font; the same machine-independent file for the same content."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc

HERE = Path(__file__).parent
MIMETYPE = "application/pdf"


def record_pdf(content: dict[str, Any], now: datetime) -> bytes:
    return _compiled("record.typ", content, now)


def order_pdf(content: dict[str, Any], now: datetime) -> bytes:
    return _compiled("order.typ", content, now)


def _compiled(source: str, content: dict[str, Any], now: datetime) -> bytes:
    """The content is handed in as data, so that nothing in it is ever read as markup."""
    import typst

    return typst.compile(
        str(HERE / source),
        root=str(HERE),
        font_paths=[str(Path(noto_cjk_sans_otc.FONT_PATH).parent)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=now.replace(microsecond=0),
    )
