"""The sentences of this area's errors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "signing_key_retired": _l("签名密钥已经更换，本进程仍持有旧密钥，请系统管理员重新启动服务后再试。"),
    "signing_key_unreadable": _l(
        "签名密钥文件现在无法读取，本次操作没有保存。请系统管理员检查密钥文件后再试。"
    ),
    "receipt_unsigned": _l("这份回执还没有签名：系统没有配置签名密钥，请联系系统管理员。"),
}
