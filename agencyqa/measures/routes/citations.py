"""What may be cited, for the workbook and the page of a table."""

from __future__ import annotations

from agencyqa.clock import today
from agencyqa.extensions import db
from agencyqa.measures import queries


def citations() -> list[tuple[str, str]]:
    """Every key with what it says today."""
    session = db.session()
    keys = sorted(queries.citation_keys(session))
    cited = queries.provisions_cited(session, keys, today())
    return [
        (key, f"{queries.provision_label(cited[key])} {queries.provision_summary(cited[key])}")
        for key in keys
        if key in cited
    ]
