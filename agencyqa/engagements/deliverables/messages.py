"""The sentences of this area's errors, inbox messages, facts and trail lines."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "deliverable_wrong_state": _l("成果当前为“%(state)s”，不能%(action)s。"),
    "deliverable_engagement_terminated": _l("委托业务已经终止，不再接收或者办理成果。"),
    "deliverable_engagement_completed": _l("委托业务已经完成，只接收整改报告和被退回的成果。"),
    "deliverable_clerical_only": _l(
        "这项委托仅承担辅助性工作，机构不得以自己的名义出具报告或者结论，不能上传%(kind)s。"
    ),
    "deliverable_same_file": _l("与第 %(number)s 版的内容完全相同，没有重复保存。"),
    "deliverable_too_many_versions": _l("一项成果最多保存 %(count)s 个文件。"),
    "deliverable_too_many_others": _l("最多添加 %(count)s 项其他成果。"),
    "deliverable_title_taken": _l("已有同名的成果，请直接上传新的版本。"),
    "deliverable_version_handed_in": _l("文件已经提交，不能撤回。"),
    "deliverable_nothing_waiting": _l("没有已上传、尚未提交的文件，请先上传。"),
    "deliverable_required_missing": _l(
        "提交评价报告前，以下必交成果必须齐全，文件数不少于规定；还缺：%(kinds)s。"
    ),
    "deliverable_infected": _l("以下文件经扫描发现病毒，请撤回后更换：%(names)s。"),
    "deliverable_due_one_way": _l("请填写期限日期，或者填写起算日和工作日数，只选一种方式。"),
    "deliverable_due_before_contract": _l("不得早于合同签订日期 %(signed_on)s。"),
    "deliverable_due_too_far": _l("日期应在 2100 年以前。"),
    "deliverable_due_same": _l("期限已经是 %(due_on)s，没有变化。"),
    "deliverable_term_too_long": _l("工作日数应在 0 至 %(days)s 之间。"),
    "deliverable_agency_fixed": _l("机构已经为这项业务上传文件，不能再更换机构。"),
    "requirement_not_after": _l("应晚于本局上一份期限表的适用日期 %(other)s。"),
    "requirement_files": _l("文件数应在 1 至 %(count)s 之间。"),
    "requirement_both_or_none": _l("起算和工作日数应当同时填写，或者都不填。"),
    "inbox.deliverables_submitted": _l(
        "%(agency)s提交成果（第 %(number)s 次，%(count)s 个文件），合同 %(contract)s。"
    ),
    "inbox.draft_handed_in": _l(
        "%(agency)s提交了报告初稿，请提出意见；没有意见的，也请写明，合同 %(contract)s。"
    ),
    "inbox.deliverable_accepted": _l(
        "%(commissioner)s已验收%(what)s（第 %(number)s 版），合同 %(contract)s。"
    ),
    "inbox.deliverable_returned": _l(
        "%(commissioner)s退回%(what)s（第 %(number)s 版），请修改后重新提交，合同 %(contract)s。"
    ),
    "inbox.deliverable_due_moved": _l(
        "%(what)s的提交期限变动为 %(due_on)s（%(cause)s），合同 %(contract)s。"
    ),
    "inbox.deliverable_due_soon": _l("%(what)s即将到期，请在 %(due_on)s 前提交，合同 %(contract)s。"),
    "inbox.deliverable_overdue": _l(
        "成果逾期未交：%(agency)s，%(what)s，期限 %(due_on)s，合同 %(contract)s。"
    ),
    "fact.lateness": _l("%(kind)s期限 %(due_on)s，%(submitted_on)s 提交，逾期 %(days)s 个工作日。"),
    "fact.missing": _l("%(kind)s应在 %(fact_on)s 前提交，没有提交。"),
    "trail.deliverable_uploaded": _l("上传%(what)s第 %(number)s 版（尚未提交）"),
    "trail.deliverables_handed_in": _l("提交成果：%(what)s"),
    "trail.deliverable_accepted": _l("验收%(what)s第 %(number)s 版"),
    "trail.deliverable_returned": _l("退回%(what)s第 %(number)s 版：%(reason)s"),
    "trail.deliverable_term_paused": _l("%(what)s的期限自 %(began_on)s 起中止"),
    "trail.deliverable_due_set": _l("%(what)s的期限定为 %(after)s（%(cause)s）"),
    "trail.deliverable_due_moved": _l("%(what)s的期限由 %(before)s 变为 %(after)s（%(cause)s）"),
}
