"""The browsers of ``benchmarks.crash``: what they send, how they go on after a kill, and what they were told."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode

SMALLEST, LARGEST = 20_000, 6_000_000
IN_PARTS, PART = 1_000_000, 700_000


@dataclass
class Said:
    """What the server acknowledged: hashes of files, titles of deliverables, and what it had received of ``left``."""

    files: dict[str, str] = field(default_factory=dict)
    in_parts: set[str] = field(default_factory=set)
    left: dict[str, bytes] = field(default_factory=dict)
    resumed: int = 0
    titles: list[str] = field(default_factory=list)
    tried: int = 0
    broken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Browser:
    """As much of one as an agency needs: cookies, and the token of its session."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.body_id = 0

    def copy(self) -> Browser:
        other = Browser(self.port)
        other.cookies, other.token, other.body_id = dict(self.cookies), self.token, self.body_id
        return other

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        """(status, location, text). Raises OSError or HTTPException where the server died."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: each.value for name, each in SimpleCookie(line).items()})
        return answer.status, answer.headers.get("Location", ""), text

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        body = urlencode({"csrf_token": self.token, **fields}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")

    def read_token(self, path: str) -> str:
        _, _, text = self.ask("GET", path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert found is not None, text[:500]
        self.token = found[1]
        return text

    def sign_in(self, username: str, password: str) -> None:
        self.read_token("/sign-in")
        status, _, text = self.post("/sign-in", username=username, password=password)
        assert status == 302, text[:500]
        self.read_token("/account")
        _, _, text = self.ask("GET", "/")
        found = re.search(r'href="/agencies/(\d+)"', text)
        assert found is not None, text[:2000]
        self.body_id = int(found[1])


def paper(chance: random.Random) -> bytes:
    """A PDF of one page whose stream is noise; no two are alike."""
    noise = chance.randbytes(chance.randrange(SMALLEST, LARGEST)).replace(b"/", b".")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(noise), noise),
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, table)
    return bytes(out)


def upload_on(number: int, browser: Browser, target: tuple[int, int], uploads: int, said: Said) -> None:
    """Every other large file in parts until it is there, the others whole and once, a small write after each."""
    chance = random.Random(1000 + number)
    engagement_id, deliverable_id = target
    base = f"/engagements/{engagement_id}/deliverables"
    form = f"{base}/{deliverable_id}/upload"
    count = 0
    while True:
        data = paper(chance)
        with said.lock:
            is_over = said.tried >= uploads
            said.tried += not is_over
        if is_over:
            _leave_unfinished(browser, form, data, said)
            return
        count += 1
        name = f"paper-{number}-{count}.pdf"
        try:
            may_be_parts = len(data) > IN_PARTS and count % 2 == 0
            if not (may_be_parts and _send_in_parts(browser, form, name, data, said)):
                _send_whole(browser, form, name, data, said)
            title = f"崩溃测试 {number}-{count}"
            status, location, _ = browser.post(f"{base}/other", title=title)
            if status == 302 and "sign-in" not in location:
                with said.lock:
                    said.titles.append(title)
        except (OSError, HTTPException):
            with said.lock:
                said.broken += 1
            time.sleep(0.1)


def _send_whole(browser: Browser, form: str, name: str, data: bytes, said: Said) -> None:
    status, _, text = browser.ask(
        "PUT",
        form,
        data,
        X_CSRFToken=browser.token,
        X_File_Name=name,
        Content_Type="application/octet-stream",
    )
    if status != 200:
        raise SystemExit(f"{status}: {text[:500]}")
    with said.lock:
        said.files[hashlib.sha256(data).hexdigest()] = name


def _patiently(
    said: Said, browser: Browser, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, str, str]:
    """Ask until there is an answer, as the script of the page does."""
    while True:
        try:
            return browser.ask(method, path, body, **headers)
        except (OSError, HTTPException):
            with said.lock:
                said.broken += 1
            time.sleep(0.1)


def _begin(browser: Browser, form: str, name: str, size: int, said: Said) -> str | None:
    """The address of a new upload; None where earlier beginnings, whose answers were lost, are too many."""
    status, _, text = _patiently(
        said,
        browser,
        "PUT",
        form,
        X_CSRFToken=browser.token,
        X_File_Name=name,
        X_Upload_Size=str(size),
    )
    if status == 429:
        return None
    assert status == 201, f"{status}: {text[:500]}"
    return f"/uploads/{json.loads(text)['upload']}"


def _send(browser: Browser, url: str, data: bytes, end: int, said: Said) -> None:
    """The bytes up to ``end``, part by part; after a broken line from where the server says."""
    offset = 0
    while offset < end:
        part = data[offset : min(offset + PART, end)]
        try:
            status, _, text = browser.ask(
                "PATCH", url, part, X_CSRFToken=browser.token, Upload_Offset=str(offset)
            )
            assert status in {200, 409}, f"{status}: {text[:500]}"
        except (OSError, HTTPException):
            with said.lock:
                said.broken += 1
                said.resumed += 1
            status, _, text = _patiently(said, browser, "GET", url)
            assert status == 200, f"{status}: {text[:500]}"
            found = json.loads(text)["offset"]
            assert found >= offset, f"{found} bytes of {offset} that were acknowledged"
        offset = json.loads(text)["offset"]


def _send_in_parts(browser: Browser, form: str, name: str, data: bytes, said: Said) -> bool:
    url = _begin(browser, form, name, len(data), said)
    if url is None:
        return False
    _send(browser, url, data, len(data), said)
    digest = hashlib.sha256(data).hexdigest()
    fields = urlencode({"upload_token": url.rpartition("/")[2], "upload_sha256": digest}).encode()
    given = {"X_CSRFToken": browser.token, "X_Form_Length": str(len(fields))}
    status, _, text = _patiently(said, browser, "PUT", form, fields, **given)
    assert status == 200, f"{status}: {text[:500]}"
    with said.lock:
        said.files[digest] = name
        said.in_parts.add(digest)
    return True


def _leave_unfinished(browser: Browser, form: str, data: bytes, said: Said) -> None:
    url = _begin(browser, form, "unfinished.pdf", len(data), said)
    if url is not None:
        _send(browser, url, data, len(data) // 2, said)
        with said.lock:
            said.left[url.rpartition("/")[2]] = data[: len(data) // 2]
