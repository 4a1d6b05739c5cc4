"""A file in parts: what arrived stays, nobody else sees it, and at the end it is a file like any other."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import utc_now
from agencyqa.files import resuming
from agencyqa.files.enums import FileKind, UploadState
from agencyqa.files.jobs import JOBS
from agencyqa.files.models import PartialUpload, StoredFile
from agencyqa.files.services import key_of
from tests.client import Client
from tests.factories import files
from tests.factories.accounts import body_of, make_agency_body, make_bureau, make_member, sign_in, user_of
from tests.integration.files.conftest import LIMIT, told
from tests.integration.files.test_uploads import (
    FORM,
    URL,
    Broken,
    Unread,
    arriving,
    facts,
    form_body,
    no_room_above,
    refusals,
    rows,
)

DATA = files.pdf("in parts", padding=3_000_000)


def begin(
    client: Client, size: int | str = len(DATA), name: str = "report.pdf", note: str = "n"
) -> TestResponse:
    headers = {"X-File-Name": name, "X-Upload-Size": str(size)}
    return client.put(URL, query_string={"note": note}, headers=headers)


def begun(client: Client, size: int = len(DATA), **given: Any) -> str:
    answer = begin(client, size, **given)
    assert (answer.status_code, told(answer)["offset"]) == (201, 0)
    return f"/uploads/{told(answer)['upload']}"


def patch(client: Client, url: str, offset: int | str, data: bytes, **given: Any) -> tuple[int, int | None]:
    """The status and the offset that the server tells."""
    answer = client.patch(url, data=data, headers={"Upload-Offset": str(offset)}, **given)
    found = answer.headers.get("Upload-Offset")
    return answer.status_code, None if found is None else int(found)


def finish(client: Client, url: str, note: str = "n", sha256: str = "") -> TestResponse:
    fields = {"note": note, "upload_token": url.rpartition("/")[2], "upload_sha256": sha256}
    return client.put(URL, query_string=fields)


def uploads(session: Session) -> list[tuple[UploadState, int]]:
    return [(each.state, each.received) for each in session.scalars(select(PartialUpload).order_by("id"))]


def events(session: Session) -> list[tuple[str, int | None]]:
    statement = select(AuditEntry).where(AuditEntry.event.like("files.upload.%")).order_by(AuditEntry.id)
    return [(entry.event.rpartition(".")[2], entry.actor_user_id) for entry in session.scalars(statement)]


@pytest.fixture
def partial(app: Flask) -> Path:
    """Where the parts lie; empty but for those of this test."""
    folder = Path(app.config[resuming.FOLDER])
    for left in folder.iterdir():
        left.unlink()
    return folder


def test_a_file_goes_on_where_it_broke_and_is_a_file_like_any_other(
    client: Client, session: Session, sender: Membership, folder: Path, partial: Path
) -> None:
    url = begun(client, name="评价报告")
    assert patch(client, url, 0, DATA[:1_000_000]) == (200, 1_000_000)
    # A part sent twice, one that leaves a gap, and one that says where it begins in no way: nothing happens.
    assert patch(client, url, 0, DATA[:1_000_000]) == (409, 1_000_000)
    assert patch(client, url, 2_000_000, DATA[2_000_000:]) == (409, 1_000_000)
    assert patch(client, url, "x", b"x") == (400, None)
    # The line breaks in the middle of a part: what came stays.
    for error in (None, OSError(errno.ECONNRESET, "reset")):
        here = int(client.head(url).headers["Upload-Offset"])
        stream = Broken(DATA[here : here + 500_000])
        stream.error = error
        answer = client.patch(
            url, headers={"Upload-Offset": str(here)}, environ_overrides=arriving(stream, 900_000)
        )
        assert (answer.status_code, uploads(session)) == (400, [(UploadState.OPEN, here + 500_000)])
    assert finish(client, url).status_code == 409
    # More than was announced is no part of it.
    assert patch(client, url, 2_000_000, DATA[2_000_000:] + b"x") == (413, None)
    far = arriving(io.BytesIO(DATA[2_000_000:] + b"x"), None)
    assert patch(client, url, 2_000_000, b"", environ_overrides=far) == (413, None)
    assert patch(client, url, 2_000_000, DATA[2_000_000:]) == (200, len(DATA))
    assert told(client.get(url)) == {
        "offset": len(DATA),
        "size": len(DATA),
        "part": 8 * 2**20,
        "upload": url.rpartition("/")[2],
    }
    # A fault in another field leaves the file where it is.
    assert told(finish(client, url, note=""))["errors"] == {"note": "请填写此项。"}
    assert told(finish(client, url, note="invalid"))["errors"].keys() == {"note"}
    assert (facts(session), rows(session)) == ({}, [])
    sha256 = hashlib.sha256(DATA).hexdigest()
    assert told(finish(client, url, sha256=sha256.upper())) == {"location": "/inbox"}
    assert facts(session) == {"n": f"评价报告.pdf|{len(DATA)}"}
    assert rows(session) == [(sha256, len(DATA), FileKind.PDF)]
    assert (folder / key_of(sha256)).read_bytes() == DATA
    assert list(partial.iterdir()) == []
    # The answer was lost: asked again, the server says the same and does nothing.
    assert told(finish(client, url, note="again")) == {"location": "/inbox"}
    assert list(facts(session)) == ["n"]
    assert told(client.get(url))["offset"] == len(DATA)
    assert client.delete(url).status_code == 404
    assert events(session) == [("opened", sender.user_id), ("taken", sender.user_id)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "files.upload.taken")).one()
    assert entry.detail == {"file_name": "评价报告", "size": len(DATA), "sha256": sha256}


def test_the_plain_form_takes_it_too(client: Client, session: Session, sender: Membership) -> None:
    url = begun(client)
    patch(client, url, 0, DATA)
    page = client.page(client.get(URL)).form("upload")
    assert (page.value("upload_token"), page.value("upload_sha256")) == ("", "")
    values = {**page.values, "note": "by form", "upload_token": url.rpartition("/")[2]}
    other = files.pdf("chosen after all")
    # A file that was chosen in the form is meant, whatever came before.
    body = form_body(other, "b.pdf", **{n: v if isinstance(v, str) else v[0] for n, v in values.items()})
    assert client.post(URL, data=body, content_type=FORM, csrf=False).status_code == 302
    assert facts(session) == {"by form": f"b.pdf|{len(other)}"}
    values["note"] = "in parts"
    assert client.post(URL, data=values).status_code == 302
    assert facts(session)["in parts"] == f"report.pdf|{len(DATA)}"
    values |= {"note": "typed", "upload_token": "x" * 43}
    answer = client.post(URL, data=values)
    shown = client.page(answer)
    assert (answer.status_code, shown.form("upload").value("note")) == (404, "typed")
    assert shown.form("upload").value("upload_token") == ""
    assert "这次上传已过期、已取消或已被系统管理员清除" in shown.text


def test_nobody_else_sees_it(
    client: Client,
    session: Session,
    sender: Membership,
    new_client: Callable[[], Client],
    partial: Path,
) -> None:
    url = begun(client)
    patch(client, url, 0, DATA[:1000])
    own = body_of(session, sender)
    others = [
        make_member(session, own, Role.AGENCY_STAFF),
        make_member(session, make_agency_body(session), Role.AGENCY_MANAGER),
        # The same person, acting for somebody else.
        make_member(session, make_agency_body(session), Role.AGENCY_MANAGER, user_of(session, sender)),
    ]
    for other in others:
        stranger = new_client()
        sign_in(stranger, other)
        if other.user_id == sender.user_id:
            assert stranger.post(f"/memberships/{other.id}").status_code == 302
        assert stranger.get(url).status_code == 404
        assert patch(stranger, url, 1000, DATA[1000:]) == (404, None)
        assert stranger.delete(url).status_code == 404
        answer = finish(stranger, url)
        assert (answer.status_code, list(told(answer)["errors"])) == (404, ["file"])
    assert new_client().get(url).status_code == 302
    # No part without the token of the session, whoever sends it.
    for token in ({}, {"X-CSRFToken": "wrong"}):
        headers = {"Upload-Offset": "1000", **token}
        assert client.patch(url, data=b"x", headers=headers, csrf=False).status_code == 400
    assert client.delete(url, csrf=False).status_code == 400
    assert begin(client).status_code == 201
    assert (
        client.put(URL, headers={"X-File-Name": "a.pdf", "X-Upload-Size": "9"}, csrf=False).status_code == 400
    )
    assert uploads(session) == [(UploadState.OPEN, 1000), (UploadState.OPEN, 0)]
    # What was opened for one form is taken by that one alone.
    elsewhere = session.scalars(select(PartialUpload)).first()
    assert elsewhere is not None
    elsewhere.place = "/elsewhere"
    assert finish(client, url).status_code == 404


def test_refused_before_a_byte_has_come(
    client: Client, session: Session, sender: Membership, officer_client: Client, partial: Path
) -> None:
    answer = begin(client, LIMIT + 1)
    assert (answer.status_code, told(answer)["errors"]["file"]) == (
        413,
        "文件超过 8 MB 的上限。请压缩或拆分后再上传。",
    )
    assert [begin(client, size).status_code for size in (0, "-5", "x", "9" * 30)] == [422] * 4
    answer = begin(client, note="")
    assert (answer.status_code, list(told(answer)["errors"])) == (422, ["note"])
    assert begin(officer_client).status_code == 403
    assert client.put(f"{URL}?closed=1&note=x", headers={"X-Upload-Size": "9"}).status_code == 409
    assert (uploads(session), list(partial.iterdir())) == ([], [])
    # Of a part, nothing is read that the file has no room for.
    url = begun(client)
    unread = arriving(Unread(), len(DATA) + 1)
    assert patch(client, url, 0, b"", environ_overrides=unread) == (413, None)
    assert patch(client, url, 7, b"", environ_overrides=arriving(Unread(), 9)) == (409, 0)


@pytest.fixture
def officer_client(new_client: Callable[[], Client], session: Session) -> Client:
    made = new_client()
    sign_in(made, make_member(session, make_bureau(session), Role.BUREAU_LEAD))
    return made


@pytest.mark.parametrize(
    "data", [files.office(FileKind.DOCX, {"word/vbaProject.bin": b"x"}), b"MZ" + bytes(99)]
)
def test_what_is_refused_whole_is_refused_in_parts(
    client: Client, session: Session, sender: Membership, partial: Path, folder: Path, data: bytes
) -> None:
    whole = client.put(URL, data=data, query_string={"note": "n"}, headers={"X-File-Name": "a.docx"})
    url = begun(client, len(data), name="a.docx")
    assert patch(client, url, 0, data) == (200, len(data))
    answer = finish(client, url)
    assert (answer.status_code, told(answer)) == (422, told(whole))
    codes = [code for _, code, _ in refusals(session)]
    assert codes == [codes[0]] * 2
    assert events(session) == [("opened", sender.user_id), ("refused", sender.user_id)]
    assert (rows(session), facts(session), list(partial.iterdir())) == ([], {}, [])
    assert client.get(url).status_code == 404


def test_another_content_than_was_chosen(
    client: Client, session: Session, sender: Membership, partial: Path
) -> None:
    url = begun(client)
    patch(client, url, 0, DATA)
    answer = finish(client, url, sha256=hashlib.sha256(b"other").hexdigest())
    assert (answer.status_code, refusals(session)[-1][1]) == (422, "upload_differs")
    assert told(answer)["errors"]["file"].startswith("收到的内容与您选择的文件不一致")
    assert (uploads(session), rows(session), list(partial.iterdir())) == (
        [(UploadState.REFUSED, len(DATA))],
        [],
        [],
    )


def test_given_up_and_forgotten(
    app: Flask, client: Client, session: Session, sender: Membership, partial: Path
) -> None:
    given_up, left, fresh = (begun(client) for _ in range(3))
    assert client.delete(given_up).status_code == 200
    assert patch(client, given_up, 0, DATA) == (404, None)
    patch(client, left, 0, DATA[:100])
    row = session.scalars(select(PartialUpload).where(PartialUpload.received == 100)).one()
    row.expires_at = utc_now()
    # It is over at that minute, whether or not the job has come by.
    assert client.get(left).status_code == 404
    assert patch(client, left, 100, DATA[100:]) == (404, None)
    for name in ("of-a-killed-process", "of-a-killed-process.turns"):
        (partial / name).write_bytes(b"x")
        os.utime(partial / name, (0, 0))
    session.commit()
    with app.app_context():
        assert JOBS["files.expire_uploads"](session, utc_now()) == 1
    session.commit()
    assert [state for state, _ in uploads(session)] == [
        UploadState.GIVEN_UP,
        UploadState.EXPIRED,
        UploadState.OPEN,
    ]
    assert [path.name for path in partial.iterdir()] == [fresh.rpartition("/")[2]]
    assert events(session)[-2:] == [("given_up", sender.user_id), ("expired", None)]


def test_a_full_disk_keeps_what_was_there(
    client: Client, session: Session, sender: Membership, partial: Path
) -> None:
    data = files.pdf(padding=7 * 2**20)
    url = begun(client, len(data))
    assert patch(client, url, 0, data[: 2**20]) == (200, 2**20)
    with no_room_above(6 * 2**20):
        answer = client.patch(url, data=data[2**20 :], headers={"Upload-Offset": str(2**20)})
        assert (answer.status_code, told(answer)["code"]) == (507, "upload_no_room")
        assert "已传的部分仍保留" in told(answer)["message"]
        assert patch(client, url, 2**20, data[2**20 : 2**21]) == (200, 2**21)
    assert refusals(session) == [("auth.request.refused", "upload_no_room", sender.user_id)]
    assert patch(client, url, 2**21, data[2**21 :]) == (200, len(data))
    # Nothing is copied at the end, so that it takes no room.
    with no_room_above(6 * 2**20):
        assert told(finish(client, url)) == {"location": "/inbox"}
    assert [row[1] for row in rows(session)] == [len(data)]


def test_what_a_killed_process_left_behind_does_not_count(
    client: Client, session: Session, sender: Membership, partial: Path
) -> None:
    """Its bytes were written and its row was not, or a backup put back a row that knows of more than lies there."""
    url = begun(client)
    patch(client, url, 0, DATA[:1000])
    path = partial / url.rpartition("/")[2]
    path.write_bytes(DATA[:1000] + b"half a part of something else")
    assert patch(client, url, 1000, DATA[1000:2000]) == (200, 2000)
    assert path.read_bytes() == DATA[:2000]
    path.write_bytes(DATA[:500])
    assert patch(client, url, 2000, DATA[2000:]) == (409, 500)
    assert patch(client, url, 500, DATA[500:]) == (200, len(DATA))
    assert told(finish(client, url, sha256=hashlib.sha256(DATA).hexdigest())) == {"location": "/inbox"}
    # Without its bytes it is gone.
    other = begun(client)
    (partial / other.rpartition("/")[2]).unlink()
    assert client.get(other).status_code == 404
    assert session.scalars(select(StoredFile.size)).all() == [len(DATA)]
