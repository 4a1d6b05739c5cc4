from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class Outcome(StrEnum):
    """What an agency did with a comment of the evaluated unit; each asks for its reason."""

    TAKEN = "taken"
    PARTLY = "partly"
    DECLINED = "declined"


describe(
    Outcome,
    {
        Outcome.TAKEN: (_l("采纳"), "success"),
        Outcome.PARTLY: (_l("部分采纳"), "info"),
        Outcome.DECLINED: (_l("未采纳"), "warning"),
    },
)
