"""Telling everybody whose outcome just became visible."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import Release, SiteReview, Step
from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.states import Action
from kaosheng.domain.visibility import VisibleState

_RETRY = RetryStrategy(max_attempts=10, wait=30)


@app.task(queue="release", retry=_RETRY)
def announce_release(*, release_id: int) -> None:
    """Reports and messages for a published release; running it twice tells nobody twice."""
    release = Release.objects.select_related("intake__area").get(pk=release_id)
    ids = release.dossiers.order_by("pk").values_list("pk", flat=True)
    _announce(
        list(ids), template="result_released", occasion=f"release:{release_id}", area=release.intake.area.code
    )


@app.task(queue="release", retry=_RETRY)
def announce_closing(*, site_review_id: int) -> None:
    """Reports for everybody the closed site had forwarded; only those newly shown 考点通过 are told.

    Told once in a dossier's life: a site that closes again has nothing new for those who knew.
    """
    review = SiteReview.objects.select_related("site__area").get(pk=site_review_id)
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
    _announce(
        list(ids),
        template="site_passed",
        occasion="once",
        only=VisibleState.SITE_PASSED,
        about=f"closing:{site_review_id}",
        area=review.site.area.code,
        site=review.site.code,
    )


def _announce(
    ids: list[UUID],
    *,
    template: str,
    occasion: str,
    area: str,
    site: str = "",
    about: str = "",
    only: VisibleState | None = None,
) -> None:
    from kaosheng.casework.services import mass  # noqa: PLC0415 - services queue these jobs

    mailing = mass.mailing_of(
        about=about or occasion, template=template, area=area, site=site, expected=len(ids)
    )
    for chunk in in_pieces(ids, mass.CHUNK):
        mass.announce_chunk(chunk, template=template, occasion=occasion, only=only, mailing=mailing)
    mass.all_queued(mailing)
