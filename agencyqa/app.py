"""The application factory: the only module that knows every area."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from agencyqa.accounts import cli as accounts_cli
from agencyqa.accounts import events as accounts_events
from agencyqa.accounts import messages as accounts_messages
from agencyqa.accounts import readers, sessions
from agencyqa.accounts import routes as accounts_routes
from agencyqa.accounts.models import InstallationFact
from agencyqa.agencies import cli as agencies_cli
from agencyqa.agencies import events as agencies_events
from agencyqa.agencies import jobs as agencies_jobs
from agencyqa.agencies import messages as agencies_messages
from agencyqa.agencies import owned as agencies_owned
from agencyqa.agencies import routes as agencies_routes
from agencyqa.assessments import cli as scoring_cli
from agencyqa.assessments import events as assessments_events
from agencyqa.assessments import jobs as assessments_jobs
from agencyqa.assessments import messages as assessments_messages
from agencyqa.assessments import routes as assessments_routes
from agencyqa.audit import cli as audit_cli
from agencyqa.audit import jobs as audit_jobs
from agencyqa.audit import messages as audit_messages
from agencyqa.audit import routes as audit_routes
from agencyqa.audit.events import register_events
from agencyqa.audit.record import record_refusal
from agencyqa.auth import guards
from agencyqa.auth.guards import optional_actor
from agencyqa.clock import utc_now
from agencyqa.db import set_reading
from agencyqa.duties import events as duties_events
from agencyqa.duties import jobs as duties_jobs
from agencyqa.duties import messages as duties_messages
from agencyqa.duties import routes as duties_routes
from agencyqa.engagements import events as engagements_events
from agencyqa.engagements import jobs as engagements_jobs
from agencyqa.engagements import messages as engagements_messages
from agencyqa.engagements import routes as engagements_routes
from agencyqa.engagements.archive import events as archive_events
from agencyqa.engagements.archive import messages as archive_messages
from agencyqa.engagements.archive import owned as archive_owned
from agencyqa.engagements.archive import routes as archive_routes
from agencyqa.engagements.contracts import events as contracts_events
from agencyqa.engagements.contracts import messages as contracts_messages
from agencyqa.engagements.contracts import routes as contracts_routes
from agencyqa.engagements.deliverables import events as deliverables_events
from agencyqa.engagements.deliverables import jobs as deliverables_jobs
from agencyqa.engagements.deliverables import messages as deliverables_messages
from agencyqa.engagements.deliverables import owned as deliverables_owned
from agencyqa.engagements.deliverables import routes as deliverables_routes
from agencyqa.engagements.milestones import events as milestones_events
from agencyqa.engagements.milestones import messages as milestones_messages
from agencyqa.engagements.milestones import routes as milestones_routes
from agencyqa.engagements.opinions import events as opinions_events
from agencyqa.engagements.opinions import messages as opinions_messages
from agencyqa.engagements.opinions import routes as opinions_routes
from agencyqa.engagements.planning import events as planning_events
from agencyqa.engagements.planning import messages as planning_messages
from agencyqa.engagements.planning import routes as planning_routes
from agencyqa.engagements.receipts import cli as receipts_cli
from agencyqa.engagements.receipts import events as receipts_events
from agencyqa.engagements.receipts import messages as receipts_messages
from agencyqa.engagements.receipts import routes as receipts_routes
from agencyqa.engagements.recusal import events as recusal_events
from agencyqa.engagements.recusal import jobs as recusal_jobs
from agencyqa.engagements.recusal import messages as recusal_messages
from agencyqa.engagements.recusal import routes as recusal_routes
from agencyqa.engagements.review import events as review_events
from agencyqa.engagements.review import messages as review_messages
from agencyqa.engagements.review import routes as review_routes
from agencyqa.engagements.schedule import events as schedule_events
from agencyqa.engagements.schedule import messages as schedule_messages
from agencyqa.engagements.schedule import routes as schedule_routes
from agencyqa.engagements.selection import events as selection_events
from agencyqa.engagements.selection import messages as selection_messages
from agencyqa.engagements.selection import routes as selection_routes
from agencyqa.engagements.team import events as team_events
from agencyqa.engagements.team import messages as team_messages
from agencyqa.engagements.team import routes as team_routes
from agencyqa.errors import AgencyQAError
from agencyqa.evaluations import events as evaluations_events
from agencyqa.evaluations import jobs as evaluations_jobs
from agencyqa.evaluations import messages as evaluations_messages
from agencyqa.evaluations import owned as evaluations_owned
from agencyqa.evaluations import routes as evaluations_routes
from agencyqa.extensions import babel, csrf, db, login_manager, migrate
from agencyqa.files import cli as files_cli
from agencyqa.files import events as files_events
from agencyqa.files import jobs as files_jobs
from agencyqa.files import messages as files_messages
from agencyqa.files import resuming_routes
from agencyqa.files import routes as files_routes
from agencyqa.files import setup as files
from agencyqa.files.owned import register_owned
from agencyqa.i18n import SOURCE_LOCALE, select_locale
from agencyqa.inspections import events as inspections_events
from agencyqa.inspections import jobs as inspections_jobs
from agencyqa.inspections import messages as inspections_messages
from agencyqa.inspections import owned as inspections_owned
from agencyqa.inspections import routes as inspections_routes
from agencyqa.jobs import cli as job_cli
from agencyqa.jobs import messages as job_messages
from agencyqa.jobs import routes as job_routes
from agencyqa.jobs import runner, upkeep
from agencyqa.jobs.registry import register_jobs
from agencyqa.measures import events as measures_events
from agencyqa.measures import messages as measures_messages
from agencyqa.measures import routes as measures_routes
from agencyqa.notifications import jobs as notification_jobs
from agencyqa.notifications import messages as notification_messages
from agencyqa.notifications import routes as notification_routes
from agencyqa.notifications import setup as notifications
from agencyqa.notifications.services import MAILS
from agencyqa.objects import events as objects_events
from agencyqa.objects import messages as objects_messages
from agencyqa.objects import routes as objects_routes
from agencyqa.reports import cli as reports_cli
from agencyqa.reports import mail_targets
from agencyqa.reports import routes as reports_routes
from agencyqa.spreadsheets import messages as spreadsheet_messages
from agencyqa.web import health, setup
from agencyqa.web.error_pages import after_refusal
from agencyqa.web.messages import register_messages
from agencyqa.web.templating import Site
from config import ROOT, Settings

BLUEPRINTS = (
    health.bp,
    audit_routes.bp,
    files_routes.bp,
    resuming_routes.bp,
    job_routes.bp,
    notification_routes.bp,
    accounts_routes.bp,
    measures_routes.bp,
    agencies_routes.bp,
    objects_routes.bp,
    engagements_routes.bp,
    deliverables_routes.bp,
    milestones_routes.bp,
    schedule_routes.bp,
    opinions_routes.bp,
    archive_routes.bp,
    receipts_routes.bp,
    planning_routes.bp,
    selection_routes.bp,
    contracts_routes.bp,
    team_routes.bp,
    recusal_routes.bp,
    review_routes.bp,
    evaluations_routes.bp,
    inspections_routes.bp,
    assessments_routes.bp,
    duties_routes.bp,
    reports_routes.bp,
)
MESSAGES = (
    audit_messages.MESSAGES,
    files_messages.MESSAGES,
    job_messages.MESSAGES,
    notification_messages.MESSAGES,
    spreadsheet_messages.MESSAGES,
    accounts_messages.MESSAGES,
    measures_messages.MESSAGES,
    agencies_messages.MESSAGES,
    objects_messages.MESSAGES,
    engagements_messages.MESSAGES,
    deliverables_messages.MESSAGES,
    milestones_messages.MESSAGES,
    schedule_messages.MESSAGES,
    opinions_messages.MESSAGES,
    archive_messages.MESSAGES,
    receipts_messages.MESSAGES,
    planning_messages.MESSAGES,
    selection_messages.MESSAGES,
    contracts_messages.MESSAGES,
    team_messages.MESSAGES,
    recusal_messages.MESSAGES,
    review_messages.MESSAGES,
    evaluations_messages.MESSAGES,
    inspections_messages.MESSAGES,
    assessments_messages.MESSAGES,
    duties_messages.MESSAGES,
)
EVENTS = (
    files_events,
    accounts_events,
    measures_events,
    agencies_events,
    objects_events,
    engagements_events,
    deliverables_events,
    milestones_events,
    schedule_events,
    opinions_events,
    archive_events,
    receipts_events,
    planning_events,
    selection_events,
    contracts_events,
    team_events,
    recusal_events,
    review_events,
    evaluations_events,
    inspections_events,
    assessments_events,
    duties_events,
)
OWNED = {
    "agencies": agencies_owned.OWNED,
    "deliverables": deliverables_owned.OWNED,
    "archive": archive_owned.OWNED,
    "evaluations": evaluations_owned.OWNED,
    "inspections": inspections_owned.OWNED,
}
# The functions behind the names of ``jobs.schedule``.
JOBS = {
    **audit_jobs.JOBS,
    **files_jobs.JOBS,
    **upkeep.JOBS,
    **agencies_jobs.JOBS,
    **engagements_jobs.JOBS,
    **deliverables_jobs.JOBS,
    **recusal_jobs.JOBS,
    **evaluations_jobs.JOBS,
    **inspections_jobs.JOBS,
    **assessments_jobs.JOBS,
    **duties_jobs.JOBS,
}
COMMANDS = (
    audit_cli.group,
    files_cli.group,
    job_cli.group,
    accounts_cli.group,
    agencies_cli.group,
    receipts_cli.group,
    scoring_cli.group,
    reports_cli.group,
)
# Score sheets are the largest forms; files come with their own limits.
LARGEST_FORM = 4 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    app = Site("agencyqa", template_folder=str(ROOT / "templates"))
    _configure(app, settings)
    _bind_extensions(app, settings)
    app.before_request(_choose_transaction)
    sessions.init_app(app)
    guards.init_app(app)
    setup.init_app(app)
    files.init_app(app, settings, readers.senders)
    if _log_refusal not in after_refusal:
        after_refusal.append(_log_refusal)
    app.before_request(_know_demo_data)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for messages in MESSAGES:
        register_messages(messages)
    for events in EVENTS:
        register_events(events.EVENTS, targets=events.TARGETS, fields=events.FIELDS)
    for area, statements in OWNED.items():
        register_owned(area, statements)
    for command in COMMANDS:
        app.cli.add_command(command)
    register_jobs(app, JOBS)
    if settings.mail is not None:
        # Elsewhere it would only note every minute that there was nothing to do.
        register_jobs(app, notification_jobs.JOBS)
    runner.init_app(app, thread=settings.scheduler == "thread")
    notifications.init_app(app, readers.READERS)
    mail_targets.register()
    return app


def _configure(app: Flask, settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=False
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_NAME="agencyqa",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=settings.absolute_limit,
        # The limit counts from the sign-in, so no page need sign the cookie anew.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=int(settings.absolute_limit / timedelta(seconds=1)),
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=5000,
        BABEL_DEFAULT_LOCALE=SOURCE_LOCALE,
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _engine_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"execution_options": {MAILS: settings.mail is not None}}
    if sa.make_url(settings.database_url).get_backend_name() != "sqlite":
        options |= {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    return options


def _bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    babel.init_app(
        app,
        locale_selector=select_locale,
        default_translation_directories=str(ROOT / "agencyqa/translations"),
    )
    # Templates ask ``page_state`` who reads; an error page must not ask the database again.
    login_manager.init_app(app, add_context_processor=False)
    csrf.init_app(app)


def _choose_transaction() -> None:
    set_reading(sessions.is_read_request())


def _know_demo_data() -> None:
    """Demo data says so on every page. The answer is asked of the database once per process."""
    if "DEMO_DATA" not in current_app.config and request.endpoint not in sessions.WITHOUT_ACTOR:
        fact = db.session.get(InstallationFact, "demo_data")
        current_app.config["DEMO_DATA"] = fact is not None


def _log_refusal(error: AgencyQAError | HTTPException) -> None:
    """Who was refused what. The failed request was rolled back, so this is a transaction of its own."""
    actor = optional_actor()
    if actor is None or request.endpoint is None:
        # Strangers are counted by the sign-in throttle; addresses that do not exist say nothing of anybody.
        return
    code = error.code if isinstance(error, AgencyQAError) else str(error.code)
    set_reading(False)
    record_refusal(
        db.session(),
        actor,
        "auth.request.refused",
        now=utc_now(),
        code=code,
        endpoint=request.endpoint,
        method=request.method,
        path=request.path[:300],
    )
    db.session.commit()
