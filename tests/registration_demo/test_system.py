"""The system as a whole: migrations in step, and nothing of the service in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.core.management import call_command

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
