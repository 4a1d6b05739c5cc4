from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.objects.enums import AmountUnit, BudgetType, ObjectKind
from agencyqa.objects.services import ObjectData
from agencyqa.web.forms import (
    ChoiceField,
    FilterForm,
    FlagField,
    FoundField,
    MoneyField,
    SoughtField,
    TextField,
    VersionedForm,
    YearField,
)


class ObjectForm(VersionedForm):
    name = TextField(_l("对象名称"), required=True)
    code = TextField(_l("对象编码"), required=True, maximum=40)
    kind = ChoiceField(_l("对象类别"), ObjectKind, required=True, blank=_l("请选择"))
    budget_year = YearField(_l("预算年度"), required=True)
    budget_type = ChoiceField(_l("预算类型"), BudgetType, required=True, blank=_l("请选择"))
    department_id = FoundField(_l("主管预算部门（单位）"), required=True, blank=_l("请选择"))
    amount = MoneyField(_l("预算金额"))
    amount_unit = ChoiceField(_l("金额单位"), AmountUnit, required=True, default=AmountUnit.YUAN)
    is_purchase_of_services = FlagField(_l("属于政府购买服务"))

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        # The unit decides how the figure beside it is read, so it must be known before the fields are.
        wrapped = self.meta.wrap_formdata(self, formdata)
        if wrapped is not None and wrapped.get(self.amount_unit.name) == AmountUnit.TEN_THOUSAND_YUAN:
            self.amount.places = 6
        super().process(formdata, *args, **kwargs)

    def data_object(self) -> ObjectData:
        return ObjectData(
            code=self.code.data,
            name=self.name.data,
            kind=self.kind.data,
            budget_type=self.budget_type.data,
            budget_year=self.budget_year.data,
            department_id=self.department_id.data,
            amount=self.amount.data,
            is_purchase_of_services=self.is_purchase_of_services.data,
        )


class ObjectFilter(FilterForm):
    q = TextField(_l("名称或编码"))
    year = YearField(_l("预算年度"))
    kind = ChoiceField(_l("对象类别"), ObjectKind, blank=_l("全部类型"))
    budget_type = ChoiceField(_l("预算类型"), BudgetType, blank=_l("全部预算"))
    department_id = SoughtField(_l("主管部门（单位）"), blank=_l("全部部门（单位）"))
