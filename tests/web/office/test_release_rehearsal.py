"""预演 shows what 公布 would, to nobody but those who publish."""

from __future__ import annotations

import pytest

from factories import clients, dossiers, people
from factories.people import Cast
from factories.world import World
from kaosheng.casework.models import Release
from kaosheng.casework.services import releasing
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db


def test_it_counts_names_and_publishes_nothing(here: World, cast: Cast) -> None:
    passed = dossiers.brought_to(here, State.DECIDED, cast=cast)
    failed = dossiers.brought_to(here, State.DECIDED, cast=cast, verdict=Verdict.FAIL)
    late = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    jiang, address = clients.of_staff(cast.jiang), f"/office/releases/{here.intake.pk}/rehearsal/"
    assert jiang.get(address).status_code == 302
    releasing.prepare_release(
        intake=here.intake, staff=people.staff(cast.jiang), late_cases={late.pk: "仍在审核"}
    )
    answer = jiang.get(address)
    page = answer.content.decode()
    assert (answer.context["passed"], answer.context["failed"]) == (1, 1)
    assert passed.registration.number in page
    assert failed.registration.number in page
    assert "试用期不足一年。" in page
    assert "仍在审核" in page
    assert Release.objects.get().published_at is None
    for who in (cast.gao, cast.feng, cast.chen, cast.kong):
        assert clients.of_staff(who).get(address).status_code == 404
