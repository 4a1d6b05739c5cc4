"""What sets words apart is a text too: an English page shows no Chinese brackets and commas of ours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.databases import ROOT

MARKS = re.compile("[、，。；：（）]")
# What stands inside a text that is translated, and remarks.
TRANSLATED = re.compile(
    r"""\b(?:_|_n|_p)\(\s*(?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*'))?|\{#.*?#\}""", re.DOTALL
)
# They write Chinese documents, read Chinese tables, or say everything in both languages.
CHINESE = re.compile(
    r"agencyqa/(demo/|prepare\.py|measures/(rule_texts|scheme_books)/|inspections/documents/"
    r"|engagements/(receipts/verify_receipt|recusal/text)\.py)"
)


def test_templates_leave_marks_to_the_translation() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for line in TRANSLATED.sub("", path.read_text("utf-8")).splitlines()
        if MARKS.search(line)
    ]
    assert found == []


def test_the_program_leaves_marks_to_the_translation() -> None:
    found = [
        f"{name}:{line}"
        for path in sorted((ROOT / "agencyqa").rglob("*.py"))
        if not CHINESE.match(name := path.relative_to(ROOT).as_posix())
        for line in put_together(path)
    ]
    assert found == []


def put_together(path: Path) -> Iterator[int]:
    """Lines where a text with such a mark is made of parts, which no catalogue can know."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.JoinedStr(values=parts):
                fixed = [part.value for part in parts if isinstance(part, ast.Constant)]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(glue)), attr="join")):
                fixed = [glue]
            case _:
                continue
        if any(MARKS.search(str(part)) for part in fixed):
            yield node.lineno
