"""The names of audit events: subject:action, one enum, nothing else is ever recorded."""

from __future__ import annotations

from enum import StrEnum


class AuditName(StrEnum):
    """What happened, as the 审计员 searches for it."""

    CANDIDATE_LOGGED_IN = "candidate:logged_in"
    CANDIDATE_LOGGED_OUT = "candidate:logged_out"
    STAFF_LOGGED_IN = "staff:logged_in"
    STAFF_LOGIN_FAILED = "staff:login_failed"
    STAFF_LOGGED_OUT = "staff:logged_out"
    ACCOUNT_CREATED = "account:created"
    ACCOUNT_DISABLED = "account:disabled"
    ACCOUNT_ENABLED = "account:enabled"
    ACCOUNT_RESET = "account:reset"
    ROLE_GRANTED = "role:granted"
    ROLE_WITHDRAWN = "role:withdrawn"
    REGISTRATION_RECEIVED = "registration:received"
    DOSSIER_CREATED = "dossier:created"
    DOSSIER_VIEWED = "dossier:viewed"
    DOSSIER_TAKEN = "dossier:taken"
    DOSSIER_GIVEN_BACK = "dossier:given_back"
    DOSSIER_STEP = "dossier:step"
    PICTURE_ADDED = "picture:added"
    PICTURE_DELETED = "picture:deleted"
    PICTURE_RESTORED = "picture:restored"
    MARK_SET = "mark:set"
    PROMISE_MADE = "promise:made"
    PLACE_EXPLAINED = "place:explained"
    EXTENSION_REQUESTED = "extension:requested"
    EXTENSION_REFUSED = "extension:refused"
    SITE_CLOSED = "site:closed"
    SITE_REOPENED = "site:reopened"
    RELEASE_PREPARED = "release:prepared"
    RELEASE_PUBLISHED = "release:published"
    CATALOGUE_PUBLISHED = "catalogue:published"
    INTAKE_CHANGED = "intake:changed"
    AUDIT_SEARCHED = "audit:searched"
