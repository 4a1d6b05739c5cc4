"""The words of a declaration of independence. Pure: facts in, the whole text and its hash out.

The text is Chinese whatever the reader's language is, because it is what was signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Parties:
    """The names as they stand on the day of the signature."""

    person: str
    agency: str
    contract: str
    thing: str
    commissioner: str
    unit: str
    department: str


def declaration_text(parties: Parties, *, is_independent: bool, statement: str) -> str:
    sides = "、".join(dict.fromkeys((parties.commissioner, parties.unit, parties.department)))
    lines = [
        "独立性声明",
        f"本人{parties.person}，作为{parties.agency}承担“{parties.thing}”委托业务（合同{parties.contract}）的工作组成员，声明如下：",
    ]
    if is_independent:
        lines += [
            f"一、本人及近亲属与{sides}不存在持股或者出资、任职、隶属或者挂靠、常年顾问以及其他可能影响独立、客观、公正执业的利害关系。",
            "二、本人未参与编制所评价的绩效目标、自评材料或者其他被评价的内容。",
            "三、履行合同期间出现上述情形的，本人将立即报告并回避。",
        ]
    else:
        lines += [
            f"一、本人与{sides}或者评价对象有下列应当说明的情况，请委托方和财政部门决定本人是否回避。",
            "二、决定作出以前，本人不参与有关工作。",
        ]
    if statement.strip():
        lines.append(f"说明：{statement.strip()}")
    return "\n".join(lines)


def text_hash(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, as ``sha256sum`` gives it for the exported text."""
    return hashlib.sha256(text.encode()).hexdigest()
