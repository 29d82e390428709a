"""Settings of the stand-in registration system. The environment is read here and nowhere else.

`REGISTRATION_DATABASE_URL`, `REGISTRATION_SECRET_KEY`, `REGISTRATION_CLIENT_ID` and `REGISTRATION_CLIENT_SECRET` must be set;
the addresses of both systems follow from `PORT` and `DEMO_REGISTRATION_PORT` unless they are given.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

env = environ.Env()
BASE = Path(__file__).resolve().parent

ISSUER = env.str("REGISTRATION_ISSUER", f"http://localhost:{env.int('DEMO_REGISTRATION_PORT', 8001)}").rstrip(
    "/"
)
SERVICE_URL = env.str("SERVICE_URL", f"http://localhost:{env.int('PORT', 8000)}").rstrip("/")
SERVICE_NAME = env.str("REGISTRATION_SERVICE_NAME", "国家医学考试（河北）考生服务系统")
CLIENT_ID = env.str("REGISTRATION_CLIENT_ID")
CLIENT_SECRET = env.str("REGISTRATION_CLIENT_SECRET")
WEBHOOK_SECRET = env.str("REGISTRATION_WEBHOOK_SECRET", "") or "whsec_" + base64.b64encode(
    hashlib.sha256(b"registration-webhook:" + CLIENT_SECRET.encode()).digest()
).decode("ascii")
CLOCK_FILE = env.str("REGISTRATION_CLOCK_FILE", "")
PEOPLE_FILE = BASE / "data" / "people.json"

SECRET_KEY = env.str("REGISTRATION_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = [*{urlsplit(ISSUER).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"}]
ROOT_URLCONF = "registration_demo.urls"
WSGI_APPLICATION = "registration_demo.wsgi.application"

INSTALLED_APPS = [
    "registration_demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": env.db_url("REGISTRATION_DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
# Authorization codes live in the cache: it must be one that all processes of this site share.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "registration_cache"}
}

AUTH_USER_MODEL = "registration_demo.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "registrations"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"

IDP_OIDC_ADAPTER = "registration_demo.oidc.ProviderAdapter"
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
# The candidate has pressed 退出 in the service already; a hint that names this session's person is enough.
IDP_OIDC_RP_INITIATED_LOGOUT_ASKS_FOR_OP_LOGOUT = False

# Cookies ignore ports: with the service on another port of the same host only the names keep them apart.
SESSION_COOKIE_NAME = "registration_session"
CSRF_COOKIE_NAME = "registration_csrf"
SESSION_COOKIE_AGE = 2 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ISSUER.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "registration_demo.views.form_expired"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        # A browser checks this against the redirects that follow a form too: consent ends at the service.
        "form-action": ["'self'", SERVICE_URL],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # One line a message that is sent or not: the numbers, never the person.
    "loggers": {"httpx": {"level": "WARNING"}},
}
