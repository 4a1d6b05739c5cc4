"""A file arrives whole and checked, or nothing of it is there; and whoever was refused is told why."""

from __future__ import annotations

import errno
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import InstallationFact, Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.files.enums import FileKind, ScanState
from agencyqa.files.models import StoredFile
from agencyqa.files.services import key_of
from agencyqa.web import bodies
from tests.client import Client
from tests.factories import files
from tests.integration.files.conftest import LIMIT, told

URL = "/try/upload"
FORM = "multipart/form-data; boundary=x"


def put(client: Client, data: bytes, name: str = "report.pdf", note: str = "n", **given: Any) -> TestResponse:
    headers = {"X-File-Name": name, **given.pop("headers", {})}
    return client.put(
        URL, data=data, query_string={"note": note, **given.pop("query", {})}, headers=headers, **given
    )


def form_body(data: bytes, name: str, **fields: str) -> bytes:
    """A form as a browser sends it, without a temporary file of the client's own."""
    head = "--x\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts += [f'{head}"file"; filename="{name}"\r\n\r\n']
    return "".join(parts).encode() + data + b"\r\n--x--\r\n"


def post(client: Client, data: bytes, name: str = "report.pdf", note: str = "n") -> TestResponse:
    """What the page's own form sends, with the token of the page."""
    token = client.page(client.get(URL)).form("upload").values["csrf_token"][0]
    body = form_body(data, name, csrf_token=token, note=note)
    return client.post(URL, data=body, content_type=FORM, csrf=False)


def facts(session: Session) -> dict[str, str]:
    found = session.execute(select(InstallationFact.key, InstallationFact.value)).all()
    return {key.removeprefix("upload "): value for key, value in found if key.startswith("upload ")}


def rows(session: Session) -> list[tuple[str, int, FileKind]]:
    return [
        (row.sha256, row.size, row.kind)
        for row in session.scalars(select(StoredFile).order_by(StoredFile.id))
    ]


