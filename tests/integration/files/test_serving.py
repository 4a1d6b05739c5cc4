"""A file leaves as it came: whole or a part of it, under its name, and never to be run by the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.files.enums import FileKind, ScanState
from agencyqa.files.services import key_of
from tests.client import Client
from tests.factories import files


def test_whole_or_in_parts(app: Flask, client: Client, session: Session, officer: Membership) -> None:
    data = files.pdf("to be read", padding=2_500_000)
    stored = files.make_stored(app, session, data)
    session.commit()
    url, tag = f"/try/{stored.id}", f'"{stored.sha256}"'
    answer = client.get(url)
    assert (answer.status_code, answer.data, answer.content_length) == (200, data, len(data))
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=file.pdf; filename*=UTF-8''%E6%8A%A5%E5%91%8A%201.pdf"
    )
    assert answer.headers["ETag"] == tag
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Frame-Options"] == "DENY"
    for asked, first, last in [
        ("bytes=0-9", 0, 9),
        ("bytes=1048570-1048589", 1048570, 1048589),
        ("bytes=-5", len(data) - 5, len(data) - 1),
        (f"bytes={len(data) - 3}-", len(data) - 3, len(data) - 1),
    ]:
        part = client.get(url, headers={"Range": asked})
        assert (part.status_code, part.data) == (206, data[first : last + 1])
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{len(data)}"
    past = client.get(url, headers={"Range": f"bytes={len(data)}-"})
    assert (past.status_code, past.headers["Content-Range"]) == (416, f"bytes */{len(data)}")
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).data == data
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    head = client.head(url)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(data))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain.pdf", "attachment; filename=plain.pdf"),
        ('a"b;c.pdf', 'attachment; filename="a\\"b;c.pdf"'),
        ("甲.终稿", "attachment; filename=file; filename*=UTF-8''%E7%94%B2.%E7%BB%88%E7%A8%BF"),
    ],
)
def test_names(
    app: Flask, client: Client, session: Session, officer: Membership, name: str, expected: str
) -> None:
    stored = files.make_stored(app, session)
    session.commit()
    answer = client.get(f"/try/{stored.id}", query_string={"name": name})
    assert answer.headers["Content-Disposition"] == expected


def test_only_a_pdf_is_shown(app: Flask, client: Client, session: Session, officer: Membership) -> None:
    shown, loaded = (
        files.make_stored(app, session),
        files.make_stored(app, session, files.office(FileKind.XLSX)),
    )
    session.commit()
    answer = client.get(f"/try/{shown.id}?inline=1&name=a.pdf")
    assert answer.headers["Content-Disposition"] == "inline; filename=a.pdf"
    assert answer.content_type == "application/pdf"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    answer = client.get(f"/try/{loaded.id}?inline=1&name=a.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.xlsx"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_what_may_not_leave(
    app: Flask, client: Client, session: Session, officer: Membership, folder: Path
) -> None:
    stored = files.make_stored(app, session)
    stored.scan_state = ScanState.INFECTED
    session.commit()
    answer = client.get(f"/try/{stored.id}")
    assert answer.status_code == 409
    assert "已停止下载" in client.page(answer).text
    stored.scan_state = ScanState.CLEAN
    session.commit()
    assert client.get(f"/try/{stored.id}").status_code == 200
    path = folder / key_of(stored.sha256)
    path.write_bytes(path.read_bytes()[:-1])
    answer = client.get(f"/try/{stored.id}")
    assert answer.status_code == 503
    assert "没有找到这个文件的完整内容" in client.page(answer).text
    path.unlink()
    assert client.get(f"/try/{stored.id}").status_code == 503
