"""The receipt as a paper: it shows the receipt, carries its signed data and is signed as a whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from agencyqa.clock import SHANGHAI, local_date
from agencyqa.engagements.deliverables.receipts import canonical
from agencyqa.engagements.receipts.signing import Signer, signed_pdf
from agencyqa.files.papers import set_paper

SOURCE = Path(__file__).with_name("receipt.typ")
KIND_NAMES = {
    "plan": "评价方案",
    "work_papers": "工作底稿",
    "draft": "报告初稿",
    "report": "评价报告",
    "rectification_report": "整改报告",
}


def receipt_pdf(
    signed: dict[str, Any], receipt_hash: str, keys_url: str, signer: Signer, now: datetime
) -> bytes:
    """``signed``: receipt and signature. The paper is Chinese whoever prints it: it goes to the file of the work."""
    receipt, signature = signed["receipt"], signed["signature"]
    content = {
        "number": str(receipt["number"]),
        "agency": receipt["agency"]["name"],
        "pairs": [
            ["合同编号", receipt["contract_number"]],
            ["评价对象", receipt["object"]],
            ["第三方机构", receipt["agency"]["name"]],
            ["统一社会信用代码", receipt["agency"]["credit_code"]],
            ["委托方", receipt["commissioner"]],
            ["财政局", receipt["bureau"]],
            ["提交时间", _moment(receipt["submitted_at"])],
            ["提交人", receipt["submitted_by"]],
            ["提交说明", receipt["note"] or "—"],
        ],
        "files": [_line(line) for line in receipt["files"]],
        "hash": receipt_hash,
        "key": signature["key"],
        "signed_at": _moment(signature["signed_at"]),
        "value": signature["value"],
        "keys_url": keys_url,
        "printed_on": local_date(now).isoformat(),
        "signed": canonical(signed).decode(),
    }
    return signed_pdf(set_paper(SOURCE, content, now, "a-3b"), signer, now)


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S（北京时间）")


def _line(line: dict[str, Any]) -> list[str]:
    due_on = line["due_on"] or "—"
    late_days = line["late_days"]
    return [
        line["title"] or KIND_NAMES[line["kind"]],
        str(line["version"]),
        line["name"],
        f"{line['size']:,}",
        line["sha256"],
        due_on + ("（暂定）" if line["is_due_provisional"] else ""),
        "—" if late_days is None else str(late_days),
    ]
