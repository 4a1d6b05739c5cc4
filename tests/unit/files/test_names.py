"""Names are kept as people know them, and cannot lead anywhere or look like something else."""

from __future__ import annotations

import pytest

from agencyqa.files.enums import FileKind
from agencyqa.files.names import clean_name, ending_of, named_as


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("评价报告（终稿）.pdf", "评价报告（终稿）.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\甲\\报告.docx", "报告.docx"),
        ("/报告.pdf/", "报告.pdf"),
        # Shown as "报告fdp.exe" backwards it would read as a PDF.
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("\u2066a\u2069\u200f\u200b.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("  a   b .pdf ", "a b .pdf"),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
        (".htaccess", "htaccess"),
        ("a.", "a"),
        ("", "未命名"),
        ("..", "未命名"),
        ("\u202e", "未命名"),
        ("\ud800.pdf", "pdf"),
        ("䶮\ue5e5.pdf", "䶮\ue5e5.pdf"),
    ],
)
def test_cleaning(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    cleaned = clean_name("长" * 300 + ".docx")
    assert cleaned == "长" * 195 + ".docx"
    assert clean_name("长" * 300) == "长" * 200
    assert clean_name(cleaned) == cleaned


def test_endings() -> None:
    assert [ending_of(name) for name in ("a.PDF", "第1.2版", "v1.2", "a", ".pdf", "报告.终稿")] == [
        "pdf", "", "", "", "", "",
    ]  # fmt: skip
    assert named_as("第1.2版", FileKind.PDF) == "第1.2版.pdf"
    assert named_as("a.wps", FileKind.DOC) == "a.wps"
    assert named_as("长" * 200, FileKind.XLSX) == "长" * 195 + ".xlsx"
