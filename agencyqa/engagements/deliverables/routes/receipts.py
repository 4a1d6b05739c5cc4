"""Receipts: read on the page, and taken away as data, as signed data and as a signed paper."""

from __future__ import annotations

from datetime import datetime

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables import policies
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Submission
from agencyqa.engagements.deliverables.receipts import canonical
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.engagements.receipts import services
from agencyqa.engagements.receipts.paper import receipt_pdf
from agencyqa.engagements.receipts.routes import attachment
from agencyqa.errors import WrongState
from agencyqa.extensions import db
from agencyqa.files.papers import PDF
from agencyqa.web.loading import one_or_404

JSON = "application/json; charset=utf-8"


@bp.get("/<int:engagement_id>/deliverables/receipts/<int:submission_id>")
@requires(Permission.DELIVERABLES_READ)
def receipt(engagement_id: int, submission_id: int) -> ResponseReturnValue:
    submission = _submission(engagement_id, submission_id)
    kinds = {kind.value: kind for kind in DeliverableKind}
    signature = services.signature_of(db.session(), submission)
    return render_template(
        "deliverables/receipt.html",
        submission=submission,
        receipt=submission.receipt,
        kinds=kinds,
        signature=signature,
        signed_at=None if signature is None else datetime.fromisoformat(signature["signed_at"]),
    )


@bp.get("/<int:engagement_id>/deliverables/receipts/<int:submission_id>/receipt.json")
@requires(Permission.DELIVERABLES_READ)
def receipt_file(engagement_id: int, submission_id: int) -> Response:
    """The very bytes whose SHA-256 is the receipt's, so that anybody can check his copy."""
    submission = _submission(engagement_id, submission_id)
    return attachment(canonical(submission.receipt), JSON, _name(submission, "json"))


@bp.get("/<int:engagement_id>/deliverables/receipts/<int:submission_id>/receipt.signed.json")
@requires(Permission.DELIVERABLES_READ)
def signed_receipt_file(engagement_id: int, submission_id: int) -> Response:
    submission = _submission(engagement_id, submission_id)
    signed = services.signed_receipt(db.session(), submission)
    if signed is None:
        raise WrongState("receipt_unsigned")
    return attachment(canonical(signed), JSON, _name(submission, "signed.json"))


@bp.get("/<int:engagement_id>/deliverables/receipts/<int:submission_id>/receipt.pdf")
@requires(Permission.DELIVERABLES_READ)
def receipt_paper(engagement_id: int, submission_id: int) -> Response:
    submission = _submission(engagement_id, submission_id)
    signed, signer = services.signed_receipt(db.session(), submission), services.paper_signer(db.session())
    if signed is None or signer is None:
        raise WrongState("receipt_unsigned")
    # A paper outlives the host that a request happens to name.
    public_url = current_app.config["SETTINGS"].public_url
    keys_url = (
        public_url + url_for("receipts.keys") if public_url else url_for("receipts.keys", _external=True)
    )
    paper = receipt_pdf(signed, submission.receipt_hash, keys_url, signer, utc_now())
    return attachment(paper, PDF, _name(submission, "pdf"))


def _name(submission: Submission, ending: str) -> str:
    return f"receipt-{submission.engagement_id}-{submission.number}.{ending}"


def _submission(engagement_id: int, submission_id: int) -> Submission:
    return one_or_404(
        policies.visible_submissions(current_actor()).where(
            Submission.id == submission_id, Submission.engagement_id == engagement_id
        )
    )
