"""Everything that may be allowed, as one list: ``area:object:verb``."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    OWN_ACCOUNT = "accounts:self:use"
    USERS_MANAGE = "accounts:user:manage"
    BODIES_MANAGE = "accounts:body:manage"
    INBOX_READ = "notifications:inbox:read"
    AUDIT_READ = "audit:entry:read"
    JOBS_READ = "jobs:run:read"
    DASHBOARD_READ = "reports:dashboard:read"
    MEASURES_READ = "measures:provision:read"
    SCHEMES_READ = "measures:scheme:read"
    SCHEMES_WRITE = "measures:scheme:write"
    SCHEMES_PUBLISH = "measures:scheme:publish"
    AGENCIES_READ = "agencies:agency:read"
    AGENCIES_WRITE = "agencies:agency:write"
    STANDING_DECIDE = "agencies:standing:decide"
    AGENCIES_EXPORT = "agencies:agency:export"
    OBJECTS_READ = "objects:object:read"
    OBJECTS_WRITE = "objects:object:write"
    ENGAGEMENTS_READ = "engagements:engagement:read"
    ENGAGEMENTS_WRITE = "engagements:engagement:write"
    SHEETS_READ = "assessments:sheet:read"
    SHEETS_SCORE = "assessments:sheet:score"
    SHEETS_FINALISE = "assessments:sheet:finalise"
    ROUNDS_READ = "assessments:round:read"
    ROUNDS_MANAGE = "assessments:round:manage"
    RESULTS_READ = "assessments:result:read"
    RESULTS_PUBLISH = "assessments:result:publish"
    RESULTS_ASSIGN = "assessments:result:assign"
    WORKBOOK_EXPORT = "reports:workbook:export"
