"""What the audit log calls the writes about independence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "recusal.declaration.signed": _l("签署独立性声明"),
    "recusal.case.opened": _l("重新进行回避检查"),
    "recusal.case.decided": _l("处理回避检查"),
    "recusal.exemption.granted": _l("准予免签独立性声明"),
    "recusal.exemption.withdrawn": _l("撤销免签"),
    "recusal.terms.loaded": _l("载入参考回避期限"),
    "recusal.terms.entered": _l("录入本局回避期限"),
}

TARGETS = {
    "independence_declarations": _l("独立性声明"),
    "declaration_exemptions": _l("独立性声明的免签"),
    "recusal_cases": _l("回避检查"),
    "recusal_terms": _l("回避期限"),
}

FIELDS = {
    "engagement_id": _l("委托业务"),
    "person_id": _l("人员"),
    "tie_id": _l("利害关系"),
    "is_independent": _l("声明独立"),
    "way": _l("签署方式"),
    "signed_on": _l("签署日期"),
    "cause": _l("起因"),
    "team": _l("工作组"),
    "tie_months": _l("利害关系终止后的月数"),
    "work_months": _l("以往业务的月数"),
}
