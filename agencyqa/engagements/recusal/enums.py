from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class CaseCause(StrEnum):
    """Why the check of a running engagement was opened again."""

    TIE = "tie"
    DECLARATION = "declaration"


class CaseState(StrEnum):
    OPEN = "open"
    REPLACING = "replacing"
    CONTINUED = "continued"
    REPLACED = "replaced"
    TERMINATED = "terminated"
    # Nothing can be done about it any more, and that is on record.
    RECORDED = "recorded"
    LIFTED = "lifted"


class CaseAction(StrEnum):
    CONTINUE = "continue"
    REPLACE = "replace"
    TERMINATE = "terminate"
    RECORD = "record"
    # Not chosen by anybody: the person has left the team.
    SETTLE = "settle"
    # Nor this: the tie had been entered wrongly and was withdrawn.
    LIFT = "lift"


class ExemptionCause(StrEnum):
    """Why somebody of the team signs no declaration any more."""

    LEFT = "left"
    DECEASED = "deceased"
    OTHER = "other"


class ExemptionState(StrEnum):
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class ExemptionAction(StrEnum):
    GRANT = "grant"
    WITHDRAW = "withdraw"


class SigningWay(StrEnum):
    """How a declaration came in."""

    SELF = "self"
    PAPER = "paper"


describe(
    CaseCause,
    {
        CaseCause.TIE: _l("新登记的利害关系"),
        CaseCause.DECLARATION: _l("声明中的说明事项"),
    },
)
describe(
    CaseState,
    {
        CaseState.OPEN: (_l("待决定"), "danger"),
        CaseState.REPLACING: (_l("待更换人员"), "warning"),
        CaseState.CONTINUED: (_l("继续履行"), "success"),
        CaseState.REPLACED: (_l("已更换人员"), "success"),
        CaseState.TERMINATED: (_l("已终止委托"), "neutral"),
        CaseState.RECORDED: (_l("已记录在案"), "warning"),
        CaseState.LIFTED: (_l("登记有误，已解除"), "neutral"),
    },
)
describe(
    CaseAction,
    {
        CaseAction.CONTINUE: _l("继续履行"),
        CaseAction.REPLACE: _l("更换人员"),
        CaseAction.TERMINATE: _l("终止委托"),
        CaseAction.RECORD: _l("记录在案"),
        CaseAction.SETTLE: _l("人员已更换"),
        CaseAction.LIFT: _l("利害关系登记有误，解除检查"),
    },
)
describe(
    SigningWay,
    {
        SigningWay.SELF: (_l("本人签署"), "success"),
        SigningWay.PAPER: (_l("纸质签署，机构代录"), "info"),
    },
)
describe(
    ExemptionCause,
    {
        ExemptionCause.LEFT: _l("已离开机构，不能再签署"),
        ExemptionCause.DECEASED: _l("已经去世"),
        ExemptionCause.OTHER: _l("其他不能签署的情形"),
    },
)
describe(
    ExemptionState,
    {
        ExemptionState.GRANTED: (_l("已准予免签"), "info"),
        ExemptionState.WITHDRAWN: (_l("免签已撤销"), "neutral"),
    },
)
describe(
    ExemptionAction,
    {
        ExemptionAction.GRANT: _l("准予免签"),
        ExemptionAction.WITHDRAW: _l("撤销免签"),
    },
)
