"""A stored scheme as the file it came from, to be changed and handed in as a new draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

# Line breaks of other alphabets, which only a quoted text with escapes keeps.
_RARE_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    pass


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _RARE_BREAKS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def scheme_yaml(content: Mapping[str, Any]) -> str:
    """Reads back to the same content; comments and the order inside a line are not kept."""
    held: str = yaml.dump(dict(content), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return held
