"""Publishing keys and signing with the one in use. The secret halves come from the settings and stay there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, has_app_context
from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.engagements.deliverables.models import Submission
from agencyqa.engagements.receipts.models import ReceiptSignature, SigningKey
from agencyqa.engagements.receipts.signing import KEY_LIST, SIGNED_RECEIPT, Signer, statement
from agencyqa.errors import WrongState


def current_signer() -> Signer | None:
    """None where the installation has no signing key, or where a service is used without an installation."""
    if not has_app_context():
        return None
    keys = current_app.config["SETTINGS"].signing_keys
    return Signer(keys[0][1]) if keys else None


def publish_key(session: Session, now: datetime) -> SigningKey | None:
    """The published row of the key in use; made, and the one before it retired, when it is used for the first time.

    Raise WrongState for a process that still holds a key which was retired: it has to be started again.
    """
    signer = current_signer()
    if signer is None:
        return None
    # Seconds are what a signature tells, so the period of a key is kept in them, too.
    now = now.replace(microsecond=0)
    by_fingerprint = select(SigningKey).where(SigningKey.fingerprint == signer.fingerprint)
    found = session.scalars(by_fingerprint).one_or_none()
    if found is None:
        found = SigningKey(fingerprint=signer.fingerprint, public_key=signer.public_key, published_at=now)
        try:
            with session.begin_nested():
                session.add(found)
        except IntegrityError:
            # Another process published it in this very moment.
            return session.scalars(by_fingerprint).one()
        session.execute(
            update(SigningKey)
            .where(SigningKey.id != found.id, SigningKey.retired_at.is_(None))
            .values(retired_at=now)
        )
        record(
            session,
            system_actor("signing keys"),
            "receipts.key.published",
            found,
            now=now,
            fingerprint=found.fingerprint,
            public_key=found.public_key,
        )
    if found.retired_at is not None:
        raise WrongState("signing_key_retired")
    return found


def sign(session: Session, submission: Submission, *, now: datetime) -> ReceiptSignature | None:
    """None where the installation has no key; ``sign_unsigned`` makes up for it. Raise WrongState."""
    signer, key = current_signer(), publish_key(session, now)
    if signer is None or key is None:
        return None
    signature = ReceiptSignature(
        submission_id=submission.id,
        key_id=key.id,
        signed_at=now.replace(microsecond=0),
        value=signer.sign(submission.receipt_hash, now),
    )
    session.add(signature)
    session.flush()
    return signature


def sign_unsigned(session: Session, now: datetime) -> int:
    """Receipts from before there were signatures, signed now: what they say is proven from now on."""
    waiting = session.scalars(
        select(Submission)
        .where(~exists().where(ReceiptSignature.submission_id == Submission.id))
        .order_by(Submission.id)
    ).all()
    count = 0
    for submission in waiting:
        signature = sign(session, submission, now=now)
        if signature is None:
            break
        record(
            session,
            system_actor("signing keys"),
            "receipts.receipt.signed",
            submission,
            now=now,
            receipt_hash=submission.receipt_hash,
            signed_at=signature.signed_at,
        )
        count += 1
    return count


def signature_of(session: Session, submission: Submission) -> dict[str, Any] | None:
    """The statement about a receipt with its signature, as it goes out."""
    row = session.execute(
        select(ReceiptSignature.value, ReceiptSignature.signed_at, SigningKey.fingerprint)
        .join(SigningKey, SigningKey.id == ReceiptSignature.key_id)
        .where(ReceiptSignature.submission_id == submission.id)
    ).one_or_none()
    if row is None:
        return None
    return {**statement(submission.receipt_hash, row.fingerprint, row.signed_at), "value": row.value}


def signed_receipt(session: Session, submission: Submission) -> dict[str, Any] | None:
    """Receipt and signature in one, to be kept by the parties; None for one that is not signed."""
    signature = signature_of(session, submission)
    if signature is None:
        return None
    return {"format": SIGNED_RECEIPT, "receipt": submission.receipt, "signature": signature}


def published_keys(session: Session) -> list[SigningKey]:
    """All there ever were, the newest first."""
    statement = select(SigningKey).order_by(SigningKey.published_at.desc(), SigningKey.id.desc())
    return list(session.scalars(statement))


def key_list(session: Session) -> dict[str, Any]:
    """The published list as data, for ``verify_receipt.py``."""
    return {
        "format": KEY_LIST,
        "keys": [
            {
                "key": key.fingerprint,
                "public_key": key.public_key,
                "published_at": key.published_at.isoformat(),
                "retired_at": None if key.retired_at is None else key.retired_at.isoformat(),
            }
            for key in published_keys(session)
        ],
    }
