from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.applied import AppliedPerson, AppliedQualification
from agencyqa.agencies.enums import ApplicationAction, ApplicationState, DocumentKind
from agencyqa.agencies.forms import ProfileFields
from agencyqa.agencies.services import ApplicationData
from agencyqa.clock import today
from agencyqa.files.uploads import UploadField, UploadForm
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    IdField,
    OnceForm,
    RadioChoiceField,
    TextChoiceField,
    TextField,
    VersionedForm,
)


class ApplicationFilter(FilterForm):
    state = ChoiceField(_l("状态"), ApplicationState, blank=_l("全部状态"))


class ApplicationFields(ProfileFields):
    # What is missing is listed on the page, so that an agency can begin with what it has.
    legal_representative = TextField(_l("法定代表人（负责人）"), maximum=80)
    credit_code = TextField(
        _l("统一社会信用代码"), required=True, maximum=60, help=_l("18 位，可含空格，大小写均可")
    )
    statement = AreaField(_l("机构简介和业绩"), maximum=3000, rows=6)
    has_declared = FlagField(
        _l("声明：独立于委托方和被评价单位，在登记条件要求的年限内没有重大违法违规记录，所填内容真实完整")
    )

    def data_object(self) -> ApplicationData:
        return ApplicationData(
            credit_code=self.credit_code.data,
            profile=self.profile(),
            statement=self.statement.data,
            has_declared=self.has_declared.data,
        )


class ApplyForm(ApplicationFields, OnceForm):
    bureau_id = IdField(_l("向哪个财政局申请"), required=True, blank=_l("请选择"))


class EditApplicationForm(ApplicationFields, VersionedForm):
    pass


class InviteForm(ApplicationFields, OnceForm):
    pass


# In bytes. The sender has no account, so the limit is lower than for those who have one.
LARGEST_PAPER = 20 * 1024 * 1024


class PaperForm(UploadForm):
    kind = ChoiceField(_l("文件种类"), DocumentKind, required=True, blank=_l("请选择"))
    file = UploadField(_l("文件"), required=True)

    @property
    def upload_limit(self) -> int:
        return min(LARGEST_PAPER, super().upload_limit)


class AppliedPersonForm(Form):
    name = TextField(_l("姓名"), required=True, maximum=80)
    title = TextField(_l("职称"), maximum=120, help=_l("例如高级会计师"))
    licence = TextField(_l("执业资格及证书编号"))
    work_since = DateField(_l("参加工作日期"))
    evaluation_since = DateField(_l("从事绩效评价起始日期"))

    def item(self) -> AppliedPerson:
        return AppliedPerson(
            self.name.data,
            self.title.data,
            self.licence.data,
            self.work_since.data,
            self.evaluation_since.data,
        )


class AppliedQualificationForm(Form):
    name = TextField(_l("资质（执业许可）名称"), required=True)
    number = TextField(_l("证书编号"), maximum=80)
    issuer = TextField(_l("发证机关"))
    issued_on = DateField(_l("发证日期"))
    expires_on = DateField(_l("有效期至"), help=_l("长期有效的留空"))

    def item(self) -> AppliedQualification:
        return AppliedQualification(
            self.name.data,
            self.number.data,
            self.issuer.data,
            self.issued_on.data,
            self.expires_on.data,
        )


class DecideApplicationForm(VersionedForm):
    action = RadioChoiceField(_l("决定"), ApplicationAction, required=True)
    effective_on = DateField(_l("生效日期"), required=True, default=today)
    reason = AreaField(_l("理由"), required=True, maximum=1000, help=_l("申请机构能看到"))
    provision_key = TextChoiceField(_l("依据条款"), blank=_l("不注明"), help=_l("不予登记的必须注明"))

    def offer(self, actions: tuple[ApplicationAction, ...], provisions: list[tuple[str, str]]) -> None:
        choices: Any = self.action.choices
        self.action.choices = [(value, text) for value, text in choices if value in actions]
        self.provision_key.choices = provisions
