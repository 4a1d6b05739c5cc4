"""Sentences for the error codes, checks and inbox codes about selections."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "rule_excluded": _l("机构没有因考核结果等原因暂停选取"),
    "rule_selection": _l("机构经选取程序选定"),
    "agency_excluded": _l("机构暂停选取至 %(until)s：%(reason)s"),
    "advice.agency_excluded": _l("请另选机构。"),
    "selection_chose_another": _l("这项业务的选取记录选定的是%(agency)s。"),
    "advice.selection_chose_another": _l(
        "请改为选定的机构；该机构不再承接的，请先取消原选取记录，重新选取。"
    ),
    "selection_undecided": _l("这项业务的选取记录尚未选定机构。"),
    "advice.selection_undecided": _l("请先在选取记录中选定机构。"),
    "selection_used": _l("这项业务的选取记录已经用于合同%(contract)s；一次选取只能签订一份合同。"),
    "advice.selection_used": _l("请先另行选取机构，再登记这份合同。"),
    "selection_missing": _l("没有选取记录，不能说明机构如何选定。"),
    "selection_wrong_state": _l("选取记录当前为“%(state)s”，不能%(action)s。"),
    "selection_candidate_twice": _l("这家机构已在候选机构中。"),
    "exclusion_withdrawn": _l("这项暂停选取已经撤销。"),
    "inbox.agency_excluded_for": _l("%(bureau)s自 %(valid_from)s 至 %(valid_to)s 暂停选取本机构。"),
    "inbox.agency_exclusion_over": _l(
        "%(bureau)s已撤销对本机构的暂停选取（%(valid_from)s 至 %(valid_to)s）。"
    ),
    "trail.selection_decided": _l("选定承担机构，方式为%(method)s"),
}
