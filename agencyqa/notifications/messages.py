"""The sentences of the inbox are registered by the areas that write them, as ``inbox.<code>``."""

from __future__ import annotations

from flask_babel import LazyString

MESSAGES: dict[str, LazyString] = {}
