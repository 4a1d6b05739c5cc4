from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.deliverables.enums import Basis, Decision, DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.requirements import TABLE_KINDS, Requirement
from agencyqa.engagements.deliverables.services import DueData, TableData
from agencyqa.engagements.deliverables.services.deadlines import LONGEST_TERM
from agencyqa.engagements.deliverables.services.tables import MOST_FILES
from agencyqa.measures.enums import WorkKind
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    OnceForm,
    RadioChoiceField,
    TextField,
    VersionedForm,
    WholeField,
)


class KindFilter(FilterForm):
    kind = ChoiceField(_l("成果种类"), DeliverableKind, blank=_l("全部种类"))


class DeliverableFilter(KindFilter):
    state = ChoiceField(_l("状态"), DeliverableState, blank=_l("全部状态"))
    late = FlagField(_l("只看逾期未交"))
    was_late = FlagField(_l("只看逾期提交"))
    waiting = FlagField(_l("只看待我办理"))


class OtherForm(Form):
    title = TextField(_l("成果名称"), required=True, maximum=200)


class SubmitForm(OnceForm):
    note = AreaField(_l("提交说明"), rows=3)


class DecisionForm(VersionedForm):
    decision = RadioChoiceField(_l("决定"), Decision, required=True)
    reason = AreaField(_l("理由"), help=_l("退回时必须填写，机构据此修改。"))


class DueForm(VersionedForm):
    due_on = DateField(_l("期限日期"))
    counted_from = DateField(_l("起算日"), help=_l("自次日起计算。"))
    working_days = WholeField(_l("工作日数"), minimum=0, maximum=LONGEST_TERM)
    reason = AreaField(_l("理由"), required=True)

    def data_object(self) -> DueData:
        return DueData(
            due_on=self.due_on.data,
            counted_from=self.counted_from.data,
            working_days=self.working_days.data,
            reason=self.reason.data,
        )


class RequirementForm(Form):
    """A row of fields for each kind: ``plan_required``, ``plan_basis``, ``plan_days`` and so on."""

    work_kind = ChoiceField(_l("业务类型"), WorkKind, blank=_l("所有类型（没有单独规定的）"))
    valid_from = DateField(
        _l("适用起始日期"), required=True, help=_l("适用于这一天起签订的合同；已有委托业务的期限不变。")
    )
    source = AreaField(_l("依据"), required=True, rows=2, help=_l("本局文件的名称、文号或者日期。"))

    def data_object(self) -> TableData:
        return TableData(
            work_kind=self.work_kind.data,
            valid_from=self.valid_from.data,
            source=self.source.data,
            items=[self._item(kind) for kind in TABLE_KINDS],
        )

    def rows(self) -> list[tuple[DeliverableKind, Any, Any, Any, Any]]:
        """(kind, required, basis, working days, files) for the template."""
        return [
            (kind, *(self[f"{kind.value}_{part}"] for part in ("required", "basis", "days", "files")))
            for kind in TABLE_KINDS
        ]

    def fill(self, items: list[Requirement]) -> None:
        """From an existing table, as the ground for a new one."""
        for item in items:
            self[f"{item.kind.value}_required"].process_data(item.is_required)
            self[f"{item.kind.value}_basis"].process_data(item.basis)
            self[f"{item.kind.value}_days"].process_data(item.working_days)
            self[f"{item.kind.value}_files"].process_data(item.files)

    def _item(self, kind: DeliverableKind) -> Requirement:
        return Requirement(
            kind,
            bool(self[f"{kind.value}_required"].data),
            self[f"{kind.value}_basis"].data,
            self[f"{kind.value}_days"].data,
            1 if (files := self[f"{kind.value}_files"].data) is None else files,
        )


for _kind in TABLE_KINDS:
    setattr(RequirementForm, f"{_kind.value}_required", FlagField(_l("必须提交")))
    setattr(RequirementForm, f"{_kind.value}_basis", ChoiceField(_l("起算"), Basis, blank=_l("不设期限")))
    setattr(
        RequirementForm,
        f"{_kind.value}_days",
        WholeField(_l("工作日数"), minimum=0, maximum=LONGEST_TERM),
    )
    setattr(
        RequirementForm, f"{_kind.value}_files", WholeField(_l("至少文件数"), minimum=1, maximum=MOST_FILES)
    )
