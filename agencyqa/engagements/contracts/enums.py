from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class FeeMethod(StrEnum):
    """How the fee was found."""

    BRACKETED = "bracketed"
    COST = "cost"
    TIME = "time"
    AGREED = "agreed"


class MilestoneTrigger(StrEnum):
    """What makes a payment due."""

    SIGNED = "signed"
    PLAN_ACCEPTED = "plan_accepted"
    DRAFT_SUBMITTED = "draft_submitted"
    REPORT_ACCEPTED = "report_accepted"
    ARCHIVED = "archived"


class SubcontractState(StrEnum):
    REQUESTED = "requested"
    CONSENTED = "consented"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SubcontractAction(StrEnum):
    REQUEST = "request"
    CONSENT = "consent"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


describe(
    FeeMethod,
    {
        FeeMethod.BRACKETED: _l("分段累进"),
        FeeMethod.COST: _l("成本核算"),
        FeeMethod.TIME: _l("按工作时间"),
        FeeMethod.AGREED: _l("协商定价"),
    },
)
describe(
    MilestoneTrigger,
    {
        MilestoneTrigger.SIGNED: _l("合同签订"),
        MilestoneTrigger.PLAN_ACCEPTED: _l("评价方案通过"),
        MilestoneTrigger.DRAFT_SUBMITTED: _l("提交报告初稿"),
        MilestoneTrigger.REPORT_ACCEPTED: _l("评价报告验收"),
        MilestoneTrigger.ARCHIVED: _l("资料归档"),
    },
)
describe(
    SubcontractState,
    {
        SubcontractState.REQUESTED: (_l("待委托方同意"), "progress"),
        SubcontractState.CONSENTED: (_l("委托方已同意"), "success"),
        SubcontractState.REFUSED: (_l("委托方未同意"), "danger"),
        SubcontractState.WITHDRAWN: (_l("已撤回"), "neutral"),
    },
)
describe(
    SubcontractAction,
    {
        SubcontractAction.REQUEST: _l("申请分包"),
        SubcontractAction.CONSENT: _l("同意"),
        SubcontractAction.REFUSE: _l("不同意"),
        SubcontractAction.WITHDRAW: _l("撤回"),
    },
)
