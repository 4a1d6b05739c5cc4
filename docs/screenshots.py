"""Makes the pictures of README and guides anew: .venv-test/bin/python docs/screenshots.py, from the checkout's top.

A demonstration year is prepared in a folder of its own and served on a free port, so nothing else is touched.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT))

from tests.browser_finder import find_browser  # noqa: E402

WIDTH = 1440
PHONE = 390
LIMIT = 250_000
GUNICORN = "wsgi:app --worker-class gthread --workers 1 --threads 4 --no-control-socket".split()


@contextmanager
def demo_server() -> Iterator[tuple[str, dict[str, str]]]:
    """Its address, and the password of each user name."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "AGENCYQA_DATA": folder}
        subprocess.run([sys.executable, "-m", "agencyqa.prepare"], cwd=ROOT, env=environment, check=True)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", *GUNICORN],
                cwd=ROOT,
                env=environment,
                pass_fds=[listener.fileno()],
            )
            try:
                await_ready(port)
                passwords = json.loads((Path(folder) / "demo_sign_ins.json").read_text("utf-8"))
                yield f"http://127.0.0.1:{port}", passwords
            finally:
                server.terminate()
                server.wait()


def await_ready(port: int) -> None:
    for _ in range(300):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("The server did not become ready.")


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/sign-in")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/")


def picture(page: Page, name: str, height: int, scroll_to: str | None = None, *, width: int = WIDTH) -> None:
    page.set_viewport_size({"width": width, "height": height})
    if scroll_to:
        page.evaluate("path => document.querySelector(path).scrollIntoView({behavior: 'instant'})", scroll_to)
        page.locator("h1").evaluate("heading => document.activeElement.blur()")
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)} {size // 1000} kB")  # noqa: T201
    if size > LIMIT:
        raise SystemExit(f"{file.name} is larger than {LIMIT // 1000} kB.")


def fill_in(page: Page) -> None:
    """A sheet in the middle of the work: some criteria given, none of it saved for good."""
    page.goto("/")
    page.get_by_role("link", name="填写").first.click()
    page.check('[name="a-team_ability-band"][value="strong"]')
    page.fill('[name="a-team_ability-value"]', "14")
    page.check('[name="a-team_stability-met"][value="yes"]')
    page.check('[name="a-communication-band"][value="good"]')
    page.fill('[name="a-communication-value"]', "19")
    page.get_by_text(re.compile("已保存")).wait_for()


def go_to_first(page: Page, listing: str, link: str, shows: str, then: str = "") -> None:
    """Open the first page behind the links of a list that shows the wanted thing.

    ``then`` is added to the address of each: the page of an object that lies behind its own.
    """
    page.goto(listing)
    addresses = page.locator(link).evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for address in dict.fromkeys(addresses):
        page.goto(address + then)
        if page.locator(shows).count():
            return
    raise SystemExit(f"No page behind {listing} shows {shows}.")


def hand_in(page: Page) -> None:
    """Pictures of uploading a plan: the form on a phone, and the page with one file that waits to be handed in."""
    go_to_first(page, "/engagements/deliverables", "tbody th a", "a[href*='/versions/'][href$='/download']")
    paper = page.request.get(page.locator("a[href$='/download']").first.get_attribute("href") or "").body()
    page.goto("/")
    page.get_by_role("link", name="去提交").first.click()
    page.get_by_role("link", name="上传", exact=True).first.click()
    page.set_input_files(
        "input[type=file]", {"name": "评价方案.pdf", "mimeType": "application/pdf", "buffer": paper}
    )
    picture(page, "upload-phone", 720, width=PHONE)
    page.locator("main button[type=submit]").first.click()
    page.get_by_text("已上传，未提交").first.wait_for()
    picture(page, "deliverables", 900)


def agency_pictures(page: Page) -> None:
    picture(page, "agency-phone", 844, width=PHONE)
    hand_in(page)
    go_to_first(page, "/engagements/", "tbody th a", "text=本人签署", then="/independence")
    picture(page, "independence", 800, "#declarations")
    go_to_first(page, "/engagements/", "tbody th a", "text=签字盖章", then="/review")
    picture(page, "review", 900)
    page.goto("/")
    page.get_by_role("link", name="陈述申辩").first.click()
    picture(page, "finding", 900)


def supervisor_pictures(page: Page) -> None:
    go_to_first(page, "/evaluations/?faults=1", "tbody th a", "#figures .check")
    picture(page, "evaluation", 900)
    go_to_first(page, "/inspections/orders", "tbody th a", "section[id^=answer-]")
    picture(page, "order", 900)
    page.locator("#findings th a").first.click()
    page.get_by_role("link", name=re.compile("^合同 ")).first.click()
    picture(page, "engagement", 900, "#trail")
    go_to_first(page, "/sheets?view=todo", "tbody th a", ".facts-asked", then="/edit")
    picture(page, "score-facts", 900, ".criterion:has(.facts-asked)")
    commissioning_pictures(page)
    page.goto("/board")
    picture(page, "board", 900)
    page.goto("/duties/waiting")
    picture(page, "waiting", 700)
    page.goto("/calendar")
    picture(page, "calendar", 900)


def commissioning_pictures(page: Page) -> None:
    """From the register to the archive."""
    page.goto("/agencies/")
    picture(page, "register", 800)
    page.get_by_role("link", name="云汀明衡绩效咨询有限公司").click()
    page.locator("#evaluators tbody th a").first.click()
    picture(page, "person", 800)
    go_to_first(page, "/agencies/applications?state=submitted", "tbody th a", "#decision")
    picture(page, "application", 900)
    page.goto("/engagements/plans/")
    page.get_by_role("row").filter(has_text="已批准").first.get_by_role("link").click()
    picture(page, "plan", 800, "main form")
    go_to_first(page, "/engagements/selections/", "tbody th a", "text=不得选定")
    picture(page, "selection", 800)
    go_to_first(page, "/engagements/", "tbody th a", "text=分段计算", then="/contract")
    picture(page, "contract", 900)
    go_to_first(page, "/engagements/", "tbody th a", "text=期限中止", then="/deliverables")
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    picture(page, "terms", 800, ".panel:has(details)")
    go_to_first(page, "/engagements/", "tbody th a", "#draft table", then="/opinions")
    picture(page, "opinions", 800)
    go_to_first(page, "/engagements/?state=completed", "tbody th a", "text=保管至", then="/archive")
    picture(page, "archive", 700)


def department_pictures(page: Page) -> None:
    picture(page, "department-phone", 844, width=PHONE)
    page.set_viewport_size({"width": WIDTH, "height": 900})
    page.goto("/duties")
    picture(page, "duties", 700)
    fill_in(page)
    picture(page, "score-sheet", 900, ".sheet-section")


def lead_pictures(page: Page) -> None:
    picture(page, "dashboard", 900)
    go_to_first(page, "/sheets?view=all", "tbody th a", ".fact-source a", then="/trace")
    picture(page, "trace", 900, ".criterion:has(.fact-source a)")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    found = find_browser()
    with demo_server() as (address, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable,
            # What the browser itself writes into a page, such as an empty date, is in its language, if installed.
            args=[*found.arguments, "--lang=zh-CN"],
            env={**os.environ, **found.environment, "LANGUAGE": "zh_CN"},
        )

        def desk(username: str) -> Page:
            context = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai")
            page = context.new_page()
            sign_in(page, username, passwords[username])
            return page

        lead_pictures(desk("lead"))
        supervisor_pictures(desk("supervisor"))
        agency_pictures(desk("agency"))
        department_pictures(desk("department"))
        browser.close()


if __name__ == "__main__":
    main()
