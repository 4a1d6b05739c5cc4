"""Small marks that stand in every row of a list; as macros they cost more than the rest of the row."""

from __future__ import annotations

from enum import StrEnum

from flask import current_app, g, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from agencyqa.i18n import language
from agencyqa.web.formats import NOTHING
from agencyqa.web.labels import label_of, tone_of
from agencyqa.web.signing import timed_serializer

# (language, class, member) → markup
_EMPTY_FIELD = 'name="csrf_token" value=""'
# As the extension has it.
_CSRF_SALT = "wtf-csrf-token"
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
    """As the extension's, which looks its settings up for every button of a list and derives its key anew."""
    found: str | None = g.get("csrf_token")
    if found is not None:
        return found
    secret = session.get("csrf_token")
    if not isinstance(secret, str):
        # The first page of this browser: the extension puts a secret into its cookie.
        return str(generate_csrf())
    found = g.csrf_token = str(timed_serializer(current_app.secret_key or "", _CSRF_SALT).dumps(secret))
    return found


def with_token(rows: str) -> Markup:
    """The token in all forms of ``rows`` that were drawn with an empty one, since what is kept must hold none.

    No value that is shown can look like such a field, because its quotes are escaped.
    """
    return Markup(str(rows).replace(_EMPTY_FIELD, f'name="csrf_token" value="{escape(csrf_token())}"'))  # nosec B704
