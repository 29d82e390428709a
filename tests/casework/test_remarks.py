"""What candidates read never names a member of staff, whoever writes it and wherever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from factories import World, dossiers
from factories.people import Cast, actor
from factories.refusals import refused
from kaosheng.accounts.models import User
from kaosheng.casework.models import Dossier, Mark
from kaosheng.casework.services import deciding, reviewing
from kaosheng.casework.services.reviewing import Note
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db


def marking(dossier: Dossier, by: User, text: str) -> Callable[[], object]:
    note = Note(kind="M99", verdict=Mark.Verdict.MISSING, text=text)
    return lambda: reviewing.set_mark(
        dossier_id=dossier.pk, actor=actor(by), seen_revision=dossier.revision, note=note
    )


def proposing(dossier: Dossier, by: User, text: str) -> Callable[[], object]:
    return lambda: deciding.propose(
        dossier_id=dossier.pk,
        actor=actor(by),
        seen_revision=dossier.revision,
        verdict=Verdict.FAIL,
        opinion=text,
    )


def test_no_name_of_the_house_reaches_a_candidate(here: World, house: Cast) -> None:
    User.objects.filter(pk=house.chen.pk).update(name="韩立群（样本）")
    User.objects.filter(pk=house.he.pk).update(name="孟庆岚")
    at_site = dossiers.take(
        dossiers.brought_to(here, State.AT_SITE, cast=house, name="欧阳立"), house.chen_two
    )
    at_area = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    for attempt in (
        marking(at_site, house.chen_two, "请打电话找韩立群老师"),
        marking(at_site, house.chen_two, "孟庆岚认为章不清楚"),
        proposing(at_area, house.gao, "孟庆岚核实过，不符合条件"),
    ):
        with refused("remark_names_staff"):
            attempt()
    assert not Mark.objects.filter(dossier=at_site).exists()
    marking(at_site, house.chen_two, "请欧阳立本人签字")()


def test_a_candidate_who_bears_the_same_name_may_be_named(here: World, house: Cast) -> None:
    User.objects.filter(pk=house.chen.pk).update(name="王芳")
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house, name="王芳"), house.chen)
    marking(dossier, house.chen, "签名与王芳不符")()
