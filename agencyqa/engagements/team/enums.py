from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class TeamRole(StrEnum):
    """As what somebody works on one engagement."""

    PRINCIPAL_EVALUATOR = "principal_evaluator"
    MEMBER = "member"
    EXPERT = "expert"


class ChangeState(StrEnum):
    """Of a change of the team, which takes effect by the consent of the commissioner."""

    PROPOSED = "proposed"
    CONSENTED = "consented"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ChangeAction(StrEnum):
    PROPOSE = "propose"
    CONSENT = "consent"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


describe(
    ChangeState,
    {
        ChangeState.PROPOSED: (_l("待委托方同意"), "progress"),
        ChangeState.CONSENTED: (_l("委托方已同意"), "success"),
        ChangeState.DECLINED: (_l("委托方未同意"), "danger"),
        ChangeState.WITHDRAWN: (_l("已撤回"), "neutral"),
    },
)
describe(
    ChangeAction,
    {
        ChangeAction.PROPOSE: _l("提出人员变更"),
        ChangeAction.CONSENT: _l("同意"),
        ChangeAction.DECLINE: _l("不同意"),
        ChangeAction.WITHDRAW: _l("撤回"),
    },
)
describe(
    TeamRole,
    {
        TeamRole.PRINCIPAL_EVALUATOR: (_l("主评人"), "success"),
        TeamRole.MEMBER: (_l("成员"), "info"),
        TeamRole.EXPERT: (_l("专家"), "neutral"),
    },
)
