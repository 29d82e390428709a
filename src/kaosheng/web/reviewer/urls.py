"""Addresses below /staff/."""

from __future__ import annotations

from django.urls import path

from kaosheng.web.reviewer.verbs import VERBS
from kaosheng.web.reviewer.views import (
    acting,
    bulk,
    dossier,
    handing,
    home,
    marking,
    messages,
    pictures,
    queue,
)

app_name = "reviewer"
urlpatterns = [
    path("", home.home, name="home"),
    path("keys/", home.switch_keys, name="keys"),
    path("queue/", queue.queue, name="queue"),
    path("queue/next/", queue.take_next, name="queue-next"),
    path("bulk/", bulk.begin, name="bulk-begin"),
    path("bulk/<int:run_id>/", bulk.run, name="bulk"),
    path("bulk/<int:run_id>/resume/", bulk.resume, name="bulk-resume"),
    path("bulk/<int:run_id>/confirm/", bulk.confirm, name="bulk-confirm"),
    path("hand-over/", handing.hand_over, name="hand-over"),
    path("hand-over/conflicts/<int:declared_id>/", handing.withdraw_conflict, name="conflict-withdraw"),
    path("queue/reserve/", queue.reserve, name="queue-reserve"),
    path("dossiers/<uuid:dossier_id>/", dossier.page, name="dossier"),
    path("dossiers/<uuid:dossier_id>/messages/", messages.messages, name="messages"),
    path("dossiers/<uuid:dossier_id>/take/", marking.take, name="take"),
    path("dossiers/<uuid:dossier_id>/open/", marking.open_ahead, name="open-ahead"),
    path("dossiers/<uuid:dossier_id>/renew/", marking.renew, name="renew"),
    path("dossiers/<uuid:dossier_id>/give-back/", marking.give_back, name="give-back"),
    path("dossiers/<uuid:dossier_id>/mark/", marking.mark, name="mark"),
    path("dossiers/<uuid:dossier_id>/accept-rest/", marking.accept_rest, name="accept-rest"),
    path("dossiers/<uuid:dossier_id>/clear-mark/", marking.clear_mark, name="clear-mark"),
    path("dossiers/<uuid:dossier_id>/note/", marking.note, name="note"),
    path("dossiers/<uuid:dossier_id>/arrived/", acting.arrived, name="arrived"),
    path("dossiers/<uuid:dossier_id>/end-hold/", marking.end_hold, name="end-hold"),
    *(path(f"dossiers/<uuid:dossier_id>/{verb}/", acting.act, {"verb": verb}, name=verb) for verb in VERBS),
    path("dossiers/<uuid:dossier_id>/pictures/<uuid:picture_id>/", pictures.full, name="picture"),
    path(
        "dossiers/<uuid:dossier_id>/pictures/<uuid:picture_id>/thumbnail/",
        pictures.thumbnail,
        name="thumbnail",
    ),
    path("dossiers/<uuid:dossier_id>/samples/<str:kind>/", pictures.sample, name="sample"),
]
