from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.credit_code import compact
from agencyqa.agencies.enums import (
    AgencyKind,
    DocumentKind,
    Entry,
    Lapse,
    Sector,
    Standing,
    StandingAction,
    TieKind,
)
from agencyqa.agencies.services import BranchData, ProfileData, QualificationData, TieData
from agencyqa.clock import today
from agencyqa.files.uploads import UploadField, UploadForm
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    FoundField,
    IdField,
    MultiChoiceField,
    OnceForm,
    RadioChoiceField,
    ShareField,
    TextChoiceField,
    TextField,
    VersionedForm,
    WholeField,
)


class AgencyFilter(FilterForm):
    q = TextField(_l("名称或信用代码"))
    kind = ChoiceField(_l("机构类型"), AgencyKind, blank=_l("全部类型"))
    standing = ChoiceField(_l("状态"), Standing, blank=_l("全部状态"))
    on = DateField(_l("哪一日的状态"))
    lapse = ChoiceField(_l("资质有效期"), Lapse, blank=_l("不限"))
    bureau_id = IdField(_l("登记机关"), blank=_l("全部"))
    sector = ChoiceField(_l("业务领域"), Sector, blank=_l("全部领域"))
    grade = TextChoiceField(_l("年度考核等级"), blank=_l("不限"))
    person = TextField(_l("人员姓名"), maximum=80)
    least_evaluators = WholeField(_l("主评人不少于"), minimum=0, maximum=10_000)
    most_load = WholeField(_l("在手业务不超过"), minimum=0, maximum=10_000)


class ProfileFields(Form):
    """What registration and change have in common."""

    name = TextField(_l("机构名称"), required=True, help=_l("与营业执照或登记证书一致"))
    kind = ChoiceField(_l("机构类型"), AgencyKind, required=True, blank=_l("请选择"))
    founded_on = DateField(_l("成立日期"))
    legal_representative = TextField(_l("法定代表人（负责人）"), required=True, maximum=80)
    address = TextField(_l("地址"), maximum=300)
    contact_name = TextField(_l("联系人"), maximum=80)
    contact_phone = TextField(_l("联系电话"), maximum=40)
    contact_email = TextField(_l("电子邮箱"), maximum=200)
    on_credit_platform = FlagField(
        _l("已在信用管理平台备案"), help=_l("全国预算绩效评价第三方机构信用管理平台，自愿备案")
    )

    platform_number = TextField(_l("备案编号"), maximum=80)
    platform_filed_on = DateField(_l("备案日期"))
    head_office_code = TextField(
        _l("总部的统一社会信用代码"), maximum=60, help=_l("仅具有法人资格、自行登记的分支机构填写")
    )
    sectors = MultiChoiceField(_l("业务领域"), Sector)

    def profile(self) -> ProfileData:
        return ProfileData(
            name=self.name.data,
            kind=self.kind.data,
            legal_representative=self.legal_representative.data,
            founded_on=self.founded_on.data,
            address=self.address.data,
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data,
            contact_email=self.contact_email.data,
            on_credit_platform=self.on_credit_platform.data,
            platform_number=self.platform_number.data,
            platform_filed_on=self.platform_filed_on.data,
            head_office_code=compact(self.head_office_code.data),
            sectors=tuple(self.sectors.data or ()),
        )


class RegisterForm(ProfileFields):
    credit_code = TextField(
        _l("统一社会信用代码"), required=True, maximum=60, help=_l("18 位，可含空格，大小写均可")
    )
    entry = RadioChoiceField(_l("办理方式"), Entry, required=True, default=Entry.APPLICATION)
    effective_on = DateField(_l("申请（登记）日期"), required=True, default=today)
    reason = AreaField(_l("说明"), maximum=500, rows=3)
    similar_seen = FlagField(_l("已核对名称相近的机构，确认不是同一家"))


class ProfileForm(ProfileFields, VersionedForm):
    effective_on = DateField(_l("变更生效日期"), required=True, default=today)
    reason = AreaField(
        _l("变更原因"), required=True, maximum=500, rows=3, help=_l("登记该机构的各财政局和机构本身都能看到")
    )


class StandingForm(VersionedForm):
    action = RadioChoiceField(_l("决定"), StandingAction, required=True)
    effective_on = DateField(_l("生效日期"), required=True, default=today)
    reason = AreaField(_l("理由"), required=True, maximum=1000)
    provision_key = TextChoiceField(
        _l("依据条款"), blank=_l("不注明"), help=_l("不予登记、暂停资格和移出机构库必须注明")
    )
    confirmed = FlagField(_l("已核对机构和内容，确认作出此决定"))

    def offer(self, actions: tuple[StandingAction, ...], provisions: list[tuple[str, str]]) -> None:
        self.action.choices = [(value, text) for value, text in self.action.choices if value in actions]
        self.provision_key.choices = provisions


class QualificationForm(OnceForm):
    name = TextField(_l("资质（执业许可）名称"), required=True)
    number = TextField(_l("证书编号"), maximum=80)
    issuer = TextField(_l("发证机关"))
    issued_on = DateField(_l("发证日期"))
    expires_on = DateField(_l("有效期至"), help=_l("长期有效的留空"))

    def data_object(self) -> QualificationData:
        return QualificationData(
            name=self.name.data,
            number=self.number.data,
            issuer=self.issuer.data,
            issued_on=self.issued_on.data,
            expires_on=self.expires_on.data,
        )


class WithdrawForm(Form):
    reason = AreaField(_l("撤销原因"), required=True, maximum=500, rows=3)


class TieForm(OnceForm):
    person_id = FoundField(_l("涉及人员"), blank=_l("机构本身"))
    body_id = FoundField(_l("对方单位"), blank=_l("不在名单中"))
    other_name = TextField(
        _l("对方人员或名单外单位"),
        help=_l("亲属、对方任职人员，或本系统没有的单位；对方单位在名单中的也应选择"),
    )
    kind = ChoiceField(_l("利害关系"), TieKind, required=True, blank=_l("请选择"))
    share = ShareField(_l("持股（出资）比例"), help=_l("百分比，仅持股或出资填写"))
    valid_from = DateField(_l("起始日期"), required=True, default=today)
    valid_to = DateField(_l("终止日期"), help=_l("仍然存在的留空"))
    note = AreaField(_l("说明"), maximum=500, rows=3)

    def data_object(self) -> TieData:
        share = self.share.data
        return TieData(
            body_id=self.body_id.data,
            kind=self.kind.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            note=self.note.data,
            person_id=self.person_id.data,
            other_name=self.other_name.data,
            share=None if share is None else round(share * 10_000),
        )


class BranchForm(OnceForm):
    name = TextField(_l("分支机构名称"), required=True)
    head = TextField(_l("负责人"), maximum=80)
    address = TextField(_l("地址"), maximum=300)
    valid_from = DateField(_l("设立日期"), required=True)

    def data_object(self) -> BranchData:
        return BranchData(self.name.data, self.valid_from.data, self.address.data, self.head.data)


class DocumentForm(UploadForm):
    kind = ChoiceField(_l("文件种类"), DocumentKind, required=True, blank=_l("请选择"))
    valid_from = DateField(_l("施行日期"), required=True, default=today)
    file = UploadField(_l("文件"), required=True)
