"""Every page that each role can reach by its links: accessible, quiet, and no wider than the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.browser.desks import Desks

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Pages of one kind differ by numbers and keys only; files are not pages.
LAST = 26
FILES = re.compile(r"\.(json|yaml|xlsx)$|/export$|/workbook/")
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Colours and names are the same on a phone; what the layout can break is looked at again.
ON_A_PHONE = {"runOnly": ["scrollable-region-focusable", "target-size", "link-in-text-block", "region"]}
# Who looks at which kinds of pages with axe; the rest has the same markup as for the lead.
ROLES = {
    "lead": r".",
    "admin": r"^/$|^/users|^/bodies|^/audit",
    "department": r"^/$|/edit$|^/results",
    "agency": r"^/$|^/agencies/…$|^/results",
    "observer": r"^/$|^/rounds/…$",
}


def kind_of(path: str) -> str:
    return re.sub(r"\d+|(?<=^/measures/)[A-Z]\w+", "…", path)


def links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "nav a[href], main a[href]", "all => all.map(a => a.getAttribute('href'))"
    )
    paths = [urlsplit(each) for each in found]
    return [each.path for each in paths if not each.netloc and each.path and not FILES.search(each.path)]


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
    for size, options in ((DESK, {}), (PHONE, ON_A_PHONE)):
        page.set_viewport_size(size)
        found += too_wide(page, path)
        answer = Axe().run(page, options={"resultTypes": ["violations"], **options})
        for violation in answer.response["violations"]:
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
