"""The tests: fixed keys, a PostgreSQL cluster of their own, nothing that reaches outside."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from kaosheng.ops.embedded_postgres import cluster_of_tests
from kaosheng.settings.base import *  # noqa: F403 - a settings file is its base and what differs
from kaosheng.settings.base import STORAGES, VAR, database, env, oauth_clients, webhook_secret

STYLEGUIDE = True

SECRET_KEY = "test-only-secret-key-with-enough-characters-for-django"  # noqa: S105 - a test value
FIELD_KEYS = {"test-1": base64.b64encode(bytes(range(32))).decode()}
FIELD_KEY_ID = "test-1"
BLIND_INDEX_KEY = base64.b64encode(bytes(range(32, 64))).decode()
RECEIPT_KEY = base64.b64encode(bytes(range(64, 96))).decode()
RECEIPT_KEY_ID = "test-1"
REGISTRATION_CLIENT_SECRET = "test-only-client-secret"  # noqa: S105 - a test value
REGISTRATION_WEBHOOK_SECRET = webhook_secret(REGISTRATION_CLIENT_SECRET)
AUTHLIB_OAUTH_CLIENTS = oauth_clients(REGISTRATION_CLIENT_SECRET)
ALLOWED_HOSTS = ["*"]

# The first process of a test run names the run; its workers inherit the name, a second run beside it has another.
TEST_RUN = os.environ.setdefault("KAOSHENG_TEST_RUN", str(os.getpid()))
TEST_CLUSTER = None if env.str("DATABASE_URL", "") else cluster_of_tests(VAR)
DATABASES = {
    "default": {
        **database(env.db_url("DATABASE_URL", TEST_CLUSTER.url("postgres") if TEST_CLUSTER else "")),
        "CONN_MAX_AGE": 0,
        "TEST": {"NAME": f"test_kaosheng_{TEST_RUN}"},
    }
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORE_ROOT = Path(env.str("STORE_ROOT", str(VAR / "test-store" / TEST_RUN)))
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SECOND_FACTOR_REQUIRED = True
