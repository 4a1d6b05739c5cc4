"""Which language a reader gets. Chinese is the source text; English is the one catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask_babel
from babel import Locale
from flask import g, has_request_context, session
from flask.globals import app_ctx
from flask_login import current_user
from markupsafe import Markup

SOURCE_LOCALE = "zh_Hans_CN"
# The value kept for a user, and what Babel calls it.
LOCALES = {"zh_CN": SOURCE_LOCALE, "en": "en"}
# Read from its name once: the library would do so on every page.
_READ = {name: Locale.parse(name) for name in LOCALES.values()}
SOURCE_LANGUAGE = "zh"

# Texts of the program as they stand in the catalogue, and as a page shows them without values. There are as many as
# there are texts in the source; the limit is for a caller that hands in something else.
_MOST_KEPT = 20_000
_kept: dict[tuple[str, str], str] = {}
_kept_markup: dict[tuple[str, str], Markup] = {}


def language() -> str:
    """The reader's, "zh" or "en"; outside an application the source language."""
    try:
        # Where the library has put its answer for this request: a list asks in every row.
        return str(app_ctx.g._flask_babel.babel_locale.language)
    except (AttributeError, RuntimeError):
        locale = flask_babel.get_locale()
    return SOURCE_LANGUAGE if locale is None else str(locale.language)


def gettext(text: str, **values: Any) -> str:
    """As the library's, for the places that ask some hundred times a page.

    The library finds its way from the context to the catalogue anew for every text.
    """
    found = _look_up(language(), text)
    return found % values if values else found


def aside(text: object, more: object) -> str:
    """``more`` in brackets behind ``text``, in those of the reader's language."""
    return gettext("%(what)s（%(more)s）", what=text, more=more)


def listed(items: Iterable[object]) -> str:
    """Several things in a row, set apart as the reader's language does it."""
    return gettext("、").join(str(item) for item in items)


def said(text: object) -> str:
    """A text of a table in the reader's language: what ``str`` makes of a lazy one, without the library's way there."""
    written = getattr(text, "_args", None)
    return gettext(written[0]) if written and not text._kwargs else str(text)  # type: ignore[attr-defined]


def page_text(text: str, /, **values: Any) -> Markup:
    """The function ``_`` of the templates: a text is markup of ours, its values are escaped."""
    key = (language(), text)
    found = None if values else _kept_markup.get(key)
    if found is None:
        found = Markup(_look_up(*key)) % values  # nosec B704
        if not values:
            _keep(_kept_markup, key, found)
    return found


def aside_markup(text: object, more: object) -> Markup:
    """``aside`` for the templates, where texts are markup and values are not."""
    return page_text("%(what)s（%(more)s）", what=text, more=more)


def listed_markup(items: Iterable[str]) -> Markup:
    return page_text("、").join(items)


def _look_up(reader: str, text: str) -> str:
    if reader == SOURCE_LANGUAGE:
        return text
    found = _kept.get((reader, text))
    if found is None:
        found = str(flask_babel.gettext(text))
        _keep(_kept, (reader, text), found)
    return found


def _keep(kept: dict[tuple[str, str], Any], key: tuple[str, str], found: str) -> None:
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = found


def select_locale() -> Locale:
    """The user's choice, then the session's, then Chinese; the browser's header is never asked."""
    if not has_request_context():
        return _READ[SOURCE_LOCALE]
    # Who reads is asked of the database, unless that is what has just failed.
    reader = None if g.get("reader_unknown") else current_user
    chosen: Any = getattr(reader, "locale", None) or session.get("locale")
    return _READ[LOCALES.get(str(chosen), SOURCE_LOCALE)]


def html_language() -> str:
    return "en" if language() == "en" else "zh-CN"
