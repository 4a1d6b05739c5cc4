"""The entry point of a server: ``gunicorn wsgi:app``, and of ``flask --app wsgi``."""

from agencyqa.app import create_app
from config import Settings

app = create_app(Settings.from_environ())
