"""How long a reason may be: too long a one is refused with the limit, and its words stay in their field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.casework.models import Conflict, Dossier, ExtensionRequest, Hold
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db
LONGEST = "长" * REASON_LENGTH
TOO_LONG = LONGEST + "了"
SENTENCE = "最多 200 个字，收到 201 个字"


VERBS = ("hold", "conflict", "request-extension", "extend")


def _ready(verb: str, here: World, cast: Cast) -> tuple[str, Any, dict[str, Any]]:
    """The address of a verb, a client who may press it, and what its form holds besides the reason."""
    if verb in {"hold", "conflict"}:
        dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=cast), cast.chen)
        who, more = cast.chen, {}
    else:
        dossier = dossiers.brought_to(here, State.RETURNED, cast=cast)
        who = cast.feng if verb == "request-extension" else cast.jiang
        more = {"until": (timezone.localdate() + timedelta(days=30)).isoformat()}
    given = {"revision": dossier.revision, **more}
    return f"/staff/dossiers/{dossier.pk}/{verb}/", clients.of_staff(who), given


@pytest.mark.parametrize("verb", VERBS)
def test_a_reason_too_long_is_refused_with_its_limit_and_stays(verb: str, here: World, cast: Cast) -> None:
    address, client, given = _ready(verb, here, cast)
    for headers in ({}, {"X-Workbench": "1"}):
        answer = client.post(address, {**given, "reason": TOO_LONG}, headers=headers)
        assert answer.status_code == 422
        assert SENTENCE in answer.content.decode()
        assert headers or TOO_LONG in answer.content.decode()
    assert not any(model.objects.exists() for model in (Hold, Conflict, ExtensionRequest))
    assert client.post(address, {**given, "reason": LONGEST}).status_code == 302


def test_a_script_is_told_the_limit_of_longer_words_too(here: World, cast: Cast) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=cast), cast.gao)
    client, address = clients.of_staff(cast.gao), f"/staff/dossiers/{dossier.pk}/send-back/"
    given = {"revision": dossier.revision, "reason": "长" * 1001}
    answer = client.post(address, given, headers={"X-Workbench": "1"})
    assert answer.status_code == 422
    assert "最多 1000 个字，收到 1001 个字" in answer.content.decode()
    answer = client.post(address, {**given, "reason": " "}, headers={"X-Workbench": "1"})
    assert "请填写理由" in answer.content.decode()


def test_withdrawing_a_conflict_keeps_words_that_are_too_long(here: World, cast: Cast) -> None:
    waiting: Dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    chen = clients.of_staff(cast.chen)
    chen.post(f"/staff/dossiers/{waiting.pk}/conflict/", {"revision": waiting.revision, "reason": "亲属"})
    declared = Conflict.objects.get()
    manager = clients.of_staff(cast.feng)
    address = f"/staff/hand-over/conflicts/{declared.pk}/"
    answer = manager.post(address, {"reason": TOO_LONG})
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert f'value="{TOO_LONG}"' in answer.content.decode()
    assert manager.post(address, {"reason": LONGEST}).status_code == 302
    declared.refresh_from_db()
    assert declared.withdrawn_reason == LONGEST


def test_reasons_of_late_cases_are_not_cut_silently(here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    late = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    manager = clients.of_staff(cast.jiang)
    address = f"/office/releases/{here.intake.pk}/prepare/"
    answer = manager.post(address, {f"late-{late.pk}": TOO_LONG})
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert f'value="{TOO_LONG}"' in answer.content.decode()
    assert manager.post(address, {f"late-{late.pk}": LONGEST}).status_code == 302
