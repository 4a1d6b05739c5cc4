"""Binds the store to an application."""

from __future__ import annotations

from flask import Flask

from agencyqa.files import resuming
from agencyqa.files.senders import Senders, register_senders
from agencyqa.files.services import STORE
from agencyqa.files.store import make_store
from agencyqa.web import bodies, health
from config import Settings


def init_app(app: Flask, settings: Settings, people: Senders) -> None:
    store = make_store(settings.files, settings.data_dir)
    app.extensions[STORE] = store
    partial = settings.data_dir / "partial"
    partial.mkdir(parents=True, exist_ok=True)
    app.config[resuming.FOLDER] = str(partial)
    bodies.init_app(app, limit=settings.files.upload_limit, folder=settings.data_dir / "spool")
    register_senders(app.extensions, people)
    health.register_check(app, "store", store.is_ready)
