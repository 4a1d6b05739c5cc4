"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "objects.object.created": _l("登记评价对象"),
    "objects.object.changed": _l("修改评价对象"),
}

TARGETS = {"evaluation_objects": _l("评价对象")}

FIELDS = {
    "budget_type": _l("预算类型"),
    "budget_year": _l("预算年度"),
    "department_id": _l("主管预算部门（单位）"),
    "amount_fen": _l("预算金额（元）"),
    "is_purchase_of_services": _l("属于政府购买服务"),
}
