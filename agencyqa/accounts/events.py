"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "accounts.sign_in.begun": _l("登录"),
    "accounts.sign_in.ended": _l("退出"),
    "accounts.sign_in.refused": _l("登录被拒绝"),
    "accounts.membership.switched": _l("切换岗位"),
    "accounts.membership.granted": _l("授予岗位"),
    "accounts.membership.ended": _l("终止岗位"),
    "accounts.user.created": _l("新建账号"),
    "accounts.user.edited": _l("修改账号"),
    "accounts.user.activity_changed": _l("启用或停用账号"),
    "accounts.user.invited": _l("发出邀请"),
    "accounts.user.locale_changed": _l("更改语言"),
    "accounts.user.password_changed": _l("修改密码"),
    "accounts.invitation.accepted": _l("接受邀请"),
    "accounts.body.created": _l("新建单位"),
    "accounts.body.renamed": _l("修改单位"),
    "accounts.body.activity_changed": _l("启用或停用单位"),
}

TARGETS = {
    "users": _l("账号"),
    "memberships": _l("岗位"),
    "bodies": _l("单位"),
}

FIELDS = {
    "username": _l("用户名"),
    "display_name": _l("姓名"),
    "email": _l("电子邮箱"),
    "locale": _l("语言"),
    "is_active": _l("启用"),
    "name": _l("名称"),
    "short_name": _l("简称"),
    "code": _l("代码"),
    "kind": _l("类型"),
    "role": _l("岗位"),
    "valid_from": _l("开始日期"),
    "valid_to": _l("结束日期"),
    "address": _l("网络地址"),
}
