from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class DeliverableKind(StrEnum):
    PLAN = "plan"
    WORK_PAPERS = "work_papers"
    DRAFT = "draft"
    REPORT = "report"
    RECTIFICATION_REPORT = "rectification_report"
    OTHER = "other"


class DeliverableState(StrEnum):
    """``EXPECTED`` until a version was handed in; an uploaded file that was not handed in changes nothing."""

    EXPECTED = "expected"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class DeliverableAction(StrEnum):
    UPLOAD = "upload"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"


class Decision(StrEnum):
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Basis(StrEnum):
    """From which day the term of a deliverable is counted."""

    CONTRACT_SIGNED = "contract_signed"
    CONTRACT_DUE = "contract_due"


class DueCause(StrEnum):
    """Why a due date moved."""

    BY_HAND = "by_hand"
    CONTRACT = "contract"
    CALENDAR = "calendar"
    EXTENDED = "extended"
    RESUMED = "resumed"
    RESTARTED = "restarted"


describe(
    DeliverableKind,
    {
        DeliverableKind.PLAN: _l("评价方案"),
        DeliverableKind.WORK_PAPERS: _l("工作底稿"),
        DeliverableKind.DRAFT: _l("报告初稿"),
        DeliverableKind.REPORT: _l("评价报告"),
        DeliverableKind.RECTIFICATION_REPORT: _l("整改报告"),
        DeliverableKind.OTHER: _l("其他成果"),
    },
)
describe(
    DeliverableState,
    {
        DeliverableState.EXPECTED: (_l("待提交"), "progress"),
        DeliverableState.SUBMITTED: (_l("待验收"), "info"),
        DeliverableState.RETURNED: (_l("已退回"), "warning"),
        DeliverableState.ACCEPTED: (_l("已验收"), "success"),
    },
)
describe(
    DeliverableAction,
    {
        DeliverableAction.UPLOAD: _l("上传"),
        DeliverableAction.SUBMIT: _l("提交"),
        DeliverableAction.ACCEPT: _l("验收"),
        DeliverableAction.RETURN: _l("退回"),
    },
)
describe(Decision, {Decision.ACCEPTED: (_l("验收"), "success"), Decision.RETURNED: (_l("退回"), "warning")})
describe(
    Basis,
    {Basis.CONTRACT_SIGNED: _l("合同签订日期"), Basis.CONTRACT_DUE: _l("约定完成日期")},
)
describe(
    DueCause,
    {
        DueCause.BY_HAND: _l("财政局调整"),
        DueCause.CONTRACT: _l("合同日期变动"),
        DueCause.CALENDAR: _l("工作日历更新"),
        DueCause.EXTENDED: _l("延长期限"),
        DueCause.RESUMED: _l("中止后继续计算"),
        DueCause.RESTARTED: _l("中止后重新计算"),
    },
)
