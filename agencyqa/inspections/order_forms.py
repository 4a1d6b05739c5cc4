"""Fields of the pages about rectification orders and record templates."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.files.uploads import UploadForm
from agencyqa.inspections.enums import OrderState
from agencyqa.inspections.services.orders import LONGEST_TERM, USUAL_WORKING_DAYS
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    IdsField,
    SoughtField,
    TextChoiceField,
    TextField,
    VersionedForm,
    WholeField,
)


class OpenFindingsField(IdsField):
    unknown = "finding_not_open_for_order"


class OrderFilter(FilterForm):
    state = ChoiceField(_l("状态"), OrderState, blank=_l("全部状态"))
    agency_id = SoughtField(_l("机构"), blank=_l("全部机构"))
    overdue = FlagField(_l("只看逾期"))


class IssueForm(Form):
    finding_ids = OpenFindingsField(_l("列入整改的问题"), required=True)
    demand = AreaField(_l("整改要求"), required=True, maximum=4000, rows=6)
    working_days = WholeField(
        _l("整改期限（工作日）"),
        required=True,
        minimum=1,
        maximum=LONGEST_TERM,
        default=USUAL_WORKING_DAYS,
        help=_l("实践中一般为一个月左右，可按实际情况调整。自下达次日起计算。"),
    )
    provision_key = TextChoiceField(_l("依据"), required=True)


class AnswerForm(VersionedForm):
    text = AreaField(_l("整改情况"), maximum=8000, rows=10, help=_l("逐项说明已采取的措施和结果。"))


class SubmitForm(VersionedForm):
    """Only asks whether it is meant."""


class EvidenceForm(UploadForm):
    note = TextField(_l("说明"), maximum=200)


class VerifyForm(VersionedForm):
    note = AreaField(_l("核查意见"))
    recheck_on = DateField(_l("计划复查日期"), help=_l("需要现场复查的，填写计划日期；不需要的留空。"))


class RejectForm(VersionedForm):
    note = AreaField(_l("理由"), required=True)
    due_on = DateField(_l("新的整改期限"), required=True)


class RecheckForm(VersionedForm):
    result = TextChoiceField(_l("复查结果"), required=True)
    reviewed_on = DateField(_l("复查日期"), required=True)
    note = AreaField(_l("复查情况"), required=True)
    due_on = DateField(_l("新的整改期限"), help=_l("复查不通过时填写。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result.choices = [("passed", _l("通过")), ("failed", _l("不通过"))]


class CloseForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)


class TemplateForm(UploadForm):
    """The base brings the file."""
