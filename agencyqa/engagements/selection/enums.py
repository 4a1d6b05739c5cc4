from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class SelectionMethod(StrEnum):
    """How an agency was found."""

    OPEN_TENDER = "open_tender"
    INVITED_TENDER = "invited_tender"
    NEGOTIATION = "negotiation"
    CONSULTATION = "consultation"
    INQUIRY = "inquiry"
    FRAMEWORK = "framework"
    DIRECT = "direct"


class SelectionState(StrEnum):
    DRAFT = "draft"
    DECIDED = "decided"
    USED = "used"
    CANCELLED = "cancelled"


class SelectionAction(StrEnum):
    EDIT = "edit"
    DECIDE = "decide"
    # Not chosen by anybody: the contract was entered.
    USE = "use"
    # Nor this: the contract was corrected, and is about other work.
    RELEASE = "release"
    CANCEL = "cancel"


describe(
    SelectionMethod,
    {
        SelectionMethod.OPEN_TENDER: _l("公开招标"),
        SelectionMethod.INVITED_TENDER: _l("邀请招标"),
        SelectionMethod.NEGOTIATION: _l("竞争性谈判"),
        SelectionMethod.CONSULTATION: _l("竞争性磋商"),
        SelectionMethod.INQUIRY: _l("询价"),
        SelectionMethod.FRAMEWORK: _l("入围机构中选取"),
        SelectionMethod.DIRECT: _l("直接委托"),
    },
)
describe(
    SelectionState,
    {
        SelectionState.DRAFT: (_l("选取中"), "progress"),
        SelectionState.DECIDED: (_l("已选定"), "success"),
        SelectionState.USED: (_l("已签合同"), "info"),
        SelectionState.CANCELLED: (_l("已取消"), "neutral"),
    },
)
describe(
    SelectionAction,
    {
        SelectionAction.EDIT: _l("修改"),
        SelectionAction.DECIDE: _l("选定"),
        SelectionAction.USE: _l("签订合同"),
        SelectionAction.RELEASE: _l("合同改为其他工作"),
        SelectionAction.CANCEL: _l("取消"),
    },
)
