"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

EVENTS: dict[str, LazyString] = {
    "files.file.infected": _l("文件中发现病毒"),
}

TARGETS: dict[str, LazyString] = {"stored_files": _l("存储的文件")}

FIELDS: dict[str, LazyString] = {
    "sha256": _l("SHA-256 摘要"),
    "detail": _l("扫描结果"),
}
