"""Every page that each role can reach by its links: accessible, quiet, and no wider than the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

from tests.browser.desks import Desks

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Pages of one kind differ by numbers and keys only; files are not pages.
LAST = 90
FILES = re.compile(
    r"\.(json|yaml|xlsx|pdf|docx)$|/(export|download|inline|source|file)$|(?<!inspections)/template$|/workbook/|/evidence/\d+$"
    r"|^/inspections/template/\d+$|^/agencies/\d+/documents/\d+$|/papers/\d+$"
)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The rows of a table are alike, and the contrast of each word costs a millisecond.
SHORTEN = """document.querySelectorAll("tbody").forEach(
  (body) => [...body.rows].slice(10).forEach((row) => row.remove()))"""
CHECK = "async (options) => (await axe.run(options)).violations"
# What is in a frame is a PDF, and everything else is loaded already.
QUICKLY = {"resultTypes": ["violations"], "iframes": False, "preload": False}
# Colours and names are the same on a phone; what the layout can break is looked at again.
ON_A_PHONE = {"runOnly": ["scrollable-region-focusable", "target-size", "link-in-text-block", "region"]}
# Who looks at which kinds of pages with axe; the rest has the same markup as for the lead.
ROLES = {
    "lead": r".",
    "admin": r"^/$|^/users|^/bodies|^/audit|^/files",
    "department": r"^/$|/edit$|^/results|/answer$|^/evaluations/…$",
    "agency": r"^/$|^/agencies/…$|^/results|/upload$|/other$|/statement$|/correct$|^/inspections/…$",
    "observer": r"^/$|^/rounds/…$",
}


def kind_of(path: str) -> str:
    return re.sub(r"\d+|(?<=^/measures/)[A-Z]\w+", "…", path)


def links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "nav a[href], main a[href]", "all => all.map(a => a.getAttribute('href'))"
    )
    paths = [urlsplit(each) for each in found]
    # Filters and cursors are left out; but some pages are about a row that their address names as a target.
    return [
        f"{each.path}?{each.query}" if each.query.startswith("target=") else each.path
        for each in paths
        if not each.netloc and each.path and not FILES.search(each.path)
    ]


def walk(page: Page) -> Iterator[str]:
    """Breadth first, the first page of each kind, the navigation before what it leads to."""
    waiting = [urlsplit(page.url).path]
    seen: set[str] = set()
    while waiting and len(seen) < LAST:
        path = waiting.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        answer = page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.status == 200, path
        yield path
        waiting += links(page)


def too_wide(page: Page, path: str) -> list[str]:
    over = page.evaluate(TOO_WIDE)
    return [f"{path} at {page.viewport_size}: {over} px too wide"] if over > 0 else []


def faults(page: Page, path: str) -> list[str]:
    found = []
    page.evaluate(AXE_SCRIPT)
    for size, options in ((DESK, {}), (PHONE, ON_A_PHONE)):
        page.set_viewport_size(size)
        found += too_wide(page, path)
        page.evaluate(SHORTEN)
        for violation in page.evaluate(CHECK, {**QUICKLY, **options}):
            targets = [" ".join(map(str, node["target"])) for node in violation["nodes"][:3]]
            found.append(f"{path} at {size['width']}: {violation['id']} {targets}")
    return found


@pytest.mark.parametrize("username", ROLES)
def test_pages_of(username: str, desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, username, viewport=PHONE)
    found = []
    for path in walk(page):
        found += too_wide(page, path)
        if re.search(ROLES[username], kind_of(path)):
            found += faults(page, path)
    assert found == []


def test_a_record_being_filled_in(desks: Desks, own_server: Any) -> None:
    """Nobody of the demo who can sign in has one open."""
    page = desks.sit_down(own_server, "agency")
    page.get_by_role("link", name="临财绩评").first.click()
    page.get_by_role("button", name="填报评价结果").click()
    page.wait_for_url("**/edit")
    record = urlsplit(page.url).path.removesuffix("/edit")
    found = []
    for path in ("", "/edit", "/import", "/submit"):
        page.goto(record + path)
        found += faults(page, record + path)
    assert found == []


def test_pages_before_the_sign_in(desks: Desks, live_server: Any) -> None:
    page = desks.page(live_server.url)
    found = []
    for path in ("/sign-in", "/nowhere"):
        page.goto(path)
        found += faults(page, path)
    assert found == []


def test_a_form_sent_off_empty(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "supervisor")
    found = []
    for path in ("/agencies/new", "/objects/new", "/engagements/new"):
        page.goto(path)
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_role("alert").wait_for()
        found += faults(page, path)
    assert found == []
