"""The demo: everything on one machine from one command, all state below `var/`."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from kaosheng.ops.embedded_postgres import cluster_of_demo
from kaosheng.settings.base import *  # noqa: F403 - a settings file is its base and what differs
from kaosheng.settings.base import (
    DEMO_PHONE,
    REGISTRATION_ISSUER,
    VAR,
    database,
    env,
    oauth_clients,
    webhook_secret,
)
from kaosheng.settings.demo_secrets import load_or_draw

DEMO = True
STYLEGUIDE = True

DEMO_CLOCK = VAR / "demo-clock"
"""The offset by which `kaosheng demo_clock` moved the demo's time."""

_keys = load_or_draw(VAR / "demo-secrets.json")
SECRET_KEY = _keys["secret_key"]
FIELD_KEYS: dict[str, str] = _keys["field_keys"]
FIELD_KEY_ID = next(iter(FIELD_KEYS))
BLIND_INDEX_KEY: str = _keys["blind_index_key"]
RECEIPT_KEY: str = _keys["receipt_key"]
RECEIPT_KEY_ID = "demo-1"
REGISTRATION_CLIENT_SECRET: str = env.str("REGISTRATION_CLIENT_SECRET", _keys["registration_client_secret"])
REGISTRATION_WEBHOOK_SECRET = env.str(
    "REGISTRATION_WEBHOOK_SECRET", webhook_secret(REGISTRATION_CLIENT_SECRET)
)
DEMO_REGISTRATION_SECRET_KEY: str = _keys["registration_secret_key"]
AUTHLIB_OAUTH_CLIENTS = oauth_clients(REGISTRATION_CLIENT_SECRET)

DEMO_CLUSTER = None if env.str("DATABASE_URL", "") else cluster_of_demo(VAR)
DATABASES = {
    "default": database(env.db_url("DATABASE_URL", DEMO_CLUSTER.url("kaosheng") if DEMO_CLUSTER else ""))
}
DEMO_REGISTRATION_DATABASE_URL = env.str(
    "REGISTRATION_DATABASE_URL", DEMO_CLUSTER.url("registration_demo") if DEMO_CLUSTER else ""
)


def _wechat_key(purpose: str) -> bytes:
    """What the stand-in official account and we share, derived from the client's secret on both sides."""
    return hashlib.sha256(f"wechat-{purpose}:{REGISTRATION_CLIENT_SECRET}".encode()).digest()


_ROUTES: dict[str, dict[str, dict[str, Any]]] = {
    "*": {
        "sms": {"transport": DEMO_PHONE},
        "wechat": {
            "transport": "kaosheng.notices.transports.wechat.WechatTemplate",
            "endpoint": f"{REGISTRATION_ISSUER}/wechat",
            "account": "wx-demo",
            "appid": "wx-demo",
            "secret": _wechat_key("secret").hex(),
            "token": _wechat_key("token").hex()[:32],
            "aes_key": base64.b64encode(_wechat_key("aes")).decode().rstrip("="),
            "template": "DEMO-NOTICE first=title remark=text",
        },
    }
}
NOTICE_ROUTES = env.json("NOTICE_ROUTES", default=_ROUTES)

# Somebody trying the demo in the evening wants to read the message now.
NOTICE_QUIET_HOURS = env.bool("NOTICE_QUIET_HOURS", False)

# The demo may switch the second factor off; the log-in page says so.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", False)
