"""How long the server works on a candidate's page with 30 pictures: the whole stack in one process, no network."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any, Final

from system import CHECKOUT, Results
from table import print_table

PICTURES: Final = 30
KIND: Final = "M99"
"""The kind with room for so many."""
WARM_UP: Final = 20
REQUESTS: Final = 300
ROUNDS: Final = 3


def rows() -> list[Results]:
    """Ask for the page again and again in an empty database; wall-clock and processor time, median of each round."""
    client, address = _page()
    for _ in range(WARM_UP):
        client.get(address)
    rounds = [_round(client, address) for _ in range(ROUNDS)]
    walls, cpus = [wall for wall, _ in rounds], [cpu for _, cpu in rounds]
    return [
        _result("candidate_page_p50_ms", walls),
        _result("candidate_page_cpu_p50_ms", cpus, against=walls),
    ]


def _page() -> tuple[Any, str]:
    sys.path.append(str(CHECKOUT / "tests"))
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    from factories import clients, dossiers, pictures, world  # noqa: PLC0415 - the same
    from kaosheng.casework.services.actors import of_candidate  # noqa: PLC0415 - the same
    from kaosheng.casework.services.pictures import add_picture  # noqa: PLC0415 - the same

    settings.ALLOWED_HOSTS = ["testserver"]
    dossier = dossiers.register(world())
    candidate = dossiers.candidate_of(dossier)
    for number in range(PICTURES):
        add_picture(
            dossier_id=dossier.pk,
            actor=of_candidate(candidate),
            kind=KIND,
            position=number + 1,
            data=pictures.jpeg(number),
            idempotency_key=f"bench-{number}",
        )
    client = clients.of_candidate(candidate)
    address = f"/dossiers/{dossier.pk}/"
    first = client.get(address)
    if first.status_code != 200 or first.content.count(b'class="slot__picture"') != PICTURES:  # noqa: PLR2004 - OK
        raise SystemExit(f"the page doesn't show {PICTURES} pictures: {first.status_code}")
    return client, address


def _round(client: Any, address: str) -> tuple[float, float]:
    walls, cpus = [], []
    for _ in range(REQUESTS):
        wall, cpu = time.perf_counter(), time.process_time()
        client.get(address)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def _result(name: str, values: list[float], against: list[float] | None = None) -> Results:
    value = statistics.median(values)
    other = statistics.median(against) if against else None
    return Results(
        name=name,
        value=value,
        unit="ms",
        against=other,
        ratio=value / other if other else None,
        runs=ROUNDS * REQUESTS,
        min=min(values),
        max=max(values),
    )


def main() -> None:
    """Measure this alone."""
    from system import prepared  # noqa: PLC0415 - the same

    with prepared():
        print_table(rows())


if __name__ == "__main__":
    main()
