"""Making the messages of a broadcast, chunk by chunk; run twice it tells nobody twice."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaosheng.casework.models import Dossier
from kaosheng.domain.pieces import in_pieces
from kaosheng.notices.models import Mailing
from kaosheng.regions.models import ExamSite, Intake


@app.task(queue="release", retry=RetryStrategy(max_attempts=10, wait=30))
def send_broadcast(*, mailing_id: int) -> None:
    """Queue a message for everybody on the list; a stopped mailing's stay stopped until it goes on."""
    from kaosheng.casework.services import broadcasting, mass  # noqa: PLC0415 - services queue these jobs

    mailing = Mailing.objects.get(pk=mailing_id)
    wanted = mailing.wanted
    found = broadcasting.recipients(
        intake=Intake.objects.get(pk=wanted["intake"]),
        site=ExamSite.objects.filter(pk=wanted["site"]).first(),
        groups=wanted["groups"],
    )

    def variables(_dossier: Dossier, english: bool) -> dict[str, str]:  # noqa: FBT001 - the form letters_to asks for
        return {name: words[1 if english else 0] for name, words in wanted["variables"].items()}

    for chunk in in_pieces(found.order_by("pk").values_list("pk", flat=True), mass.CHUNK):
        mass.tell_chunk(
            chunk,
            template=mailing.template,
            occasion=f"mailing:{mailing.pk}",
            variables=variables,
            mailing=mailing,
        )
    mass.all_queued(mailing)
