"""Telling everybody whose outcome just became visible."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import Release, SiteReview, Step
from kaosheng.domain.states import Action

_RETRY = RetryStrategy(max_attempts=10, wait=30)


@app.task(queue="release", retry=_RETRY)
def announce_release(*, release_id: int) -> None:
    """Reports and messages for a published release; running it twice tells nobody twice."""
    ids = Release.objects.get(pk=release_id).dossiers.order_by("pk").values_list("pk", flat=True)
    _announce(ids, message="result_released", occasion=f"release:{release_id}")


@app.task(queue="release", retry=_RETRY)
def announce_closing(*, site_review_id: int) -> None:
    """Reports for everybody the closed site had forwarded; only those newly shown 考点通过 differ."""
    review = SiteReview.objects.select_related("site").get(pk=site_review_id)
    ids = (
        Step.objects.filter(
            action=Action.FORWARD,
            site_code=review.site.code,
            dossier__intake=review.intake_id,
            at__lte=review.closed_at,
        )
        .order_by("dossier_id")
        .distinct("dossier_id")
        .values_list("dossier_id", flat=True)
    )
    _announce(ids, message="", occasion="")


def _announce(ids: Iterable[UUID], *, message: str, occasion: str) -> None:
    from kaosheng.casework.services.announcing import announce_visible_change, tell_candidate  # noqa: PLC0415 - services queue these jobs
    from kaosheng.casework.services.write_path import open_case  # noqa: PLC0415 - services queue these jobs

    for dossier_id in ids:
        with open_case(dossier_id) as case:
            announce_visible_change(case)
            if message:
                tell_candidate(case, message, occasion=occasion)
