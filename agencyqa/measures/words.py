"""Translation for the sentences of a scheme, of which a page has hundreds."""

from __future__ import annotations

from agencyqa.i18n import gettext

__all__ = ["gettext"]
