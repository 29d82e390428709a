"""Releasing 50,000 results: from the press of the button until every message and report stands in its queue.

`python bench/release.py [COUNT]` prints these rows alone.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import Final

from system import CHECKOUT, Results
from table import print_table

COUNT: Final = 50_000


def rows(count: int = COUNT) -> list[Results]:
    """Decide one dossier, copy it with its history, release all; once, for a release can't be repeated.

    Raises SystemExit unless everybody's verdict was reported and everybody gets a message.
    """
    sys.path.append(str(CHECKOUT / "tests"))
    from factories import copies, dossiers, people, world  # noqa: PLC0415 - Django must be set up first
    from kaosheng.casework.jobs.release import announce_release  # noqa: PLC0415 - the same
    from kaosheng.casework.services import releasing  # noqa: PLC0415
    from kaosheng.domain.states import State  # noqa: PLC0415
    from kaosheng.notices.models import Message  # noqa: PLC0415

    place = world()
    cast = people.cast(place)
    decided = dossiers.brought_to(place, State.DECIDED, cast=cast)
    copies.of_decided(decided, count - 1)
    staff = people.staff(cast.jiang)
    Message.objects.all().delete()
    begun = time.perf_counter()
    prepared = releasing.prepare_release(intake=place.intake, staff=staff, late_cases={})
    attached = time.perf_counter()
    published = releasing.publish_release(release=prepared, staff=staff, counted=count)
    visible = time.perf_counter()
    announce_release(release_id=published.pk)
    queued = time.perf_counter()
    _require_all_told(count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {count} results: attached {attached - begun:.1f} s before; peak memory {peak:.0f} MB")
    return [
        Results.over(f"release_{count}_visible_s", "s", [visible - attached]),
        Results.over(f"release_{count}_s", "s", [queued - attached]),
    ]


def _require_all_told(count: int) -> None:
    from kaosheng.casework.models import StatusPush  # noqa: PLC0415 - Django must be set up first
    from kaosheng.domain.visibility import VisibleState  # noqa: PLC0415 - the same
    from kaosheng.notices.models import Mailing, Notice  # noqa: PLC0415

    found = {
        "messages": Mailing.objects.get().messages.count(),
        "notices": Notice.objects.filter(state=Notice.State.QUEUED).count(),
        "verdicts reported": StatusPush.objects.filter(status=VisibleState.PASSED).count(),
    }
    if set(found.values()) != {count}:
        raise SystemExit(f"{count} released, but there are {found}")


def main() -> None:
    """Print the rows alone."""
    from system import prepared  # noqa: PLC0415

    with prepared():
        print_table(rows(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))


if __name__ == "__main__":
    main()
