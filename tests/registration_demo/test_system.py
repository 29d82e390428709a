"""The system as a whole: migrations in step, and nothing of the service in it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
from allauth.idp.oidc.models import Client
from django.core.management import call_command
from pytest_django import Settings

import registration_demo

PACKAGE = Path(registration_demo.__file__).parent


@pytest.mark.usefixtures("db")
def test_the_migrations_describe_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nothing_of_the_service_is_imported() -> None:
    imported = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert "django" in imported
    assert "kaosheng" not in imported


@pytest.mark.usefixtures("people")
def test_a_start_with_another_address_of_the_service_is_enough(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The module sets it; monkeypatch puts the tests' own value back.
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "registration_demo.settings_test")
    settings.SERVICE_URL = "http://localhost:8123"
    settings.CLIENT_SECRET = "another-secret"
    importlib.import_module("registration_demo.wsgi")
    client = Client.objects.get(id=settings.CLIENT_ID)
    assert client.get_redirect_uris() == ["http://localhost:8123/oidc/callback/"]
    assert client.get_post_logout_redirect_uris() == ["http://localhost:8123/"]
    assert client.check_secret("another-secret")
