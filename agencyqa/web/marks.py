"""Small marks that stand in every row of a list; as macros they cost more than the rest of the row."""

from __future__ import annotations

from enum import StrEnum

from flask import g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from agencyqa.i18n import language
from agencyqa.web.formats import NOTHING
from agencyqa.web.labels import label_of, tone_of

# (language, class, member) → markup
_badges: dict[tuple[str, type[StrEnum], str], Markup] = {}


def tag(text: object, tone: str = "neutral") -> Markup:
    """A word on a coloured ground. ``tone`` is one of ``labels.TONES``."""
    return Markup(f'<span class="tag tag-{escape(tone)}">{escape(text)}</span>')  # nosec B704


def badge(state: StrEnum | None) -> Markup:
    """The tag of a described member, drawn once for each language."""
    if state is None:
        return escape(NOTHING)
    place = (language(), type(state), state.value)
    found = _badges.get(place)
    if found is None:
        found = _badges[place] = tag(label_of(state), tone_of(state))
    return found


def csrf_token() -> str:
    """As the extension's, which looks its settings up for every button of a list."""
    found: str | None = g.get("csrf_token")
    return found if found is not None else str(generate_csrf())
