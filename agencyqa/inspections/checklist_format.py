"""The items of a checklist, from the shipped file and from the table, as the pages read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from agencyqa.inspections.models import Checklist
from agencyqa.measures.enums import Tag
from agencyqa.measures.texts import reader_language

_FILE = Path(__file__).parent / "data" / "checklists.yaml"


@dataclass(frozen=True)
class Item:
    """``fault``: the code that a "no" suggests, or None where no single code fits."""

    key: str
    text: str
    text_en: str
    provision: str
    fault: str | None

    @property
    def shown(self) -> str:
        return self.text_en if self.text_en and reader_language() == "en" else self.text

    def stored(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "text": self.text,
            "text_en": self.text_en,
            "provision": self.provision,
            "fault": self.fault,
        }


@dataclass(frozen=True)
class ShippedChecklist:
    title: str
    title_en: str
    source: str
    valid_from: date
    tag: Tag
    items: tuple[Item, ...]


def items_of(checklist: Checklist) -> list[Item]:
    return [Item(**item) for item in checklist.items]


def title_of(checklist: Checklist) -> str:
    return checklist.title_en if checklist.title_en and reader_language() == "en" else checklist.title


@cache
def shipped_checklists() -> Sequence[ShippedChecklist]:
    found = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["checklists"]
    return tuple(
        ShippedChecklist(
            title=part["title"]["zh"],
            title_en=part["title"]["en"],
            source=part["source"],
            valid_from=part["valid_from"],
            tag=Tag(part["tag"]),
            items=tuple(
                Item(item["key"], item["text"]["zh"], item["text"]["en"], item["provision"], item["fault"])
                for item in part["items"]
            ),
        )
        for part in found
    )
