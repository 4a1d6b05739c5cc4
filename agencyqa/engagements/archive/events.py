"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "archive.retention.entered": _l("录入档案保管期限"),
    "archive.archive.sealed": _l("封存档案"),
}

TARGETS = {"retention_rules": _l("档案保管期限"), "sealed_archives": _l("封存的档案")}

FIELDS = {
    "years": _l("保管年数"),
    "manifest_hash": _l("清单摘要"),
    "keep_until": _l("保管至"),
}
