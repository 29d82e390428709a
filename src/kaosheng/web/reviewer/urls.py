"""Addresses below /staff/."""

from __future__ import annotations

from django.urls import path

from kaosheng.web.reviewer.views import acting, dossier, home, marking, pictures, queue
from kaosheng.web.reviewer.views.acting import VERBS

app_name = "reviewer"
urlpatterns = [
    path("", home.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/next/", queue.take_next, name="queue-next"),
    path("dossiers/<uuid:dossier_id>/", dossier.page, name="dossier"),
    path("dossiers/<uuid:dossier_id>/take/", marking.take, name="take"),
    path("dossiers/<uuid:dossier_id>/give-back/", marking.give_back, name="give-back"),
    path("dossiers/<uuid:dossier_id>/mark/", marking.mark, name="mark"),
    path("dossiers/<uuid:dossier_id>/clear-mark/", marking.clear_mark, name="clear-mark"),
    *(path(f"dossiers/<uuid:dossier_id>/{verb}/", acting.act, {"verb": verb}, name=verb) for verb in VERBS),
    path("dossiers/<uuid:dossier_id>/pictures/<uuid:picture_id>/", pictures.full, name="picture"),
    path(
        "dossiers/<uuid:dossier_id>/pictures/<uuid:picture_id>/thumbnail/",
        pictures.thumbnail,
        name="thumbnail",
    ),
    path("dossiers/<uuid:dossier_id>/samples/<str:kind>/", pictures.sample, name="sample"),
]
