"""Where backups lie and where they are restored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage

from kaosheng.ops.backup import Backup, make_backup

FINGERPRINT = """
import hashlib, json
from django.apps import apps
from django.core import serializers
tables = {}
for model in apps.get_models(include_auto_created=True):
    rows = sorted(serializers.serialize("jsonl", model.objects.all()).splitlines())
    tables[model._meta.label] = (len(rows), hashlib.sha256("\\n".join(rows).encode()).hexdigest())
print(json.dumps(tables))
"""


@dataclass(frozen=True)
class Place:
    """An empty database and an empty store."""

    environment: dict[str, str]
    store: Path

    def kaosheng(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "kaosheng", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr if fails else done.stdout

    def fingerprint(self) -> Any:
        return json.loads(self.kaosheng("shell", "--no-imports", "-c", FINGERPRINT).splitlines()[-1])


@dataclass(frozen=True)
class Safe:
    """A folder of backups and the keys it is for."""

    folder: Path
    identity: Path

    @property
    def recipients(self) -> list[str]:
        """The public halves of all keys in the file."""
        lines = self.identity.read_text().splitlines()
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if not line.startswith("#")]
        return [str(key.to_public()) for key in keys]

    @property
    def restore(self) -> tuple[str, ...]:
        """The command that restores its newest backup."""
        return "restore", str(self.folder), "--identity", str(self.identity)

    def make(self) -> Backup:
        return make_backup(self.folder, self.recipients)


def drawn_key() -> str:
    return str(pyrage.x25519.Identity.generate())


def key_file(path: Path, *keys: str) -> Path:
    path.write_text("# a test's key\n" + "".join(f"{key}\n" for key in keys))
    return path
