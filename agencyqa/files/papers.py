"""PDF/A by typst with the embedded Chinese font; the same machine-independent file for the same content."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import noto_cjk_sans_otc

PDF = "application/pdf"
PACKAGE = Path(__file__).parent.parent


def set_paper(
    source: Path, content: dict[str, Any], now: datetime, standard: Literal["a-2b", "a-3b"] = "a-2b"
) -> bytes:
    """``source`` lies in the package and may import ``/files/paper.typ``; ``a-3b`` may carry attachments.

    The content is handed in as data, so that nothing in it is ever read as markup.
    """
    import typst

    return typst.compile(
        str(source),
        root=str(PACKAGE),
        font_paths=[str(Path(noto_cjk_sans_otc.FONT_PATH).parent)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        pdf_standards=standard,
        timestamp=now.replace(microsecond=0),
    )
