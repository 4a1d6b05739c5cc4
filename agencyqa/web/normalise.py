"""Text as people type it with a Chinese keyboard, made regular without changing what it says."""

from __future__ import annotations

import re

# Full-width digits and Latin letters; brackets and other punctuation belong to Chinese names and stay.
_ALPHANUMERIC = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_SPACE = {0x3000: " ", 0x00A0: " ", 0x200B: None, 0xFEFF: None}
# What nobody types: control characters, halves of surrogate pairs that no database stores, and the marks that turn
# the direction of writing, with which one name can be made to look like another.
_UNSEEN = dict.fromkeys(
    code
    for first, last in (
        (0x00, 0x08),
        (0x0B, 0x0C),
        (0x0E, 0x1F),
        (0x7F, 0x9F),
        (0x202A, 0x202E),
        (0x2066, 0x2069),
        (0xD800, 0xDFFF),
    )
    for code in range(first, last + 1)
)
_TEXT = {**_ALPHANUMERIC, **_SPACE, **_UNSEEN}
# In a figure the signs mean what they look like.
_FIGURE = {
    **_TEXT,
    ord("．"): ".",
    ord("。"): ".",
    ord("，"): ",",
    ord("－"): "-",
    ord("−"): "-",
    ord("＋"): "+",
    ord("％"): "%",
    ord("／"): "/",
    ord("￥"): "",
    ord("¥"): "",
}


def text(value: str) -> str:
    return value.translate(_TEXT).strip()


def figure(value: str) -> str:
    return value.translate(_FIGURE).strip().replace(" ", "")


_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)


def is_decimal(figure: str) -> bool:
    """Written as people write a figure. "1e1" is a slip of the keyboard and not ten points."""
    return _DECIMAL.fullmatch(figure) is not None
