"""People at their desks: a signed-in browser page each, whose silent complaints fail the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, FilePayload, Locator, Page, Response, expect

from tests.factories.files import pdf

PASSWORD_FILE = "demo_sign_ins.json"
# For a busy machine: what comes is seen at once, what never comes fails a little later.
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
# The browser repeats in its console what the status of the page has already said.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


class Desks:
    """Opens browser contexts and remembers what their consoles say."""

    def __init__(self, new_context: Callable[..., BrowserContext]) -> None:
        self._new_context = new_context
        self.complaints: list[str] = []

    def page(self, address: str, **options: Any) -> Page:
        """A browser of its own, nobody signed in; paths are relative to ``address``."""
        viewport = options.pop("viewport", None)
        page = self._new_context(base_url=address, **options).new_page()
        page.set_default_timeout(PATIENCE_MS)
        if viewport is not None:
            page.set_viewport_size(viewport)
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._answered)

    def sit_down(self, server: Any, username: str, **options: Any) -> Page:
        """``username`` signed in through the form of ``server``, on the dashboard."""
        page = self.page(server.url, **options)
        sign_in(page, username, password_of(server.data, username))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (
            response.status >= 400 and response.request.resource_type not in ("document", "fetch", "xhr")
        ):
            self.complaints.append(f"{response.status} {response.url}")


def password_of(data: Path, username: str) -> str:
    passwords: dict[str, str] = json.loads((data / PASSWORD_FILE).read_text("utf-8"))
    return passwords[username]


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/")


def go(page: Page, entry: str) -> None:
    """By the navigation, as a person would: who reads the page first, not who clicks while it still comes."""
    page.wait_for_load_state()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=entry).click()


def said(page: Page, text: str) -> None:
    """What a page answers to the step just taken."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def panel(page: Page, title: str) -> Locator:
    return page.locator(".panel").filter(has=page.get_by_role("heading", name=title, exact=True))


def a_pdf(name: str, text: str, padding: int = 0) -> FilePayload:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": pdf(text, padding=padding)}


def whole(found: Locator) -> Locator:
    """``found``, once its page is there to the end: listing and counting take what there is and never wait."""
    found.page.wait_for_load_state()
    return found


def figures(page: Page, *columns: str, table: str) -> list[tuple[str, ...]]:
    """The cells of the named columns, row by row, as shown."""
    region = page.get_by_role("region", name=table).first
    # The page with this table, not the one that the click before is about to leave.
    expect(region.locator("thead")).to_be_visible()
    region = whole(region)
    heads = [text.strip() for text in region.locator("thead th").all_inner_texts()]
    places = [heads.index(column) for column in columns]
    rows = region.locator("tbody tr").all()
    cells = [[text.strip() for text in row.locator("th, td").all_inner_texts()] for row in rows]
    return [tuple(row[place] for place in places) for row in cells]
