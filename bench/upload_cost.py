"""What one upload by the API costs in one process: statements, and processor time of Python and of PostgreSQL apart."""

from __future__ import annotations

import sys
import time
from typing import Any, Final

from system import CHECKOUT, Results, cpu_seconds
from table import print_table

WARM_UP: Final = 60
ROUNDS: Final = 3
UPLOADS: Final = 80
PICTURES_EACH: Final = 10


def rows() -> list[Results]:
    """Send pictures one after another; the mean of each round, for a tick of the kernel's clock is longer than an upload."""
    sys.path.append(str(CHECKOUT / "tests"))
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    settings.ALLOWED_HOSTS = ["testserver"]
    senders = _senders(WARM_UP + ROUNDS * UPLOADS)
    for client, form in senders[:WARM_UP]:
        _send(client, form)
    rounds = [
        _round(senders[WARM_UP + number * UPLOADS : WARM_UP + (number + 1) * UPLOADS])
        for number in range(ROUNDS)
    ]
    names = (("upload_statements", "1"), ("upload_python_cpu_ms", "ms"), ("upload_postgresql_cpu_ms", "ms"))
    return [
        Results.over(name, unit, values, runs=ROUNDS * UPLOADS)
        for (name, unit), values in zip(names, zip(*rounds, strict=True), strict=True)
    ]


def _senders(count: int) -> list[tuple[Any, dict[str, Any]]]:
    from factories import clients, dossiers, pictures, world  # noqa: PLC0415 - as in rows()

    place, made = world(), []
    for number in range(count):
        if number % PICTURES_EACH == 0:
            dossier = dossiers.register(place)
            client = clients.of_candidate(dossiers.candidate_of(dossier))
        form = {
            "kind": "M99",
            "picture": pictures.jpeg(number),
            "address": f"/api/dossiers/{dossier.pk}/pictures/",
        }
        made.append((client, form))
    return made


def _send(client: Any, form: dict[str, Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415 - as in rows()

    picture = SimpleUploadedFile("scan.jpg", form["picture"], "image/jpeg")
    answer = client.post(form["address"], {"kind": form["kind"], "picture": picture})
    if answer.status_code != 201:  # noqa: PLR2004 - Created
        raise SystemExit(f"an upload was answered {answer.status_code}: {answer.content[:200]!r}")


def _round(senders: list[tuple[Any, dict[str, Any]]]) -> tuple[float, float, float]:
    from django.db import connection  # noqa: PLC0415 - as in rows()
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as in rows()

    with CaptureQueriesContext(connection) as seen:
        _send(*senders[0])
    statements = float(len(seen))  # the next request empties the log
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    postgresql, python = cpu_seconds(backend), time.process_time()
    for client, form in senders[1:]:
        _send(client, form)
    sent = len(senders) - 1
    return (
        statements,
        (time.process_time() - python) / sent * 1000,
        (cpu_seconds(backend) - postgresql) / sent * 1000,
    )


def main() -> None:
    """Measure this alone."""
    from system import prepared  # noqa: PLC0415 - the same

    with prepared():
        print_table(rows())


if __name__ == "__main__":
    main()
