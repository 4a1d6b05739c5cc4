"""Publishing keys and signing with the one in use. The secret halves come from the settings and stay there."""

from __future__ import annotations

from collections.abc import Sequence
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


def _signers() -> tuple[list[Signer], bool]:
    """In their order, and whether the key file names them now.

    None where the installation has no signing key, or where a service is used without one.
    """
    if not has_app_context():
        return [], True
    keys, is_current = current_app.config["SETTINGS"].signing_keys_now()
    return [Signer(seed) for _, seed in keys], is_current


def _published(session: Session, signers: Sequence[Signer]) -> dict[str, SigningKey]:
    statement = select(SigningKey).where(SigningKey.fingerprint.in_([each.fingerprint for each in signers]))
    return {key.fingerprint: key for key in session.scalars(statement)}


def paper_signer(session: Session) -> Signer | None:
    """Who signs what is only read: the key that is published now, for a reader checks it with the list of today."""
    signers, _ = _signers()
    known = _published(session, signers)
    in_use = [
        each for each in signers if each.fingerprint in known and known[each.fingerprint].retired_at is None
    ]
    return next(iter(in_use), None)


def publish_key(session: Session, now: datetime) -> SigningKey | None:
    """The published row of the key in use. Raise as ``key_in_use``."""
    found = key_in_use(session, now)
    return None if found is None else found[1]


def key_in_use(session: Session, now: datetime) -> tuple[Signer, SigningKey] | None:
    """The first key that was not retired and its published row, which is made, and the one before it retired, when it
    is used for the first time. Both at once, for a command may change the keys at any moment.

    Raise WrongState for a process that holds retired keys alone, for its environment names them until it starts again;
    and where the key file cannot be read and no key that was read before is in use.
    """
    signers, is_current = _signers()
    if not signers:
        return None
    # Seconds are what a signature tells, so the period of a key is kept in them, too.
    now = now.replace(microsecond=0)
    known = _published(session, signers)
    for signer in signers:
        found = known.get(signer.fingerprint)
        if found is None and is_current:
            return signer, _publish(session, signer, now)
        # A key that the file named once and that nobody used may have been taken out of it since: published now, it
        # would retire the one that the others sign with.
        if found is not None and found.retired_at is None:
            return signer, found
    raise WrongState("signing_key_retired" if is_current else "signing_key_unreadable")


def _publish(session: Session, signer: Signer, now: datetime) -> SigningKey:
    found = SigningKey(fingerprint=signer.fingerprint, public_key=signer.public_key, published_at=now)
    try:
        with session.begin_nested():
            session.add(found)
    except IntegrityError:
        # Another process published it in this very moment.
        return session.scalars(select(SigningKey).where(SigningKey.fingerprint == signer.fingerprint)).one()
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
    return found


def sign(session: Session, submission: Submission, *, now: datetime) -> ReceiptSignature | None:
    """None where the installation has no key; ``sign_unsigned`` makes up for it. Raise WrongState."""
    found = key_in_use(session, now)
    if found is None:
        return None
    signer, key = found
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
