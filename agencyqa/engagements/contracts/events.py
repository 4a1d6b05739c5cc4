"""What the audit log calls the writes about contracts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "contracts.terms.entered": _l("登记合同约定"),
    "contracts.fee_table.entered": _l("录入收费分段表"),
    "contracts.subcontract.requested": _l("申请分包"),
    "contracts.subcontract.consented": _l("同意分包"),
    "contracts.subcontract.refused": _l("不同意分包"),
    "contracts.subcontract.withdrawn": _l("撤回分包申请"),
}

TARGETS = {
    "contract_terms": _l("合同约定"),
    "fee_tables": _l("收费分段表"),
    "subcontracts": _l("分包申请"),
}

FIELDS = {
    "reckoned_fen": _l("按方法计算的金额（元）"),
    "minimum_fen": _l("最低收费（元）"),
    "basis": _l("计算依据"),
    "payments": _l("付款节点"),
    "brackets": _l("分段"),
    "party": _l("分包方"),
    "share": _l("比例"),
    "scope": _l("工作范围"),
}
