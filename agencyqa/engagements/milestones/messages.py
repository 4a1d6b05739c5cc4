"""The sentences of this area's errors and inbox messages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "term_without_date": _l("这项成果没有期限，请先设定期限。"),
    "term_paused": _l("期限自 %(began_on)s 起中止，请先恢复计算。"),
    "term_not_paused": _l("期限没有中止。"),
    "term_fulfilled": _l("成果已经提交，期限不再中止。"),
    "term_not_counted": _l("期限是直接填写的日期，没有工作日数，不能重新计算；请选择继续计算。"),
    "term_extension_days": _l("延长的工作日数应在 1 至 %(days)s 之间。"),
    "term_pause_day": _l(
        "中止日期应在 %(first)s 至 %(last)s 之间：不早于合同签订和上一次恢复，不晚于期限和今天。"
    ),
    "term_resume_day": _l("恢复日期应在中止日期 %(first)s 至今天之间。"),
    "inbox.term_paused": _l("%(what)s的期限自 %(began_on)s 起中止，等待补充材料，合同 %(contract)s。"),
}
