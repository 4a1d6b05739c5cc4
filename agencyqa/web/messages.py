"""From an error code to the sentence a reader sees. Areas register their own; the general ones are here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.i18n import said
from agencyqa.web import formats

_sentences: dict[str, object] = {}


class _Gaps(dict[str, Any]):
    """A figure that was not given shows as a dash instead of hiding the sentence."""

    def __missing__(self, key: str) -> str:
        return formats.NOTHING


def register_messages(sentences: Mapping[str, object]) -> None:
    """``sentences`` maps codes to lazy strings with ``%(name)s``.

    Raise ValueError if a code already says something else.
    """
    for code, text in sentences.items():
        if code in _sentences and _source(_sentences[code]) != _source(text):
            raise ValueError(f"the code {code!r} has two sentences")
        _sentences[code] = text


def is_known(code: str) -> bool:
    return code in _sentences


def sentence(code: str, **params: Any) -> str:
    """The sentence in the reader's language; for an unknown code a general one that names the code."""
    text = _sentences.get(code)
    if text is None:
        return str(gettext("操作没有完成（%(code)s）。", code=code))
    try:
        return said(text) % _Gaps(formats.parameters(params))
    except (TypeError, ValueError):
        # A percent sign that is no placeholder.
        return said(text)


def _source(text: object) -> str:
    """The message id of a lazy string, which can be compared without a request."""
    args = getattr(text, "_args", None)
    return str(args[0]) if args else str(text)


GENERAL: dict[str, object] = {
    "stale": _l("在您打开本页之后，其他人已经修改了这条记录。您的修改没有保存。"),
    "forbidden": _l("您的身份不能执行这项操作。"),
    "not_found": _l("没有找到这个页面或记录。"),
    "sign_in_needed": _l("请先登录。"),
    "role_may_not": _l("您当前的身份没有这项权限。"),
    "view_not_marked": _l("这个页面没有标明谁可以使用，因此不予开放。"),
    "invalid": _l("有内容需要更正，请查看下面的说明。"),
    "wrong_state": _l("当前状态下不能执行这项操作。"),
    "csrf": _l("页面停留过久或来源无法确认，为安全起见没有提交。"),
    "already_submitted": _l("这份表单已经提交过，没有重复保存。"),
    "duplicate": _l("已有相同的记录。"),
    "required": _l("请填写此项。"),
    "required_choice": _l("请选择一项。"),
    "required_file": _l("请选择文件。"),
    "too_long": _l("最多 %(maximum)s 个字，现在是 %(length)s 个。"),
    "not_a_date": _l("请填写真实存在的日期，例如 2024-03-31。"),
    "not_a_number": _l("请填写数字。"),
    "not_a_whole_number": _l("请填写整数。"),
    "not_an_amount": _l("请填写金额，例如 12500 或 12,500.50。"),
    "not_a_share": _l("请填写百分比，例如 70 或 12.5。"),
    "too_many_decimals": _l("小数位数过多，最多 %(places)s 位。"),
    "too_large": _l("数值过大。"),
    "negative": _l("不能小于 0。"),
    "below_minimum": _l("不能小于 %(minimum)s。"),
    "above_maximum": _l("不能大于 %(maximum)s。"),
    "not_a_choice": _l("请从列出的选项中选择。"),
    "nothing_to_find": _l("请填写名称或编码的一部分。"),
    "nothing_found": _l("没有找到名称或编码含“%(part)s”的。"),
    "several_found": _l("有 %(count)s 项含“%(part)s”，请从中选择一项。"),
    "several_found_to_tick": _l("有 %(count)s 项含“%(part)s”，请勾选要选的；不需要的，请清空查找框。"),
    "too_many_found": _l("含“%(part)s”的超过 %(most)s 项，请写得更完整。"),
}
register_messages(GENERAL)
