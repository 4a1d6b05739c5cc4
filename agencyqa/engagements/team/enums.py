from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class TeamRole(StrEnum):
    """As what somebody works on one engagement."""

    PRINCIPAL_EVALUATOR = "principal_evaluator"
    MEMBER = "member"
    EXPERT = "expert"


describe(
    TeamRole,
    {
        TeamRole.PRINCIPAL_EVALUATOR: (_l("主评人"), "success"),
        TeamRole.MEMBER: (_l("成员"), "info"),
        TeamRole.EXPERT: (_l("专家"), "neutral"),
    },
)
