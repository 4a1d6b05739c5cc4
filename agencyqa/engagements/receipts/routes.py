"""The public half of the signatures: keys with their dates, and the program that checks a receipt without us."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from agencyqa.auth.guards import public
from agencyqa.engagements.deliverables.receipts import canonical
from agencyqa.engagements.receipts import services, verify_receipt
from agencyqa.extensions import db

bp = Blueprint("receipts", __name__, url_prefix="/receipts")


@bp.get("/keys")
@public
def keys() -> ResponseReturnValue:
    return render_template("receipts/keys.html", keys=services.published_keys(db.session()))


@bp.get("/keys.json")
@public
def key_file() -> Response:
    return attachment(canonical(services.key_list(db.session())), "application/json", "keys.json")


@bp.get("/verify_receipt.py")
@public
def verifier() -> Response:
    return attachment(
        Path(verify_receipt.__file__).read_bytes(), "text/x-python; charset=utf-8", "verify_receipt.py"
    )


def attachment(content: bytes, content_type: str, name: str) -> Response:
    return Response(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
