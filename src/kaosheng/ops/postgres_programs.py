"""PostgreSQL's own programs, run against the database of this installation."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection

from kaosheng.ops.embedded_postgres import DatabaseError, packaged_programs


def start_program(name: str, *arguments: str, **streams: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start `pg_dump` or the like; the database's password goes by the environment, where no list of processes shows it.

    Raises DatabaseError when the program isn't there.
    """
    address = connection.get_connection_params()
    environment = {
        "PGHOST": address.get("host"),
        "PGPORT": address.get("port"),
        "PGUSER": address.get("user"),
        "PGPASSWORD": address.get("password"),
        "PGDATABASE": address["dbname"],
    }
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, **streams, "stderr": subprocess.PIPE}
    return subprocess.Popen(  # noqa: S603 - our own programs and arguments
        [str(_program(name)), *arguments],
        env=os.environ | {key: str(value) for key, value in environment.items() if value},
        **pipes,
    )


def require_success(process: subprocess.Popen[bytes], name: str) -> None:
    """Wait for its end. Raises DatabaseError with what it said last."""
    _, said = process.communicate()
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip()
        raise DatabaseError(f"{name} failed: {lines[-600:]}")


def _program(name: str) -> Path:
    """Where POSTGRESQL_PROGRAMS says, else with the embedded PostgreSQL, else on the path."""
    folder = settings.POSTGRESQL_PROGRAMS or packaged_programs()
    found = Path(folder) / name if folder else shutil.which(name)
    if found is None or not Path(found).is_file():
        raise DatabaseError(
            f"{name} isn't here: install PostgreSQL's client programs or set POSTGRESQL_PROGRAMS."
        )
    return Path(found)