def lying(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def refusals(session: Session) -> list[tuple[str, str, int | None]]:
    statement = select(AuditEntry).where(AuditEntry.refused).order_by(AuditEntry.id)
    return [(e.event, e.detail["code"], e.actor_user_id) for e in session.scalars(statement)]


@pytest.fixture
def nothing_kept(session: Session, folder: Path) -> Iterator[None]:
    """Whatever happens in the test, no row and no object is new, not even a part."""
    before = lying(folder)
    yield
    session.expire_all()
    assert rows(session) == []
    assert facts(session) == {}
    assert lying(folder) == before
    assert list((folder.parent / "spool").iterdir()) == []


def test_both_ways_in(client: Client, session: Session, sender: Membership, folder: Path) -> None:
    first, second = files.pdf("form", padding=700_000), files.office(FileKind.DOCX)
    before = lying(folder)
    answer = post(client, first, "评价报告.pdf", "by form")
    assert (answer.status_code, answer.location) == (302, "/inbox")
    answer = put(client, second, "C:%5C%E7%94%B2%5C%E5%BA%95%E7%A8%BF.docx", "by script")
    assert (answer.status_code, answer.json) == (200, {"location": "/inbox"})
    assert facts(session) == {
        "by form": f"评价报告.pdf|{len(first)}",
        "by script": f"底稿.docx|{len(second)}",
    }
    kept = rows(session)
    assert [row[1:] for row in kept] == [(len(first), FileKind.PDF), (len(second), FileKind.DOCX)]
    assert lying(folder) - before == {key_of(row[0]) for row in kept}
    assert (folder / key_of(kept[0][0])).read_bytes() == first
    # The same content again, under another name: kept once.
    assert put(client, first, "copy.pdf", "again").status_code == 200
    assert rows(session) == kept
    assert facts(session)["again"] == f"copy.pdf|{len(first)}"


def test_fields_in_front_of_the_file(client: Client, session: Session, sender: Membership) -> None:
    """A note of 2,000 characters has no room in an address."""
    data, note = files.pdf("with note"), "长" * 2000
    fields = "note=" + "%E9%95%BF" * 2000
    answer = client.put(
        URL, data=fields.encode() + data, headers={"X-File-Name": "a.pdf", "X-Form-Length": str(len(fields))}
    )
    assert answer.status_code == 200
    assert facts(session) == {note[:20]: f"a.pdf|{len(data)}"}
    answer = client.put(URL, data=data, headers={"X-File-Name": "a.pdf", "X-Form-Length": "999999"})
    assert answer.status_code == 413


def test_an_optional_file(client: Client, session: Session, sender: Membership) -> None:
    answer = client.post(f"{URL}?optional=1", data={"note": "a"})
    assert answer.status_code == 302
    assert client.put(f"{URL}?optional=1&note=b").status_code == 200
    assert facts(session) == {"a": "nothing", "b": "nothing"}


@pytest.mark.usefixtures("nothing_kept", "sender")
def test_what_is_wrong_stands_at_its_field(client: Client, session: Session, sender: Membership) -> None:
    macros = files.office(FileKind.DOCX, {"word/vbaProject.bin": b"x"})
    answer = post(client, macros, "底稿.docx", "typed before")
    page = client.page(answer)
    assert answer.status_code == 422
    assert "文件含有宏" in page.text
    assert page.form("upload").values["note"] == ["typed before"]
    answer = put(client, macros, "a.docx")
    assert answer.status_code == 422
    assert list(told(answer)["errors"]) == ["file"]
    assert "文件含有宏" in told(answer)["errors"]["file"]
    for data, name, code in [
        (b"", "a.pdf", "file_empty"),
        (files.pdf(), "a.docx", "file_mislabelled"),
        (files.pdf(trailer=b"/Encrypt 9 0 R"), "a.pdf", "file_encrypted"),
        (files.archive({"../x": b"x"}), "a.zip", "archive_path"),
        (b"MZ" + bytes(99), "a.pdf", "file_kind_unknown"),
    ]:
        assert put(client, data, name).status_code == 422
        assert refusals(session)[-1] == ("auth.request.refused", code, sender.user_id)
    # Fields are looked at before a byte of the file is read.
    answer = put(client, files.pdf(), note="")
    assert (answer.status_code, list(told(answer)["errors"])) == (422, ["note"])
    answer = client.put(URL, query_string={"note": "x"})
    assert (answer.status_code, list(told(answer)["errors"])) == (422, ["file"])
    assert post(client, b"", "", "no file").status_code == 422
    # What the service finds wrong after the file was taken.
    answer = put(client, files.pdf("unwanted"), note="invalid")
    assert (answer.status_code, list(told(answer)["errors"])) == (422, ["note"])
    assert client.page(post(client, files.pdf("unwanted"), note="invalid")).form("upload").values["note"] == [
        "invalid"
    ]


@pytest.mark.usefixtures("nothing_kept", "sender")
def test_a_fault_of_ours_takes_the_object_away_again(client: Client) -> None:
    client.application.testing = client.application.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = put(client, files.pdf("lost"), note="broken")
    finally:
        client.application.testing, client.application.config["PROPAGATE_EXCEPTIONS"] = True, None
    assert answer.status_code == 500
    assert "message" in told(answer)


def test_a_fault_never_takes_away_what_somebody_else_has(
    client: Client, session: Session, sender: Membership, folder: Path
) -> None:
    data = files.pdf("shared")
    assert put(client, data, note="first").status_code == 200
    assert put(client, data, note="invalid").status_code == 422
    assert (folder / key_of(rows(session)[0][0])).read_bytes() == data


class Unread:
    """Three gigabytes on a slow line that breaks: whoever reads of it before he answers, answers 400."""

    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError

    readinto = readline = readlines = read


def arriving(stream: Any, length: int | None, **more: Any) -> dict[str, Any]:
    """A body as a server hands it in: it knows where a body ends, whether or not its length was announced."""
    told = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    return {"wsgi.input": stream, "wsgi.input_terminated": True, **told, **more}


@pytest.mark.usefixtures("nothing_kept", "sender")
def test_nothing_is_read_of_what_may_not_come(
    client: Client, session: Session, sender: Membership, new_client: Any
) -> None:
    def send(
        who: Client, method: str, length: int = 1000, url: str = URL, headers: dict[str, str] | None = None
    ) -> TestResponse:
        return who.open(
            url,
            method=method,
            environ_overrides=arriving(Unread(), length, CONTENT_TYPE=FORM if method == "POST" else ""),
            headers=headers,
            csrf=headers is None,
        )

    huge = 3 * 1024**3
    answer = send(client, "PUT", huge)
    assert answer.status_code == 413
    assert told(answer)["errors"]["file"] == "文件超过 8 MB 的上限。请压缩或拆分后再上传。"
    answer = send(client, "POST", huge)
    assert answer.status_code == 413
    assert "文件超过 8 MB 的上限" in client.page(answer).text
    assert [code for _, code, _ in refusals(session)] == ["file_too_large"] * 2
    # The view's own checks come before the body, and so do token, sign-in and right.
    for method in ("PUT", "POST"):
        assert send(client, method, url=f"{URL}?closed=1").status_code == 409
    assert send(client, "PUT", headers={"X-CSRFToken": "wrong"}).status_code == 400
    assert refusals(session)[-1][2] == sender.user_id
    stranger = new_client()
    assert {send(stranger, method).status_code for method in ("PUT", "POST")} == {302}


@pytest.mark.usefixtures("nothing_kept")
def test_a_reader_may_not_send(client: Client, session: Session, officer: Membership) -> None:
    for method in ("PUT", "POST"):
        answer = client.open(URL, method=method, environ_overrides=arriving(Unread(), 9))
        assert answer.status_code == 403
    assert told(client.put(URL, data=b"x"))["message"] == "您当前的身份没有这项权限。"


@pytest.mark.usefixtures("nothing_kept", "sender")
def test_a_form_without_token(client: Client) -> None:
    data = {"note": "x", "file": (io.BytesIO(files.pdf()), "a.pdf")}
    assert client.post(URL, data=data, csrf=False).status_code == 400
    assert client.put(URL, data=files.pdf(), headers={"X-File-Name": "a.pdf"}, csrf=False).status_code == 400
    # A token in the address is none.
    token = client.csrf_token()
    url = f"{URL}?note=x&csrf_token={token}"
    assert client.put(url, data=files.pdf(), headers={"X-File-Name": "a.pdf"}, csrf=False).status_code == 400


def chunked(client: Client, data: bytes, method: str = "PUT", **given: str) -> TestResponse:
    """As a server hands in a body whose length nobody announced."""
    return client.open(
        URL,
        method=method,
        query_string={"note": "c"},
        environ_overrides=arriving(io.BytesIO(data), None, **given),
        headers={"X-File-Name": "a.pdf"},
    )


@pytest.mark.usefixtures("nothing_kept", "sender")
def test_too_much_is_found_while_it_comes(client: Client, session: Session) -> None:
    data = files.pdf(padding=LIMIT)
    assert chunked(client, data).status_code == 413
    assert chunked(client, data + bytes(bodies_allowance(client))).status_code == 413
    body = form_body(data + bytes(bodies_allowance(client)), "a.pdf", note="c")
    answer = chunked(client, body, "POST", CONTENT_TYPE=FORM)
    assert answer.status_code == 413
    assert "文件超过 8 MB 的上限" in client.page(answer).text
    # A form just above the limit is read, and its file refused.
    assert post(client, data).status_code == 413
    # Exactly the limit is not too much.
    fits = files.pdf(padding=LIMIT - len(files.pdf(padding=LIMIT)) + LIMIT)
    assert len(fits) == LIMIT
    assert told(put(client, fits, "a.docx"))["errors"]["file"].startswith("文件名以“.docx”结尾")


def bodies_allowance(client: Client) -> int:
    allowance: int = client.application.config["MAX_CONTENT_LENGTH"]
    return allowance


class Broken(io.BytesIO):
    """A sender who breaks off in the middle: the server sees an end, or an error of the line."""

    error: OSError | None = None

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data and self.error is not None:
            raise self.error
        return data


@pytest.mark.usefixtures("nothing_kept", "sender")
@pytest.mark.parametrize("error", [None, OSError(errno.ECONNRESET, "reset")])
def test_a_sender_who_breaks_off(client: Client, error: OSError | None) -> None:
    half = files.pdf(padding=2_000_000)[:1_500_000]
    for method, kind in (("PUT", {}), ("POST", {"CONTENT_TYPE": FORM})):
        stream = Broken(half if not kind else form_body(half, "a.pdf", note="x")[: len(half)])
        stream.error = error
        answer = client.open(
            URL,
            method=method,
            query_string={"note": "x"},
            environ_overrides=arriving(stream, 2_000_000, **kind),
            headers={"X-File-Name": "a.pdf"},
        )
        # The rest of a form is missing with its fields, and there is nobody left who would read why.
        assert answer.status_code == (400 if not kind else 422)


@contextmanager
def no_room_above(size: int) -> Iterator[None]:
    """No file of this process can grow beyond this size, as on a disk or in a quota that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("nothing_kept", "sender")
def test_a_full_disk(client: Client, session: Session, sender: Membership) -> None:
    data = files.pdf(padding=7 * 2**20)
    # The database is in a file too, but smaller.
    body = form_body(data, "a.pdf", note="typed")
    with no_room_above(6 * 2**20):
        answer = put(client, data)
        assert (answer.status_code, told(answer)["code"]) == (507, "store_full")
        # The plain form fills the disk while it is still being read.
        arrives = arriving(io.BytesIO(body), len(body), CONTENT_TYPE=FORM)
        answer = client.post(URL, environ_overrides=arrives)
    assert answer.status_code == 507
    assert "文件存储空间已满" in client.page(answer).text
    assert [entry[1:] for entry in refusals(session)] == [("store_full", sender.user_id)] * 2


def test_a_known_infection_does_not_come_back(
    client: Client, session: Session, sender: Membership, folder: Path
) -> None:
    data = files.pdf("ill")
    assert put(client, data, note="first").status_code == 200
    session.scalars(select(StoredFile)).one().scan_state = ScanState.INFECTED
    answer = put(client, data, note="second")
    assert answer.status_code == 422
    assert "含有病毒" in told(answer)["errors"]["file"]
    assert list(facts(session)) == ["first"]


def test_a_content_of_another_size_is_set_aside_and_made_whole(
    client: Client, session: Session, sender: Membership, folder: Path
) -> None:
    data = files.pdf("to be damaged")
    assert put(client, data, note="first").status_code == 200
    key = key_of(rows(session)[0][0])
    (folder / key).write_bytes(data[:-1])
    assert put(client, data, note="second").status_code == 200
    assert (folder / key).read_bytes() == data
    aside = [path for path in (folder / "damaged").iterdir() if path.name.startswith(rows(session)[0][0])]
    assert [path.read_bytes() for path in aside] == [data[:-1]]


def test_a_view_that_forgets_take_upload_is_found_out(client: Client, sender: Membership) -> None:
    view = client.application.view_functions["try_upload"]
    careless = bodies.takes_files()(lambda: "saved")
    vars(careless).update({name: value for name, value in vars(view).items() if name != "__wrapped__"})
    client.application.view_functions["try_upload"] = careless
    try:
        with pytest.raises(RuntimeError, match="nobody looked at the token"):
            client.post(URL, data={"note": "x"})
    finally:
        client.application.view_functions["try_upload"] = view
