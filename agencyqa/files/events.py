"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

EVENTS: dict[str, LazyString] = {
    "files.file.infected": _l("文件中发现病毒"),
    "files.upload.opened": _l("开始分段上传文件"),
    "files.upload.taken": _l("分段上传的文件已接收"),
    "files.upload.refused": _l("分段上传的文件未通过检查"),
    "files.upload.given_up": _l("取消分段上传"),
    "files.upload.discarded": _l("清除他人未传完的文件"),
    "files.upload.expired": _l("分段上传过期清除"),
}

TARGETS: dict[str, LazyString] = {
    "stored_files": _l("存储的文件"),
    "partial_uploads": _l("分段上传的文件"),
}

FIELDS: dict[str, LazyString] = {
    "sha256": _l("SHA-256 摘要"),
    "detail": _l("扫描结果"),
}
