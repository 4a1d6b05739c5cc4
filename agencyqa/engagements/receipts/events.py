"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "receipts.key.published": _l("公布签名公钥"),
    "receipts.receipt.signed": _l("补签回执"),
}

TARGETS = {"signing_keys": _l("签名公钥")}

FIELDS = {
    "fingerprint": _l("密钥编号"),
    "public_key": _l("公钥"),
    "signed_at": _l("签名时间"),
    "signature": _l("签名"),
}
