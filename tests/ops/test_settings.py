"""The production settings: complete, strict, and refused while something secret is missing."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kaosheng.settings.base import port

KEY = base64.b64encode(bytes(32)).decode()
OF_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "kaosheng.settings.production",
    "SECRET_KEY": "not-a-real-key-but-long-enough-and-with-many-different-letters-0123456789",
    "SERVICE_URL": "https://kaosheng.example.cn/",
    "ALLOWED_HOSTS": "kaosheng.example.cn",
    "TRUSTED_PROXY": "true",
    "DATABASE_URL": "postgresql://kaosheng@/kaosheng?host=/nowhere",
    "FIELD_KEYS": f"2026={KEY},2027={KEY}",
    "FIELD_KEY_ID": "2027",
    "BLIND_INDEX_KEY": KEY,
    "RECEIPT_KEY": KEY,
    "RECEIPT_KEY_ID": "2027",
    "REGISTRATION_ISSUER": "https://registration.example.cn",
    "REGISTRATION_CLIENT_SECRET": "not-a-real-secret",
}
SHOW = """
import json, django
django.setup()
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in %r}))
"""


def run(*command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], env={"PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_production_takes_its_secrets_and_addresses_from_the_environment() -> None:
    names = (
        "FIELD_KEYS",
        "FIELD_KEY_ID",
        "SERVICE_URL",
        "DEBUG",
        "DEMO",
        "STYLEGUIDE",
        "SECOND_FACTOR_REQUIRED",
    )
    shown = run("-c", SHOW % (names,), environment=OF_PRODUCTION)
    assert json.loads(shown.stdout) == {
        "FIELD_KEYS": {"2026": KEY, "2027": KEY},
        "FIELD_KEY_ID": "2027",
        "SERVICE_URL": "https://kaosheng.example.cn",
        "DEBUG": False,
        "DEMO": False,
        "STYLEGUIDE": False,
        "SECOND_FACTOR_REQUIRED": True,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"EMAIL_HOST": "localhost", "EMAIL_PORT": 25, "EMAIL_USE_TLS": False}),
        (
            {"EMAIL_URL": "smtp+tls://exam%40example.cn:secret@mail.example.cn:587"},
            {"EMAIL_HOST": "mail.example.cn", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True},
        ),
    ],
)
def test_the_mail_server_is_the_one_of_its_address(given: dict[str, str], expected: dict[str, Any]) -> None:
    shown = run("-c", SHOW % (tuple(expected),), environment={**OF_PRODUCTION, **given})
    assert json.loads(shown.stdout) == expected


def test_django_finds_nothing_to_warn_about_but_what_concerns_the_whole_domain() -> None:
    checked = run("-m", "kaosheng", "check", "--deploy", environment=OF_PRODUCTION)
    warned = {line.split(")")[0] for line in checked.stderr.splitlines() if line.startswith("?: (")}
    # Subdomains and the browsers' preload list are decisions about other people's sites.
    assert warned == {"?: (security.W005", "?: (security.W021"}, checked.stderr


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "FIELD_KEYS",
        "BLIND_INDEX_KEY",
        "RECEIPT_KEY",
        "REGISTRATION_CLIENT_SECRET",
        "DATABASE_URL",
    ],
)
def test_production_does_not_start_without(name: str) -> None:
    environment = {key: value for key, value in OF_PRODUCTION.items() if key != name}
    refused = run("-m", "kaosheng", "check", environment=environment)
    assert (refused.returncode, refused.stderr) == (1, f"kaosheng: Set the {name} environment variable\n")


@pytest.mark.parametrize("given", ["0", "65536", "70000", "-1", "abc", "", "8e3", " 8000 0", "1" * 5000])
def test_what_is_no_port_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(ImproperlyConfigured, match="PORT takes a port, a number from 1 to 65535, not"):
        port("PORT", 8000)


@pytest.mark.parametrize(("given", "expected"), [("1", 1), ("65535", 65535), (None, 8000)])
def test_a_port_is_what_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, given: str | None, expected: int
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    if given is not None:
        monkeypatch.setenv("PORT", given)
    assert port("PORT", 8000) == expected


def test_the_demo_never_runs_on_the_data_of_an_installation() -> None:
    refused = run("-m", "kaosheng", "demo", environment=OF_PRODUCTION)
    assert (refused.returncode, refused.stderr) == (
        1,
        "CommandError: These are not the demo's settings; the demo never runs on an installation's data.\n",
    )
