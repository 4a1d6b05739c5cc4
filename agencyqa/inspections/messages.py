"""The sentences of this area's errors, inbox messages and trail lines."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agencyqa.inspections import order_messages

ERRORS: dict[str, LazyString] = {
    "no_checklist": _l("这一天没有可用的检查清单，请另选日期，或先录入检查清单。"),
    "contract_unknown": _l("本局没有这个合同编号的委托业务。"),
    "contract_of_another_agency": _l("该合同不是由所选机构承担的。"),
    "check_needs_target": _l("请选择机构，或填写要检查的合同编号。"),
    "too_few_inspectors": _l("检查人员至少 %(minimum)s 人，且均应申报没有利害关系。"),
    "inspector_named_already": _l("此人已列入本次抽查的检查人员。"),
    "inspector_known_conflict": _l("%(name)s应当回避：%(reason)s"),
    "known_conflict": _l("您应当回避：%(reason)s"),
    "conflict_of_agency": _l("现在或近三年内曾是被检查机构%(body)s的人员。"),
    "conflict_of_party": _l("现在或近三年内曾是委托方或被评价单位%(body)s的人员。"),
    "conflict_of_tie": _l("所在（或近三年内曾在）的%(body)s与被检查机构有申报的利害关系。"),
    "conflict_declared_here": _l("您在这次抽查中申报了利害关系，应当回避。"),
    "conflict_note_needed": _l("请说明利害关系。"),
    "not_an_inspector": _l("只有本次抽查的检查人员本人可以申报。"),
    "declared_already": _l("您已经申报过。"),
    "declare_first": _l("您是本次抽查的检查人员，请先申报有无利害关系，再填写检查记录。"),
    "check_wrong_state": _l("抽查当前为“%(state)s”，不能%(action)s。"),
    "check_in_future": _l("检查日期 %(day)s 还没有到，不能办结检查记录。"),
    "check_has_findings": _l("已登记的问题尚未处理，不能取消抽查；请先对问题作不予认定处理。"),
    "check_takes_no_findings": _l("抽查当前为“%(state)s”，不能登记问题。"),
    "check_not_recorded": _l("请先办结检查记录，再向机构告知问题。"),
    "items_unanswered": _l("还有 %(count)s 项没有填写，请填写，或勾选确认未检查。"),
    "summary_needed": _l("请先填写检查情况，再办结检查记录。"),
    "finding_wrong_state": _l("问题当前为“%(state)s”，不能%(action)s。"),
    "fact_in_future": _l("事实发生日期不得晚于今天。"),
    "cited_provision_not_in_force": _l("该条款在这一天没有施行，请另选依据。"),
    "fault_provision_not_in_force": _l(
        "该问题代码对应的条款 %(provision)s 在 %(day)s 没有施行。请核对日期，或在“依据条款”中另选当日施行的条款。"
    ),
    "term_out_of_range": _l("陈述期限应为 1 至 %(maximum)s 个工作日。"),
    "stated_already": _l("陈述申辩已经提交，不能修改。"),
    "statement_term_runs": _l("机构的陈述期限到 %(day)s；机构没有陈述的，期满后的第一个工作日起才能认定。"),
    "author_decides_not": _l("问题由登记人以外的监管人员认定。"),
    "only_lead_withdraws_findings": _l("已认定的问题只能由财政监管负责人撤销。"),
    "finding_takes_no_evidence": _l("问题当前为“%(state)s”，不能再增减材料。"),
    "evidence_withdrawn_already": _l("该材料已经撤下。"),
    "checklist_before_last": _l("施行日期应晚于现有清单的施行日期 %(day)s。"),
    "checklist_empty": _l("清单至少要有一项。"),
}

MESSAGES: dict[str, LazyString] = {
    **ERRORS,
    "fact.finding": _l("问题%(number)s：%(facts)s"),
    "inbox.inspector_named": _l(
        "您被确定为抽查%(number)s的检查人员（%(agency)s，%(checked_on)s），请申报有无利害关系。"
    ),
    "inbox.inspector_taken_off": _l("%(inspector)s申报了利害关系，不再参加抽查%(number)s，请另定检查人员。"),
    "inbox.finding_notified": _l("%(bureau)s告知问题%(number)s，请于 %(due_on)s 前陈述申辩。"),
    "inbox.finding_due_moved": _l("工作日历更新，问题%(number)s的陈述期限变动为 %(due_on)s。"),
    "inbox.finding_final": _l("%(bureau)s已认定问题%(number)s。"),
    "inbox.finding_dropped": _l("%(bureau)s对问题%(number)s不予认定。"),
    "inbox.finding_withdrawn": _l("%(bureau)s已撤销问题%(number)s。"),
    "inbox.finding_stated": _l("%(agency)s对问题%(number)s作了陈述申辩，请处理。"),
    "inbox.finding_stated_late": _l("%(agency)s逾期对问题%(number)s作了陈述申辩，请处理。"),
    "inbox.statement_term_over": _l(
        "%(agency)s对问题%(number)s的陈述期限已于 %(due_on)s 届满，机构没有陈述，请处理。"
    ),
    "trail.check_planned": _l("登记抽查%(number)s，检查日期 %(checked_on)s"),
    "trail.check_recorded": _l("办结抽查%(number)s的检查记录"),
    "trail.check_cancelled": _l("取消抽查%(number)s"),
    "trail.finding_added": _l("登记问题%(number)s：%(fault)s"),
    "trail.finding_notified": _l("告知机构问题%(number)s：%(fault)s，陈述期限 %(due_on)s"),
    "trail.finding_stated": _l("机构对问题%(number)s作了陈述申辩"),
    "trail.finding_stated_late": _l("机构逾期对问题%(number)s作了陈述申辩"),
    "trail.finding_final": _l("认定问题%(number)s：%(fault)s"),
    "trail.finding_dropped": _l("对问题%(number)s不予认定"),
    "trail.finding_withdrawn": _l("撤销问题%(number)s"),
    **order_messages.MESSAGES,
}
