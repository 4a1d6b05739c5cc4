"""The receipt of a hand-in: data under the SHA-256 of its canonical JSON, so that a copy can be checked by anybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FORMAT = "agencyqa.receipt/1"


def canonical(receipt: Mapping[str, Any]) -> bytes:
    """UTF-8, keys in order, no blanks: the bytes of the downloaded file and of the hash."""
    return json.dumps(receipt, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(receipt: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(receipt)).hexdigest()
