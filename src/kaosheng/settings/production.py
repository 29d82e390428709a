"""An installation for real work: everything secret comes from the environment and has no default."""

from __future__ import annotations

from kaosheng.settings.base import *  # noqa: F403 - a settings file is its base and what differs
from kaosheng.settings.base import TRUSTED_PROXY, database, env, oauth_clients, webhook_secret

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SERVICE_URL = env.str("SERVICE_URL").rstrip("/")

FIELD_KEYS: dict[str, str] = env.dict("FIELD_KEYS")
"""Key id → 32 bytes in base64, `FIELD_KEYS=2026=…,2027=…`; old keys stay as long as rows name them."""
FIELD_KEY_ID = env.str("FIELD_KEY_ID")
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY")
RECEIPT_KEY = env.str("RECEIPT_KEY")
"""32 bytes in base64: the private half of the key that signs receipts."""
RECEIPT_KEY_ID = env.str("RECEIPT_KEY_ID")

REGISTRATION_ISSUER = env.str("REGISTRATION_ISSUER").rstrip("/")
REGISTRATION_CLIENT_SECRET = env.str("REGISTRATION_CLIENT_SECRET")
REGISTRATION_WEBHOOK_SECRET = env.str(
    "REGISTRATION_WEBHOOK_SECRET", webhook_secret(REGISTRATION_CLIENT_SECRET)
)
AUTHLIB_OAUTH_CLIENTS = oauth_clients(REGISTRATION_CLIENT_SECRET)

NOTICE_ROUTES = env.json("NOTICE_ROUTES", default={})
"""考区 → channel → transport, rate and keys, as JSON (docs/operations.md); without it messages stay on the page."""

# EMAIL_HOST and its kin, by the name of the mail server as Django's settings call them.
globals().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))

DATABASES = {"default": database(env.db_url("DATABASE_URL"))}

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)

# Attempts to log in are limited by address: behind the proxy every address would be the proxy's.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP" if TRUSTED_PROXY else None
