from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class Duty(StrEnum):
    """What somebody has to do next. A new kind is a member here, its place in ``kinds`` and a source."""

    # What agencies owe.
    ENGAGEMENT = "engagement"
    DELIVERABLE = "deliverable"
    RETURNED = "returned"
    MILESTONE = "milestone"
    STATEMENT = "statement"
    ORDER = "order"
    INTERNAL_REVIEW = "internal_review"
    DECLARATION = "declaration"
    OPINION = "opinion"
    ARCHIVE = "archive"
    SELF_REPORT = "self_report"
    # What whoever commissioned, was evaluated or was invited owes.
    ACCEPTANCE = "acceptance"
    DRAFT = "draft"
    TEAM_CHANGE = "team_change"
    SUBCONTRACT = "subcontract"
    SHEET = "sheet"
    PROBLEMS = "problems"
    RECTIFICATION = "rectification"
    # What only the bureau can do.
    APPLICATION = "application"
    PROPOSAL = "proposal"
    RECORD_CHANGE = "record_change"
    REPORT_REVIEW = "report_review"
    RECUSAL = "recusal"
    CHECK = "check"
    NOTICE = "notice"
    FINDING = "finding"
    VERIFICATION = "verification"
    RECHECK = "recheck"
    SHEET_REVIEW = "sheet_review"
    ROUND = "round"


class TermKind(StrEnum):
    """``LIMIT``: how long something may wait for the bureau. ``REMINDER``: when to tell, before something is due."""

    LIMIT = "limit"
    REMINDER = "reminder"


describe(
    Duty,
    {
        Duty.ENGAGEMENT: (_l("完成委托业务"), "progress"),
        Duty.DELIVERABLE: (_l("提交成果"), "progress"),
        Duty.RETURNED: (_l("修改退回的成果"), "warning"),
        Duty.MILESTONE: (_l("完成节点"), "progress"),
        Duty.STATEMENT: (_l("陈述申辩"), "info"),
        Duty.ORDER: (_l("提交整改情况"), "warning"),
        Duty.INTERNAL_REVIEW: (_l("办理内部复核"), "info"),
        Duty.DECLARATION: (_l("签署独立性声明"), "info"),
        Duty.OPINION: (_l("答复对初稿的意见"), "info"),
        Duty.ARCHIVE: (_l("封存档案"), "progress"),
        Duty.SUBCONTRACT: (_l("同意分包申请"), "info"),
        Duty.TEAM_CHANGE: (_l("同意人员变动"), "info"),
        Duty.RECUSAL: (_l("处理独立性问题"), "warning"),
        Duty.SELF_REPORT: (_l("提交年度自查报告"), "progress"),
        Duty.ACCEPTANCE: (_l("验收成果"), "info"),
        Duty.DRAFT: (_l("对报告初稿提出意见"), "info"),
        Duty.SHEET: (_l("填写评分表"), "progress"),
        Duty.PROBLEMS: (_l("答复评价发现的问题"), "info"),
        Duty.RECTIFICATION: (_l("登记整改结果"), "progress"),
        Duty.APPLICATION: (_l("决定登记申请"), "info"),
        Duty.PROPOSAL: (_l("确认档案变更"), "info"),
        Duty.RECORD_CHANGE: (_l("确认人员、证照等变更"), "info"),
        Duty.REPORT_REVIEW: (_l("审阅年度自查报告"), "info"),
        Duty.CHECK: (_l("记录抽查"), "neutral"),
        Duty.NOTICE: (_l("告知检查问题"), "progress"),
        Duty.FINDING: (_l("认定检查问题"), "info"),
        Duty.VERIFICATION: (_l("核查整改"), "info"),
        Duty.RECHECK: (_l("现场复查"), "neutral"),
        Duty.SHEET_REVIEW: (_l("审核评分表"), "info"),
        Duty.ROUND: (_l("发布年度考核结果"), "progress"),
    },
)
describe(
    TermKind,
    {TermKind.LIMIT: _l("办理时限"), TermKind.REMINDER: _l("到期前提醒")},
)
