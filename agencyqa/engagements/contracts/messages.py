"""Sentences for the error and inbox codes about contracts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "fee_no_brackets": _l("请至少填写一段。"),
    "fee_last_is_open": _l("最后一段的上限应为“以上”，其他各段应填写金额。"),
    "fee_limits_rise": _l("各段上限应大于 0 并依次增大。"),
    "fee_rate_wrong": _l("费率应在 0 至 100% 之间。"),
    "fee_too_many_lines": _l("第 %(line)s 行：行数过多。"),
    "fee_line_parts": _l("第 %(line)s 行：请按说明填写，各项之间用空格隔开。"),
    "fee_line_figure": _l("第 %(line)s 行：数字不能识别，或者小数位数过多。"),
    "fee_table_not_after": _l("施行日期应晚于本局现有收费分段表的 %(other)s。"),
    "fee_no_table": _l("合同签订当日没有施行的收费分段表，请先由负责人录入。"),
    "fee_differs": _l("按方法计算为 %(reckoned_fen)s 元，合同金额为 %(fee_fen)s 元，请说明理由。"),
    "payments_differ": _l("各次付款合计 %(paid_fen)s 元，合同金额为 %(fee_fen)s 元，两者应当一致。"),
    "terms_before_contract": _l("约定日期不得早于合同签订日期。"),
    "subcontract_share": _l("分包比例应大于 0。"),
    "subcontract_is_subletting": _l(
        "将全部工作交由他人完成属于转包，不得转包；已同意的各项分包合计也不得达到全部工作。"
    ),
    "subcontract_commissioner_consents": _l("分包由委托方同意。"),
    "subcontract_closed": _l("这项分包申请当前为“%(state)s”，不能%(action)s。"),
    "inbox.subcontract_requested": _l("合同%(contract)s的分包申请等待委托方同意。"),
    "inbox.subcontract_decided": _l("委托方已对合同%(contract)s的分包申请作出决定。"),
    "trail.contract_terms": _l("登记合同约定（第 %(number)s 版）"),
    "trail.subcontract_requested": _l("申请将部分工作分包给%(party)s"),
    "trail.subcontract_consented": _l("委托方同意分包给%(party)s"),
    "trail.subcontract_refused": _l("委托方不同意分包给%(party)s"),
    "trail.subcontract_withdrawn": _l("撤回分包申请"),
}
