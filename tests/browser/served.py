"""What gunicorn serves in a journey: the application as it is, which finds its templates compiled by others.

Every server would spend two seconds on what is the same for all of them.
"""

from __future__ import annotations

from tests.compiled_templates import share_compiled
from tests.databases import TestRun
from wsgi import app

share_compiled(app, TestRun.from_environ().folder)
