"""Sentences for the error codes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "sign_in_wrong": _l("用户名或密码不正确。请检查大小写后重试。"),
    "sign_in_no_role": _l("您的账号目前没有有效的岗位，请联系系统管理员。"),
    "too_many_attempts": _l("尝试次数过多，请在 %(minutes)s 分钟后再试。"),
    "password_wrong": _l("当前密码不正确。"),
    "password_too_short": _l("密码至少需要 %(minimum)s 个字符。"),
    "password_too_long": _l("密码过长，请缩短后重试。"),
    "password_too_easy": _l("密码过于简单：不得包含用户名，并至少使用 5 种不同的字符。"),
    "passwords_differ": _l("两次输入的密码不一致。"),
    "invitation_over": _l("此邀请链接已使用或已过期，请联系系统管理员重新发送。"),
    "unknown_locale": _l("不支持该语言。"),
    "user_closed": _l("该账号已停用。"),
    "own_account_stays_open": _l("不能停用自己的账号。"),
    "own_membership_stays": _l("不能终止自己正在使用的岗位。"),
    "own_body_stays_open": _l("不能停用自己所在的单位。"),
    "membership_over": _l("该岗位已经终止。"),
    "membership_exists": _l("该用户在此期间已担任这一岗位。"),
    "role_not_in_body": _l("该类单位不设此岗位。"),
    "body_closed": _l("该单位已停用。"),
    "assignment_ends_first": _l("截止日不能早于起始日。"),
    "assignment_ended": _l("这项分配已于 %(day)s 截止。"),
    "assignment_end_in_past": _l("最早可填昨天，已经过去的期间不能改动。"),
    "assignment_end_later": _l("只能提前截止，不能晚于原定的 %(day)s；如需延长，请另行分配。"),
    "ends_before_start": _l("结束日期不得早于开始日期。"),
    "agency_made_by_register": _l("第三方机构请在机构库中登记。"),
    "agency_named_by_register": _l("第三方机构的名称请在机构库中变更。"),
    "parent_of_other_kind": _l("上级单位必须与本单位同类。"),
    "parent_of_other_bureau": _l("上级单位必须属于同一财政局。"),
    "bureau_needed": _l("请选择所属财政局。"),
    "duplicate_username": _l("该用户名已被使用。"),
    "duplicate_body_code": _l("该单位代码已被使用。"),
}
