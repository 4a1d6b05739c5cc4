from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.auth.roles import BodyKind, Role
from agencyqa.web.forms import (
    ChoiceField,
    DateField,
    FilterForm,
    Form,
    FoundField,
    IdField,
    SecretField,
    TextField,
    VersionedForm,
)


class SignInForm(Form):
    username = TextField(_l("用户名"), required=True, maximum=80)
    password = SecretField(_l("密码"), required=True, maximum=200)


class InvitationForm(Form):
    password = SecretField(_l("设置密码"), required=True, maximum=200)
    again = SecretField(_l("再次输入密码"), required=True, maximum=200)


class PasswordForm(Form):
    current = SecretField(_l("当前密码"), required=True, maximum=200)
    new = SecretField(_l("新密码"), required=True, maximum=200)
    again = SecretField(_l("再次输入新密码"), required=True, maximum=200)


class UserForm(Form):
    username = TextField(_l("用户名"), required=True, maximum=80)
    display_name = TextField(_l("姓名"), required=True, maximum=80)
    email = TextField(_l("电子邮箱"), maximum=200)


class UserEditForm(VersionedForm):
    display_name = TextField(_l("姓名"), required=True, maximum=80)
    email = TextField(_l("电子邮箱"), maximum=200)


class MembershipForm(Form):
    body_id = FoundField(_l("单位"), required=True)
    role = ChoiceField(_l("岗位"), Role, required=True)
    valid_from = DateField(_l("任职开始"), required=True)
    valid_to = DateField(_l("任职结束"))


class BodyForm(Form):
    kind = ChoiceField(_l("单位类型"), BodyKind, required=True)
    name = TextField(_l("名称"), required=True, maximum=200)
    short_name = TextField(_l("简称"), maximum=60)
    code = TextField(_l("单位代码"), maximum=40)
    bureau_id = IdField(_l("所属财政局"))
    parent_id = FoundField(_l("上级单位"))


class BodyEditForm(VersionedForm):
    name = TextField(_l("名称"), required=True, maximum=200)
    short_name = TextField(_l("简称"), maximum=60)
    code = TextField(_l("单位代码"), maximum=40)


class UserFilter(FilterForm):
    q = TextField(_l("用户名或姓名"))


class BodyFilter(FilterForm):
    q = TextField(_l("单位名称或代码"))
    kind = ChoiceField(_l("单位类型"), BodyKind, blank=_l("全部类型"))


class ActionForm(VersionedForm):
    """A button: nothing to type, only the version that the page showed."""
