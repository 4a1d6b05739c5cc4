from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.files.uploads import UploadForm
from agencyqa.inspections.checklist_format import Item
from agencyqa.inspections.enums import Answer, Channel, CheckState, FindingState, Severity
from agencyqa.inspections.services.checklists import ChecklistData, ItemData
from agencyqa.inspections.services.checks import ChangeData, PlanData
from agencyqa.inspections.services.findings import LONGEST_TERM, FindingData
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    FoundField,
    FoundManyField,
    OnceForm,
    RadioChoiceField,
    SoughtField,
    TextChoiceField,
    TextField,
    VersionedForm,
    WholeField,
    YearField,
)

# How many items a checklist of a bureau may have: enough for a thorough one, and a page still loads at once.
LONGEST_CHECKLIST = 60
EMPTY_ROWS = 5


class PlanForm(OnceForm):
    contract_number = TextField(
        _l("合同编号"), maximum=80, help=_l("检查某项委托业务时填写；检查机构总体情况时留空。")
    )
    agency_id = FoundField(_l("第三方机构"), blank=_l("请选择"), help=_l("填写了合同编号的，可以不选。"))
    checked_on = DateField(_l("检查日期"), required=True)
    channel = ChoiceField(_l("检查方式"), Channel, required=True, blank=_l("请选择"))
    purpose = AreaField(_l("检查目的"), required=True, rows=3)
    inspector_ids = FoundManyField(
        _l("检查人员"),
        required=True,
        help=_l("至少两人。每人须本人登录申报有无利害关系，有利害关系的不再参加。"),
    )

    def data_object(self) -> PlanData:
        return PlanData(
            contract_number=self.contract_number.data,
            agency_id=self.agency_id.data,
            checked_on=self.checked_on.data,
            channel=self.channel.data,
            purpose=self.purpose.data,
            inspector_ids=self.inspector_ids.data,
            form_token=self.form_token.data,
        )


class PlanChangeForm(VersionedForm):
    checked_on = DateField(_l("检查日期"), required=True)
    channel = ChoiceField(_l("检查方式"), Channel, required=True)
    purpose = AreaField(_l("检查目的"), required=True, rows=3)

    def data_object(self) -> ChangeData:
        return ChangeData(self.checked_on.data, self.channel.data, self.purpose.data)


class InspectorForm(VersionedForm):
    user_id = FoundField(_l("检查人员"), required=True, blank=_l("请选择"))


class DeclarationForm(Form):
    has_conflict = FlagField(_l("我与本次检查有利害关系，应当回避"))
    has_none = FlagField(_l("我与被检查机构、委托方和被评价单位没有利害关系"))
    note = AreaField(_l("利害关系说明"), rows=3, help=_l("有利害关系的，请说明。"))


class CloseForm(VersionedForm):
    leave_unanswered = FlagField(_l("确认没有填写的项目本次未检查"))


class ReasonForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)


class FindingForm(OnceForm):
    """For a new finding and a draft: the token counts for the first, the version for the second."""

    fault_code = TextChoiceField(_l("问题代码"), required=True, blank=_l("请选择"))
    occurrences = WholeField(_l("发生次数"), required=True, minimum=1, maximum=10_000)
    severity = ChoiceField(_l("严重程度"), Severity, required=True, blank=_l("请选择"))
    fact_on = DateField(_l("事实发生日期"), required=True, help=_l("依据条款按这一天施行的版本引用。"))
    facts = AreaField(_l("事实"), required=True, maximum=4000, rows=6, help=_l("告知机构以后不能再修改。"))
    provision_key = TextChoiceField(_l("依据条款"), blank=_l("问题代码对应的条款"), help=_l("一般不必选择。"))

    def data_object(self) -> FindingData:
        return FindingData(
            fault_code=self.fault_code.data,
            occurrences=self.occurrences.data,
            severity=self.severity.data,
            facts=self.facts.data,
            fact_on=self.fact_on.data,
            provision_key=self.provision_key.data,
            form_token=self.form_token.data,
        )


class DraftForm(FindingForm, VersionedForm):
    pass


class NotifyForm(VersionedForm):
    working_days = WholeField(_l("陈述期限"), required=True, minimum=1, maximum=LONGEST_TERM)


