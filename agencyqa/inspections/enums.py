from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class Channel(StrEnum):
    """How a supervisor looks at an agency's work; the channels seen in practice."""

    FOLLOWING = "following"
    REPORT_READING = "report_reading"
    FILES_ON_SITE = "files_on_site"
    INTERVIEW = "interview"
    UNIT_OPINION = "unit_opinion"
    CROSS_REVIEW = "cross_review"


class CheckState(StrEnum):
    """``RECORDED`` once the record was closed: facts and checklist then stay, findings go their own way."""

    PLANNED = "planned"
    RECORDED = "recorded"
    CANCELLED = "cancelled"


class CheckAction(StrEnum):
    EDIT = "edit"
    ANSWER = "answer"
    ADD_INSPECTOR = "add_inspector"
    DECLARE = "declare"
    RECORD = "record"
    CANCEL = "cancel"


class Answer(StrEnum):
    """What was seen of an item of the checklist. ``LEFT`` is written when a record is closed without looking."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    LEFT = "left"


class Severity(StrEnum):
    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


class FindingState(StrEnum):
    """``NOTIFIED``: the agency may make its statement; only after that can a finding be final."""

    DRAFT = "draft"
    NOTIFIED = "notified"
    FINAL = "final"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


class FindingAction(StrEnum):
    EDIT = "edit"
    NOTIFY = "notify"
    STATE = "state"
    FINALISE = "finalise"
    DROP = "drop"
    WITHDRAW = "withdraw"


class OrderState(StrEnum):
    """The life of a rectification order."""

    ISSUED = "issued"
    ANSWERED = "answered"
    REJECTED = "rejected"
    VERIFIED = "verified"
    CLOSED = "closed"


class OrderAction(StrEnum):
    ANSWER = "answer"
    VERIFY = "verify"
    REJECT = "reject"
    CLOSE = "close"
    # Every finding under the order was withdrawn, so nothing is left to put right.
    LIFT = "lift"


describe(
    Channel,
    {
        Channel.FOLLOWING: _l("跟踪评价过程"),
        Channel.REPORT_READING: _l("审阅评价报告"),
        Channel.FILES_ON_SITE: _l("现场查阅档案"),
        Channel.INTERVIEW: _l("访谈"),
        Channel.UNIT_OPINION: _l("听取被评价单位意见"),
        Channel.CROSS_REVIEW: _l("交叉检查"),
    },
)
describe(
    CheckState,
    {
        CheckState.PLANNED: (_l("待检查"), "progress"),
        CheckState.RECORDED: (_l("已记录"), "success"),
        CheckState.CANCELLED: (_l("已取消"), "neutral"),
    },
)
describe(
    CheckAction,
    {
        CheckAction.EDIT: _l("修改计划"),
        CheckAction.ANSWER: _l("填写检查记录"),
        CheckAction.ADD_INSPECTOR: _l("增加检查人员"),
        CheckAction.DECLARE: _l("申报利害关系"),
        CheckAction.RECORD: _l("办结检查记录"),
        CheckAction.CANCEL: _l("取消抽查"),
    },
)
describe(
    Answer,
    {
        Answer.YES: (_l("符合"), "success"),
        Answer.NO: (_l("不符合"), "danger"),
        Answer.NOT_APPLICABLE: (_l("不适用"), "neutral"),
        Answer.LEFT: (_l("未检查"), "warning"),
    },
)
describe(
    Severity,
    {
        Severity.MINOR: (_l("轻微"), "neutral"),
        Severity.ORDINARY: (_l("一般"), "warning"),
        Severity.SERIOUS: (_l("严重"), "danger"),
    },
)
describe(
    FindingState,
    {
        FindingState.DRAFT: (_l("拟定"), "progress"),
        FindingState.NOTIFIED: (_l("已告知机构"), "info"),
        FindingState.FINAL: (_l("已认定"), "danger"),
        FindingState.DROPPED: (_l("不予认定"), "neutral"),
        FindingState.WITHDRAWN: (_l("已撤销"), "neutral"),
    },
)
describe(
    FindingAction,
    {
        FindingAction.EDIT: _l("修改"),
        FindingAction.NOTIFY: _l("告知机构"),
        FindingAction.STATE: _l("陈述申辩"),
        FindingAction.FINALISE: _l("认定"),
        FindingAction.DROP: _l("不予认定"),
        FindingAction.WITHDRAW: _l("撤销"),
    },
)
describe(
    OrderState,
    {
        OrderState.ISSUED: (_l("待整改"), "progress"),
        OrderState.ANSWERED: (_l("待核查"), "info"),
        OrderState.REJECTED: (_l("整改不到位"), "warning"),
        OrderState.VERIFIED: (_l("核查通过，待复查"), "success"),
        OrderState.CLOSED: (_l("已办结"), "success"),
    },
)
describe(
    OrderAction,
    {
        OrderAction.ANSWER: _l("提交整改情况"),
        OrderAction.VERIFY: _l("核查通过"),
        OrderAction.REJECT: _l("要求继续整改"),
        OrderAction.CLOSE: _l("办结"),
        OrderAction.LIFT: _l("因问题撤销而办结"),
    },
)
