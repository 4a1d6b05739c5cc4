"""The sentences of this area's errors and inbox messages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "opinion_no_draft": _l("机构还没有提交报告初稿，提交后再提出意见。"),
    "opinion_too_late": _l("评价报告已经提交或者委托业务已经结束，不再对初稿提出意见。"),
    "opinion_too_many": _l("最多提出 %(count)s 条意见。"),
    "opinion_answered_already": _l("这条意见已经答复，答复不能更改。"),
    "opinions_unanswered": _l(
        "被评价单位对初稿的意见还有 %(count)s 条没有答复，逐条答复后才能提交评价报告。"
    ),
    "plan_review_no_plan": _l("机构还没有提交评价方案。"),
    "plan_review_score": _l("评分应在 0 至 100 之间。"),
    "plan_review_day": _l("评审日期应在合同签订日期 %(first)s 至今天之间。"),
    "plan_review_too_many": _l("最多登记 %(count)s 位专家的评审意见。"),
    "trail.opinion_written": _l("对报告初稿提出第 %(number)s 条意见"),
    "trail.opinion_answered": _l("答复第 %(number)s 条意见：%(outcome)s"),
    "trail.plan_reviewed": _l("登记方案专家评审：%(expert)s"),
    "inbox.opinion_written": _l("%(unit)s对报告初稿提出意见，请逐条答复，合同 %(contract)s。"),
    "inbox.opinion_answered": _l("机构已答复第 %(number)s 条意见（%(outcome)s），合同 %(contract)s。"),
    "inbox.plan_reviewed": _l("%(commissioner)s登记了评价方案的专家评审意见，合同 %(contract)s。"),
}
