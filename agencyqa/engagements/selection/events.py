"""What the audit log calls the writes about selections."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "selection.selection.begun": _l("开始选取机构"),
    "selection.selection.decided": _l("选定机构"),
    "selection.selection.used": _l("选取结果签订合同"),
    "selection.selection.released": _l("合同改为其他工作，选取结果待签合同"),
    "selection.selection.cancelled": _l("取消选取"),
    "selection.candidate.entered": _l("登记候选机构"),
    "selection.candidate.removed": _l("移除候选机构"),
    "selection.exclusion.entered": _l("暂停选取机构"),
    "selection.exclusion.withdrawn": _l("撤销暂停选取"),
}

TARGETS = {
    "selections": _l("选取记录"),
    "selection_candidates": _l("候选机构"),
    "agency_exclusions": _l("暂停选取"),
}

FIELDS = {
    "selection_id": _l("选取记录"),
    "method_reason": _l("选用该方式的理由"),
    "held_on": _l("选取日期"),
    "offer_fen": _l("报价（元）"),
    "grade": _l("考核等级"),
}
