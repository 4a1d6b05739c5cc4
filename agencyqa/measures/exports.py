"""A stored scheme as the file it came from, to be changed and handed in as a new draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


def scheme_yaml(content: Mapping[str, Any]) -> str:
    """Reads back to the same content; comments and the order inside a line are not kept."""
    return yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=110)
