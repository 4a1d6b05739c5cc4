"""Workbooks of agencies that were handed in and not confirmed yet."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.imports import note_upload
from agencyqa.agencies.models import AgencyImport
from agencyqa.files.services import keep_bytes
from tests.factories.accounts import NOW
from tests.factories.agencies import officer_of
from tests.integration.agencies.books import line, workbook


def make_import(app: Flask, session: Session, bureau: Body, name: str = "机构名单.xlsx") -> AgencyImport:
    """One agency that is new to the register of ``bureau``; the content is real and can be read."""
    with app.app_context():
        stored = keep_bytes(session, workbook(line("导入的机构有限公司")), now=NOW)
    return note_upload(officer_of(bureau), session, stored, name, now=NOW)
