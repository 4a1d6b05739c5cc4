from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class ObjectKind(StrEnum):
    PROJECT = "project"
    POLICY = "policy"
    DEPARTMENT_OVERALL = "department_overall"


class BudgetType(StrEnum):
    """三本预算."""

    GENERAL_PUBLIC = "general_public"
    GOVERNMENT_FUND = "government_fund"
    STATE_CAPITAL = "state_capital"


class AmountUnit(StrEnum):
    """In which unit an amount is typed; it is always stored in fen."""

    YUAN = "yuan"
    TEN_THOUSAND_YUAN = "ten_thousand_yuan"


describe(
    ObjectKind,
    {
        ObjectKind.PROJECT: _l("项目"),
        ObjectKind.POLICY: _l("财政政策"),
        ObjectKind.DEPARTMENT_OVERALL: _l("部门整体支出"),
    },
)
describe(
    BudgetType,
    {
        BudgetType.GENERAL_PUBLIC: _l("一般公共预算"),
        BudgetType.GOVERNMENT_FUND: _l("政府性基金预算"),
        BudgetType.STATE_CAPITAL: _l("国有资本经营预算"),
    },
)
describe(
    AmountUnit,
    {
        AmountUnit.YUAN: _l("元"),
        AmountUnit.TEN_THOUSAND_YUAN: _l("万元"),
    },
)
