from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.enums import CredentialKind, Education, PersonRole, SensitiveField
from agencyqa.agencies.services import CredentialData, PersonChange, PersonData, PrivateData, RecordData
from agencyqa.clock import today
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    IdField,
    MultiChoiceField,
    OnceForm,
    TextField,
    VersionedForm,
)


class PeopleFilter(FilterForm):
    q = TextField(_l("姓名"), maximum=80)
    role = ChoiceField(_l("岗位"), PersonRole, blank=_l("全部岗位"))
    is_past = FlagField(_l("已离任"))


class PersonFields(Form):
    name = TextField(_l("姓名"), required=True, maximum=80)
    education = ChoiceField(_l("学历"), Education, blank=_l("未填"))
    title = TextField(_l("职称"), maximum=120, help=_l("例如高级会计师"))
    licence = TextField(_l("执业资格及证书编号"), help=_l("例如注册会计师 310000001234；据此识别同一人"))
    work_since = DateField(_l("参加工作日期"))
    evaluation_since = DateField(_l("从事绩效评价起始日期"))
    has_disqualifying_record = FlagField(_l("有不良执业记录"))

    def person(self) -> PersonData:
        return PersonData(
            name=self.name.data,
            title=self.title.data,
            licence=self.licence.data,
            work_since=self.work_since.data,
            evaluation_since=self.evaluation_since.data,
            has_disqualifying_record=self.has_disqualifying_record.data,
            education=self.education.data,
        )


IDENTITY_HELP = _l("加密保存，页面上不显示；用于识别同一人，落实“只在一家机构执业”的要求")


class AppointmentForm(PersonFields, OnceForm):
    role = ChoiceField(_l("岗位"), PersonRole, required=True, default=PersonRole.PRINCIPAL_EVALUATOR)
    identity_number = TextField(_l("身份证件号码"), maximum=40, help=IDENTITY_HELP)
    valid_from = DateField(_l("任职起始日期"), required=True, default=today)
    note = AreaField(_l("条件不符合仍予登记的理由"), maximum=500, rows=3)


class PersonChangeFields(PersonFields):
    """What differs holds from a day on, or was entered wrongly and is now corrected wherever it stands."""

    holds_from = DateField(
        _l("新内容自何日起有效"),
        default=today,
        help=_l(
            "例如取得新职称之日；只改动的项目自该日起变化。不改内容、只填较早日期的，"
            "表示最近一次变化自该日起已如此（不良执业记录除外）"
        ),
    )
    is_correction = FlagField(
        _l("更正登记错误：原内容有误，改为新内容"),
        help=_l(
            "勾选后不看上面的日期，只更正错误内容所在的各日。参加工作、从事绩效评价的起始日期总是按更正处理"
        ),
    )

    def change(self) -> PersonChange:
        return PersonChange(
            **asdict(self.person()),
            holds_from=None if self.is_correction.data else self.holds_from.data,
            is_correction=self.is_correction.data,
        )


class PersonForm(PersonChangeFields, VersionedForm):
    pass


class AccountForm(Form):
    user_id = IdField(_l("登录账号"), blank=_l("没有账号"), help=_l("列出本机构现在能登录的账号。"))


class EndForm(Form):
    on = DateField(_l("最后一日"), required=True, default=today)


class EndAppointmentForm(EndForm):
    reason = AreaField(_l("终止原因"), maximum=500, rows=3, help=_l("例如离职、转岗、退休"))


class CredentialForm(OnceForm):
    kind = ChoiceField(_l("种类"), CredentialKind, required=True, blank=_l("请选择"))
    name = TextField(_l("名称"), required=True, maximum=120, help=_l("例如高级会计师、注册会计师"))
    number = TextField(_l("证书编号"), maximum=80, help=_l("执业资格必填"))
    issuer = TextField(_l("发证机关"))
    issued_on = DateField(_l("发证日期"))
    expires_on = DateField(_l("有效期至"), help=_l("长期有效的留空"))

    def data_object(self) -> CredentialData:
        kind: Any = self.kind.data
        return CredentialData(
            kind,
            name=self.name.data,
            number=self.number.data,
            issuer=self.issuer.data,
            issued_on=self.issued_on.data,
            expires_on=self.expires_on.data,
        )


class RecordForm(OnceForm):
    decided_on = DateField(_l("决定日期"), required=True)
    authority = TextField(_l("作出决定的机关"), required=True)
    reason = AreaField(_l("事由和处理结果"), required=True, maximum=1000)
    bars_until = DateField(_l("限制至"), help=_l("最后一日；没有期限的留空"))

    def data_object(self) -> RecordData:
        decided_on: Any = self.decided_on.data
        return RecordData(decided_on, self.authority.data, self.reason.data, self.bars_until.data)


class PrivateForm(Form):
    """Always shown empty: what is kept is never sent to a browser unasked."""

    identity_number = TextField(_l("身份证件号码"), maximum=40)
    birth_date = DateField(_l("出生日期"))
    private_contact = TextField(_l("个人联系方式"), maximum=200, help=_l("例如手机号码"))
    cleared = MultiChoiceField(_l("清除已登记的内容"), SensitiveField)

    def data_object(self) -> PrivateData:
        return PrivateData(
            identity_number=self.identity_number.data,
            birth_date=self.birth_date.data,
            private_contact=self.private_contact.data,
            cleared=frozenset(self.cleared.data or ()),
        )


class ShowPrivateForm(Form):
    reason = TextField(
        _l("查看理由"), required=True, maximum=300, help=_l("例如核对执业证书；连同查看人和时间记入审计日志")
    )
