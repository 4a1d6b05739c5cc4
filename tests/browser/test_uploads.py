"""Files go in without a script, are refused at the field with everything typed kept, and are read beside a sheet."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from agencyqa.files.enums import FileKind
from agencyqa.web.fields.found import MOST_OFFERED
from tests.browser.desks import Desks, a_pdf, go
from tests.factories.files import office, pdf

NOTE = "第二章已按委托方意见改写。"
MACROS: FilePayload = {
    "name": "评价方案.docm",
    "mimeType": "application/vnd.ms-word.document.macroEnabled.12",
    "buffer": office(FileKind.DOCX, {"word/vbaProject.bin": b"x"}),
}
MISLABELLED: FilePayload = {"name": "评价方案.docx", "mimeType": "", "buffer": pdf("plan")}
RIGHT: FilePayload = {"name": "评价方案.pdf", "mimeType": "application/pdf", "buffer": pdf("plan")}
MEGABYTE = 1024 * 1024


def begin_upload(page: Page) -> None:
    """The plan of the newest contract, on which nothing has been handed in."""
    page.goto("/engagements/?state=contracted")
    page.get_by_role("region", name="委托业务").get_by_role("link", name="临财绩评").click()
    page.get_by_role("link", name="成果和文件").click()
    page.get_by_role("link", name="上传", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("上传评价方案")


def send(page: Page, file: FilePayload | Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()


def beside_the_field(page: Page) -> Locator:
    """What stands at the file field; the summary above must lead there."""
    page.get_by_role("alert").get_by_role("link", name="文件").click()
    expect(page.locator("input[type=file]")).to_be_focused()
    return page.locator(".field", has=page.locator("input[type=file]")).locator(".field-error")


def test_a_file_without_javascript(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "agency", java_script_enabled=False)
    begin_upload(page)
    page.get_by_label("说明").fill(NOTE)
    send(page, MACROS)
    expect(beside_the_field(page)).to_have_text(
        "文件含有宏。请另存为不含宏的格式（如 .docx、.xlsx、.pptx）或导出为 PDF 后再上传。"
    )
    expect(page.get_by_label("说明")).to_have_value(NOTE)
    send(page, RIGHT)
    expect(page.get_by_role("status")).to_contain_text("文件已上传，尚未提交")
    row = page.get_by_role("row").filter(has_text="评价方案.pdf")
    expect(row).to_contain_text(NOTE)
    expect(row).to_contain_text("已上传，未提交")


def test_refused_by_the_script_and_by_the_server(desks: Desks, own_server: Any, tmp_path: Path) -> None:
    page = desks.sit_down(own_server, "agency")
    begin_upload(page)
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.method) if each.method != "GET" else None)
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(500 * MEGABYTE + 1)
    page.get_by_label("说明").fill(NOTE)
    send(page, huge)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(beside_the_field(page)).to_have_text("文件为 501 MB，超过 500 MB 的上限。请压缩或拆分后再上传。")
    assert sent == []
    send(page, MISLABELLED)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(beside_the_field(page)).to_have_text(
        "文件名以“.docx”结尾，内容却是PDF 文件。请确认选对了文件；若没有选错，把结尾改为“.pdf”后再上传。"
    )
    assert sent == ["PUT"]
    expect(page.get_by_label("说明")).to_have_value(NOTE)
    send(page, RIGHT)
    expect(page.get_by_role("status").filter(has_text="文件已上传，尚未提交")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="评价方案.pdf")).to_contain_text(NOTE)


def half_sent(server: Any) -> set[str]:
    """The uploads of which bytes lie on the server; the demonstration year has one of its own."""
    return {path.stem for path in (server.data / "partial").iterdir()}


class Breaking:
    """Passes parts of files on to the server, but cuts the line on those that begin at ``at``."""

    def __init__(self, page: Page, at: int) -> None:
        self.at = at
        self.begun: list[int] = []
        page.route("**/uploads/*", self._pass_on)

    def _pass_on(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        self.begun.append(int(route.request.headers["upload-offset"]))
        if self.begun[-1] == self.at:
            route.abort("connectionreset")
        else:
            route.continue_()


def test_a_broken_upload_goes_on_where_it_broke(desks: Desks, own_server: Any, tmp_path: Path) -> None:
    """First the page is left while the line is down, then the line comes back by itself: nothing is sent twice."""
    before = half_sent(own_server)
    page = desks.sit_down(own_server, "agency")
    page.on("dialog", lambda dialog: dialog.accept())
    begin_upload(page)
    report = tmp_path / "评价方案.pdf"
    report.write_bytes(pdf("in parts", padding=17 * MEGABYTE))
    line = Breaking(page, 8 * MEGABYTE)
    heard = page.locator("[data-upload-progress]").get_by_role("status")
    page.get_by_label("说明").fill(NOTE)
    send(page, report)
    expect(heard).to_contain_text("连接中断")
    page.reload()
    line.at = 16 * MEGABYTE
    page.locator("input[type=file]").set_input_files(report)
    expect(page.get_by_text("这个文件上次已传 47%，再次上传时从断开处继续。")).to_be_visible()
    page.get_by_label("说明").fill(NOTE)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(heard).to_contain_text("连接中断")
    line.at = -1
    expect(page.get_by_role("status").filter(has_text="文件已上传，尚未提交")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="评价方案.pdf")
    expect(row).to_contain_text(NOTE)
    # What got through began at three places; the others were cut off.
    assert line.begun.count(0) == 1
    assert sorted(set(line.begun)) == [0, 8 * MEGABYTE, 16 * MEGABYTE]
    with page.expect_download() as waiting:
        row.get_by_role("link", name="下载").click()
    sent, stored = (hashlib.sha256(Path(path).read_bytes()) for path in (report, waiting.value.path()))
    assert stored.hexdigest() == sent.hexdigest()
    assert half_sent(own_server) == before
    # The browser says in its console, too, that the line was cut.
    desks.complaints[:] = [text for text in desks.complaints if "net::ERR_CONNECTION_RESET" not in text]


def test_a_cancelled_upload_leaves_nothing(desks: Desks, own_server: Any, tmp_path: Path) -> None:
    before = half_sent(own_server)
    page = desks.sit_down(own_server, "agency")
    begin_upload(page)
    report = tmp_path / "评价方案.pdf"
    report.write_bytes(pdf("unwanted", padding=9 * MEGABYTE))
    line = Breaking(page, 8 * MEGABYTE)
    page.get_by_label("说明").fill(NOTE)
    send(page, report)
    expect(page.locator("[data-upload-progress]").get_by_role("status")).to_contain_text("连接中断")
    assert len(half_sent(own_server) - before) == 1
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as waiting:
        page.get_by_role("button", name="取消上传").click()
    assert waiting.value.status == 200
    expect(page.get_by_role("alert")).to_contain_text("已取消上传，没有保存。")
    expect(page.get_by_label("说明")).to_have_value(NOTE)
    assert half_sent(own_server) == before
    # Chosen again, the file begins anew, and one that is refused is refused as ever.
    line.at = -1
    report.write_bytes(pdf("unwanted", padding=9 * MEGABYTE, trailer=b"/Encrypt 9 0 R"))
    send(page, report)
    expect(beside_the_field(page)).to_have_text("文件已加密或设有打开密码。请取消密码后再上传。")
    assert line.begun.count(0) == 2
    assert half_sent(own_server) == before
    desks.complaints[:] = [text for text in desks.complaints if "net::ERR_CONNECTION_RESET" not in text]


def test_a_report_is_read_beside_the_sheet(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "department")
    go(page, "考核评分表")
    page.get_by_role("link", name="填写").first.click()
    beside = page.get_by_role("region", name="成果文件")
    with page.expect_response("**/inline") as waiting:
        beside.locator("summary").first.click()
    answer = waiting.value
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    frame = beside.locator("iframe").first
    expect(frame).to_be_visible()
    assert (frame.bounding_box() or {"height": 0})["height"] > 300
    expect(page.get_by_role("button", name="提交评分表")).to_be_visible()


def many_departments(server: Any, like: str) -> None:
    """More than a list offers, beside the one that is called so."""
    with closing(sqlite3.connect(server.data / "agencyqa.sqlite3", timeout=10)) as database, database:
        database.execute("PRAGMA foreign_keys = ON")
        database.executemany(
            "INSERT INTO bodies (kind, name, short_name, sort_key, bureau_id, is_active, created_at, version) "
            "SELECT kind, ?, '', ?, bureau_id, 1, created_at, 1 FROM bodies WHERE name = ?",
            [(f"示例处室{n:03}", f"shilichushi{n:03}", like) for n in range(MOST_OFFERED)],
        )


def test_looking_for_a_name_sends_no_file(desks: Desks, own_server: Any) -> None:
    """The page comes anew with what was found and typed; a file that travelled with it would travel for nothing."""
    page = desks.sit_down(own_server, "agency")
    with closing(sqlite3.connect(own_server.data / "agencyqa.sqlite3")) as database:
        (like,) = database.execute("SELECT name FROM bodies WHERE kind = 'department' LIMIT 1").fetchone()
        (agency,) = database.execute(
            "SELECT body_id FROM memberships JOIN users ON users.id = user_id WHERE username = 'agency'"
        ).fetchone()
    many_departments(own_server, like)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/agencies/{agency}/proposals/entries/new/tie")
    page.get_by_label("对方人员或名单外单位").fill("王某")
    page.locator("input[type=file]").set_input_files(a_pdf("证明", "tie", padding=MEGABYTE))
    sent: list[tuple[str, int]] = []
    page.on(
        "request",
        lambda each: (
            sent.append((each.method, len(each.post_data_buffer or b""))) if each.method != "GET" else None
        ),
    )
    page.get_by_label("对方单位：名称或编码的一部分").fill("示例处室007")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_label("对方单位", exact=True).locator("option:checked")).to_have_text("示例处室007")
    expect(page.get_by_label("对方人员或名单外单位")).to_have_value("王某")
    assert page.locator("input[type=file]").input_value() == ""
    assert [(method, size < MEGABYTE) for method, size in sent] == [("POST", True)]
