"""Writing down which pictures two candidates use, for the lists that show and filter it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.twins import newly_shared


@app.task(queue="objects", retry=RetryStrategy(max_attempts=5, wait=10))
def note_twins(*, dossier_id: str) -> None:
    """After a submission: mark the pictures it shares, on both sides.

    Behind the submission, not in it: of two that come at the same moment the second job sees both, and
    no submission waits for another candidate's rows.
    """
    with transaction.atomic():
        found = newly_shared(Dossier.objects.get(pk=UUID(dossier_id)))
        # In one order, so that two of these jobs don't wait for each other.
        locked = found.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
        Picture.objects.filter(pk__in=list(locked)).update(is_shared=True)
