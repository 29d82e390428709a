"""A candidate page that is read while a registration change lands shows either moment, never half of each."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections

from factories import World, clients, dossiers
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries import candidate_rows
from kaosheng.casework.queries.candidate import CandidateView, candidate_view
from kaosheng.casework.queries.candidate_story import Event
from kaosheng.web.candidate import frame

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_read_while_a_change_lands_shows_one_moment(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_during_a_change(here, monkeypatch) == (False, False)


def test_twin_without_the_snapshot_the_change_is_told_beside_the_old_list(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "snapshot", nullcontext)
    assert read_during_a_change(here, monkeypatch) == (True, False)


def read_during_a_change(here: World, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, bool]:
    """Whether the page tells of the change that landed between its reads, and whether its list follows it."""
    dossier = dossiers.register(here)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    views: list[CandidateView] = []
    read = candidate_rows._found

    def change() -> None:
        dossiers.change_registration(dossier, here, degree=False)
        connections.close_all()

    def read_after_the_change(dossier_id: UUID) -> candidate_rows.Row:
        if not Dossier.objects.filter(pk=dossier_id, revision__gt=0).exists():
            thread = threading.Thread(target=change)
            thread.start()
            thread.join()
        return read(dossier_id)

    def kept(of: Dossier, *, now: datetime) -> CandidateView:
        views.append(candidate_view(of, now=now))
        return views[-1]

    monkeypatch.setattr(candidate_rows, "_found", read_after_the_change)
    monkeypatch.setattr(frame, "candidate_view", kept)
    assert client.get(f"/dossiers/{dossier.pk}/").status_code == 200
    assert dossiers.again(dossier).revision == 1
    (view,) = views
    told = Event.CHANGED in {line.event for line in view.told}
    return told, view.kind("M04").item.effect.value != "required"  # type: ignore[union-attr]
