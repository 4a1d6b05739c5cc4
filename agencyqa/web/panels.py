"""Parts of a page that a higher area hands to a lower one's template."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup


def rendered(template: str, **context: Any) -> Markup:
    """The template has escaped every value already, so its output goes into the page as it is."""
    return Markup(render_template(template, **context))  # nosec B704
