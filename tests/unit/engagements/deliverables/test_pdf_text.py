"""A PDF is read in a process of its own: what it holds comes out, and what it does to its reader stays there."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
import typst

from agencyqa.engagements.deliverables import pdf_reader, pdf_text
from agencyqa.engagements.deliverables.pdf_text import NoTextLayer, lines_of
from agencyqa.engagements.deliverables.word_text import NoText
from tests.factories import files


def printed(text: str) -> bytes:
    made: bytes = typst.compile(text.encode(), format="pdf")
    return made


def with_content(stream: bytes, *, pages: int = 1, filters: Sequence[str] = ()) -> bytes:
    """A PDF all of whose pages have this one content stream."""
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages)).encode()
    named = f"/Filter[{' '.join(filters)}]".encode() if filters else b""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        b"<<%b/Length %d>>stream\n%b\nendstream" % (named, len(stream), stream),
    ]
    font = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    parts += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%b/Contents 3 0 R>>" % font] * pages
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(parts) + 1, table)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)


def read(data: bytes, folder: Path) -> list[str]:
    return lines_of(BytesIO(data), str(folder))


def test_the_lines_of_every_page(tmp_path: Path) -> None:
    text = '#set text(font: "Noto Sans CJK SC")\n一、总体结论\n\n得分 86.5 分。\n#pagebreak()\n二、建议'
    assert read(printed(text), tmp_path) == ["一、总体结论", "得分 86.5 分。", "二、建议"]
    said = with_content(b"BT /F 12 Tf 50 700 Td (The conclusion) Tj ET")
    assert read(said, tmp_path) == ["The conclusion"]


def test_pictures_and_rubbish_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoTextLayer):
        read(files.pdf("nothing on its page"), tmp_path)
    with pytest.raises(NoText):
        read(b"%PDF-1.7\nnothing that anybody could read", tmp_path)


def test_a_hostile_file_ends_at_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with pytest.raises(ValueError, match="too long"):
        read(with_content(b"", pages=pdf_reader.MOST_PAGES + 1), tmp_path)
    said = b"BT /F 12 Tf (%b) Tj ET" % (b"x" * 5000)
    with pytest.raises(ValueError, match="too long"):
        read(with_content(said, pages=400), tmp_path)
    # Gigabytes behind a few kilobytes, packed twice.
    bomb = zlib.compress(zlib.compress(b" " * 150_000_000, 1))
    with pytest.raises((ValueError, NoText, NoTextLayer)):
        read(with_content(bomb, filters=["/FlateDecode", "/FlateDecode"]), tmp_path)
    # Hours of work: it is ended from outside, and whoever waits is told.
    monkeypatch.setattr(pdf_text, "SECONDS", 1)
    slow = b"BT /F 12 Tf " + b"(x) Tj 1 0 Td " * 400_000 + b"ET"
    with pytest.raises(ValueError, match="too long"):
        read(with_content(slow, pages=400), tmp_path)
    assert time.monotonic() - began < 60
    assert list(tmp_path.iterdir()) == []
