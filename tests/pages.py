"""Reads a page as a browser would and names what is wrong: structure, labels, tokens, content policy."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from tests.markup import Attributes, read_out

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# Their end tags may be left out in HTML.
OPTIONAL_END = frozenset("html head body li dt dd p option thead tbody tfoot tr td th".split())
# Only of these is the text asked for.
TEXTED = frozenset("title h1 h2 h3 h4 h5 h6 a button label textarea option script style".split())
# These name themselves, by value or by nature.
UNLABELLED_INPUTS = frozenset({"hidden", "submit", "button", "reset", "image"})

# What differs between two answers that look the same: signed tokens, and the number of the request.
_CHANGING = re.compile(r'value="[\w-]{20,400}\.[\w-]{4,8}\.[\w-]{20,60}"|<code>[0-9a-f]{16}</code>')
_good: set[bytes] = set()


@dataclass
class Form:
    """A form as it would be sent when nobody touched it."""

    method: str
    action: str
    id: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.fields}

    @property
    def values(self) -> dict[str, list[str]]:
        """Name to values, the shape that a test client takes as ``data``."""
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return found

    def value(self, name: str) -> str | None:
        """The one value of a field; None where the form would not send it."""
        values = self.values.get(name, [])
        if len(values) > 1:
            raise AssertionError(f"{name} would be sent {len(values)} times")
        return values[0] if values else None


@dataclass
class Element:
    tag: str
    attributes: Attributes
    text: str = ""
    has_image_text: bool = False


class Page:
    """``faults`` says what is wrong; ``text``, ``headings``, ``links`` and ``forms`` what the page shows."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.faults: list[str] = []
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.headings: list[tuple[int, str]] = []
        self.title = ""
        self.language = ""
        self._pieces: list[str] = []
        self._open: list[Element] = []
        self._form: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]], bool] | None = None
        # Elements that are open and whose text or nesting is asked for, and how many of each tag.
        self._within: defaultdict[str, int] = defaultdict(int)
        self._texts: list[Element] = []
        self._ids: Counter[str] = Counter()
        self._labels: set[str] = set()
        self._referred: list[tuple[str, str]] = []
        self._controls: list[Attributes] = []
        read_out(html, self)
        self._conclude()

    @property
    def text(self) -> str:
        """All visible text with single spaces."""
        return " ".join(" ".join(self._pieces).split())

    def form(self, part_of_action_or_id: str = "") -> Form:
        """The one form whose action or id holds the text; of several, or none, a test must not guess."""
        found = [form for form in self.forms if part_of_action_or_id in f"{form.action} {form.id}"]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} forms match {part_of_action_or_id!r} of {self.forms}")
        return found[0]

    # ------------------------------------------------------------------------------------------ parsing

    def read_start(self, tag: str, attributes: Attributes, *, is_closed: bool) -> None:
        if attributes:
            self._check_attributes(tag, attributes)
            if "id" in attributes:
                self._ids[attributes["id"]] += 1
        handler = self._STARTS.get(tag)
        if handler is not None:
            handler(self, attributes)
        if tag not in VOID:
            element = Element(tag, attributes)
            self._open.append(element)
            self._within[tag] += 1
            if tag in TEXTED:
                self._texts.append(element)
            # A browser ignores the slash of an HTML element; inside SVG it closes.
            if is_closed:
                self._leave()

    def read_end(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open[-1].tag != tag and self._open[-1].tag in OPTIONAL_END:
            self._close(self._leave())
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(
                f"</{tag}> closes nothing; open: {[element.tag for element in self._open[-3:]]}"
            )
            return
        self._close(self._leave())

    def _leave(self) -> Element:
        element = self._open.pop()
        self._within[element.tag] -= 1
        if element.tag in TEXTED:
            self._texts.pop()
        return element

    def read_text(self, data: str) -> None:
        for element in self._texts:
            element.text += data
        within = self._within
        if not (within["script"] or within["style"] or within["title"]):
            self._pieces.append(data)
        if "{{" in data or "{%" in data:
            self.faults.append(f"template syntax reached the page: {data.strip()[:60]!r}")

    def read_fault(self, what: str) -> None:
        self.faults.append(what)

    def _close(self, element: Element) -> None:
        text = " ".join(element.text.split())
        attributes = element.attributes
        named = (
            text
            or element.has_image_text
            or attributes.get("aria-label")
            or attributes.get("aria-labelledby")
        )
        match element.tag:
            case "title":
                self.title = self.title or text
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.headings.append((int(element.tag[1]), text))
            case "a" if "href" in attributes:
                self.links.append((text, attributes["href"]))
                if not named:
                    self.faults.append(f"a link without a name: {attributes['href']}")
            case "button":
                if not named:
                    self.faults.append(f"a button without a name: {attributes}")
            case "label" if not named:
                self.faults.append(f"an empty label: {attributes}")
            case "textarea":
                self._add_field(attributes, element.text.removeprefix("\n"))
            case "select":
                self._close_select()
            case "option" if self._select is not None:
                value = attributes.get("value", text)
                self._select[1].append((value, "selected" in attributes))
            case "script":
                if "src" not in attributes and attributes.get("type") != "application/json":
                    self.faults.append("an inline script")
            case "style":
                self.faults.append("an inline style sheet")
            case "form":
                self._form = None

    # ------------------------------------------------------------------------------------------ elements

    def _start_html(self, attributes: Attributes) -> None:
        self.language = attributes.get("lang", "")

    def _start_form(self, attributes: Attributes) -> None:
        if self._form is not None:
            self.faults.append("a form inside a form")
        method = attributes.get("method", "get").lower()
        self._form = Form(method, attributes.get("action", ""), attributes.get("id", ""))
        self.forms.append(self._form)

    def _start_label(self, attributes: Attributes) -> None:
        if "for" in attributes:
            self._labels.add(attributes["for"])
            self._referred.append(("for", attributes["for"]))

    def _start_img(self, attributes: Attributes) -> None:
        if "alt" not in attributes:
            self.faults.append(f"an image without alt: {attributes.get('src', '')}")
        elif attributes["alt"]:
            for element in self._open:
                element.has_image_text = True

    def _start_input(self, attributes: Attributes) -> None:
        kind = attributes.get("type", "text").lower()
        if kind not in UNLABELLED_INPUTS:
            self._note_control(attributes)
        if kind in {"submit", "button", "reset", "image", "file"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in attributes:
            return
        self._add_field(attributes, attributes.get("value", "on" if kind in {"checkbox", "radio"} else ""))

    def _start_textarea(self, attributes: Attributes) -> None:
        self._note_control(attributes)

    def _start_select(self, attributes: Attributes) -> None:
        self._note_control(attributes)
        usable = "name" in attributes and "disabled" not in attributes
        self._select = (attributes["name"] if usable else "", [], "multiple" in attributes)

    def _close_select(self) -> None:
        assert self._select is not None
        name, options, multiple = self._select
        self._select = None
        chosen = [value for value, selected in options if selected]
        if not chosen and options and not multiple:
            chosen = [options[0][0]]
        if name and self._form is not None:
            self._form.fields.extend((name, value) for value in chosen)

    def _note_control(self, attributes: Attributes) -> None:
        if not self._within["label"]:
            self._controls.append(attributes)

    def _add_field(self, attributes: Attributes, value: str) -> None:
        if self._form is not None and "name" in attributes and "disabled" not in attributes:
            self._form.fields.append((attributes["name"], value))

    def _check_attributes(self, tag: str, attributes: Attributes) -> None:
        for name, value in attributes.items():
            if name == "style":
                self.faults.append(f"an inline style on <{tag}>: {value[:40]}")
            elif name.startswith("on"):
                self.faults.append(f"an inline handler on <{tag}>: {name}")
            elif name in {"aria-describedby", "aria-labelledby", "aria-controls"}:
                self._referred.extend((name, part) for part in value.split())
            elif name in {"href", "src", "action"} and value.strip().lower().startswith("javascript:"):
                self.faults.append(f"script in {name} of <{tag}>")
        source = attributes.get("src") or (attributes.get("href", "") if tag == "link" else "")
        if source.startswith(("http:", "https:", "//")):
            self.faults.append(f"<{tag}> loads from another host: {source}")

    _STARTS: ClassVar[dict[str, Callable[[Page, Attributes], None]]] = {
        "html": _start_html,
        "form": _start_form,
        "label": _start_label,
        "img": _start_img,
        "input": _start_input,
        "textarea": _start_textarea,
        "select": _start_select,
    }

    # ------------------------------------------------------------------------------------------ the whole

    def _conclude(self) -> None:
        unclosed = [element.tag for element in self._open if element.tag not in OPTIONAL_END]
        if unclosed:
            self.faults.append(f"never closed: {unclosed}")
        if not self.html.lstrip().lower().startswith("<!doctype html>"):
            self.faults.append("no <!doctype html>")
        if not self.language:
            self.faults.append("no language on <html>")
        if not self.title:
            self.faults.append("no title")
        first = sum(1 for level, _ in self.headings if level == 1)
        if first != 1:
            self.faults.append(f"{first} headings of level 1 instead of one")
        self.faults.extend(
            f"id {name!r} stands {count} times" for name, count in self._ids.items() if count > 1
        )
        self.faults.extend(
            f"{attribute} refers to {name!r}, which is not on the page"
            for attribute, name in self._referred
            if name not in self._ids
        )
        for attributes in self._controls:
            if attributes.get("id") in self._labels and attributes.get("id"):
                continue
            if not attributes.get("aria-label") and not attributes.get("aria-labelledby"):
                self.faults.append(f"a field without a label: {attributes}")
        self.faults.extend(
            f"form {form.action!r} is posted without a CSRF token"
            for form in self.forms
            if form.method == "post" and "csrf_token" not in form.names
        )


def check(html: str, where: str, path: str) -> Page | None:
    """The page, read; an AssertionError lists every fault. None for one that was found good before.

    Thousands of refusals look alike but for the path they name and their tokens, and reading a page costs as
    much as making it.
    """
    looks = hashlib.sha256(_CHANGING.sub("", html.replace(path, "")).encode()).digest()
    if looks in _good:
        return None
    page = Page(html)
    assert not page.faults, f"{where}:\n  " + "\n  ".join(page.faults)
    _good.add(looks)
    return page
