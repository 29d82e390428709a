"""Pages that write to the trail alone do so where nothing has opened a transaction for them."""

from __future__ import annotations

import pytest

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.sign_in import record_failure
from kaosheng.audit.models import AuditEvent
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def events(name: str) -> int:
    return AuditEvent.objects.filter(name=name).count()


def test_opening_a_dossier_and_one_picture_of_another(here: World, cast: Cast) -> None:
    dossier, other = (dossiers.brought_to(here, State.AT_SITE, cast=cast) for _ in range(2))
    picture = other.pictures.all()[0]
    reviewer = clients.of_staff(cast.chen)
    assert events("staff:logged_in") == 1
    assert reviewer.get(f"/staff/dossiers/{dossier.pk}/").status_code == 200
    assert reviewer.get(f"/staff/dossiers/{other.pk}/pictures/{picture.pk}/").status_code == 200
    assert events("dossier:viewed") == 2


def test_searching_and_exporting_the_trail(cast: Cast) -> None:
    auditor = clients.of_staff(cast.auditor)
    assert auditor.get("/office/audit/", {"actor": "x"}).status_code == 200
    assert auditor.post("/office/audit/export/", {"reason": "样本"}).status_code == 200
    assert (events("audit:searched"), events("audit:exported")) == (1, 1)


def test_a_log_in_that_fails() -> None:
    record_failure(username="nobody", why="password")
    assert events("staff:login_failed") == 1