class StatementForm(VersionedForm):
    statement = AreaField(_l("陈述申辩"), required=True, maximum=4000, rows=8)


class EvidenceForm(UploadForm):
    note = TextField(_l("说明"), maximum=300, help=_l("例如材料名称、页码和证明的事实。"))


class CheckFilter(FilterForm):
    year = YearField(_l("年度"))
    state = ChoiceField(_l("状态"), CheckState, blank=_l("全部状态"))
    agency_id = SoughtField(_l("第三方机构"), blank=_l("全部机构"))
    channel = ChoiceField(_l("检查方式"), Channel, blank=_l("全部方式"))


class FindingFilter(FilterForm):
    year = YearField(_l("年度"))
    state = ChoiceField(_l("状态"), FindingState, blank=_l("全部状态"))
    severity = ChoiceField(_l("严重程度"), Severity, blank=_l("全部程度"))
    fault = TextChoiceField(_l("问题代码"), blank=_l("全部代码"))
    agency_id = SoughtField(_l("第三方机构"), blank=_l("全部机构"))


# ---------------------------------------------------------------------------------------- made from a checklist


class _RecordForm(VersionedForm):
    summary = AreaField(_l("检查情况"), maximum=4000, rows=6, help=_l("办结检查记录前须填写。"))


def record_form(items: Sequence[Item], answers: Mapping[str, Any], **data: Any) -> _RecordForm:
    """A form with ``answer_<n>`` and ``note_<n>`` for the n-th item; a checklist never changes, so n is stable."""
    fields: dict[str, Any] = {}
    for n, item in enumerate(items):
        fields[f"answer_{n}"] = RadioChoiceField(item.shown, Answer)
        fields[f"note_{n}"] = TextField(_l("说明"), maximum=500)
        given = answers.get(item.key) or {}
        data[f"answer_{n}"] = Answer(given["answer"]) if given.get("answer") else None
        data[f"note_{n}"] = given.get("note", "")
    form: _RecordForm = type("RecordForm", (_RecordForm,), fields)(data=data)
    return form


def answers_of(form: _RecordForm, items: Sequence[Item]) -> dict[str, tuple[Answer | None, str]]:
    return {item.key: (form[f"answer_{n}"].data, form[f"note_{n}"].data) for n, item in enumerate(items)}


class _ChecklistForm(OnceForm):
    title = TextField(_l("清单名称"), required=True)
    valid_from = DateField(_l("施行日期"), required=True, help=_l("从这一天起的检查使用本清单。"))
    source = AreaField(_l("来源"), required=True, rows=2, help=_l("例如本局文号，或“本局自行制定”。"))
    row_count = WholeField(_l("行数"), minimum=1, maximum=LONGEST_CHECKLIST)

    def rows(self) -> range:
        return range(sum(name.startswith("text_") for name in self._fields))

    def data_object(self) -> ChecklistData:
        """Rows in which nothing was entered do not count."""
        rows = [
            ItemData(
                n,
                self[f"text_{n}"].data,
                self[f"provision_{n}"].data,
                self[f"fault_{n}"].data,
            )
            for n in self.rows()
        ]
        return ChecklistData(
            title=self.title.data,
            valid_from=self.valid_from.data,
            source=self.source.data,
            items=[row for row in rows if row.text or row.provision or row.fault],
            form_token=self.form_token.data,
        )


def checklist_form(
    row_count: int,
    provisions: Sequence[tuple[str, str]],
    faults: Sequence[tuple[str, str]],
    **data: Any,
) -> _ChecklistForm:
    """``row_count`` rows of text, provision and fault."""
    fields: dict[str, Any] = {}
    count = max(1, min(row_count, LONGEST_CHECKLIST))
    for n in range(count):
        fields[f"text_{n}"] = AreaField(_l("检查内容"), maximum=300, rows=2)
        fields[f"provision_{n}"] = TextChoiceField(_l("依据条款"), blank=_l("请选择"))
        fields[f"fault_{n}"] = TextChoiceField(_l("问题代码"), blank=_l("无对应代码"))
    form: _ChecklistForm = type("ChecklistForm", (_ChecklistForm,), fields)(data=data)
    for n in range(count):
        form[f"provision_{n}"].choices = provisions
        form[f"fault_{n}"].choices = faults
    return form
