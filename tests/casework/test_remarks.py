"""What candidates read never names a member of staff, whoever writes it and wherever."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from factories import World, dossiers
from factories.people import Cast, actor, staff
from factories.refusals import refused
from kaosheng.accounts.models import User
from kaosheng.casework.models import Dossier, Mark
from kaosheng.casework.services import deciding, doubting, rechecking, reviewing
from kaosheng.casework.services.remarks import keep_area_reasons, reasons_now
from kaosheng.casework.services.reviewing import Note
from kaosheng.catalogue.models import AreaReason
from kaosheng.catalogue.reasons import Reason, reasons_digest
from kaosheng.domain.states import State, Verdict

pytestmark = pytest.mark.django_db

Say = Callable[[str], object]
"""Says these words to the candidate."""


def marking(dossier: Dossier, by: User) -> Say:
    def say(text: str) -> object:
        note = Note(kind="M99", verdict=Mark.Verdict.MISSING, text=text)
        return reviewing.set_mark(
            dossier_id=dossier.pk, actor=actor(by), seen_revision=dossier.revision, note=note
        )

    return say


def mark(here: World, house: Cast) -> Say:
    at_site = dossiers.brought_to(here, State.AT_SITE, cast=house)
    return marking(dossiers.take(at_site, house.chen_two), house.chen_two)


def _seen(dossier: Dossier, by: User) -> dict[str, object]:
    return {"dossier_id": dossier.pk, "actor": actor(by), "seen_revision": dossier.revision}


def pass_(here: World, house: Cast) -> Say:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    return lambda text: deciding.decide_pass(**_seen(dossier, house.gao), opinion=text)  # type: ignore[arg-type]


def propose(here: World, house: Cast) -> Say:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    seen = _seen(dossier, house.gao)
    return lambda text: deciding.propose(**seen, verdict=Verdict.FAIL, opinion=text)  # type: ignore[arg-type]


def correct(here: World, house: Cast) -> Say:
    dossier = dossiers.brought_to(here, "released", cast=house)
    seen = _seen(dossier, house.jiang)
    return lambda text: deciding.propose_correction(**seen, verdict=Verdict.FAIL, opinion=text)  # type: ignore[arg-type]


def uphold(here: World, house: Cast) -> Say:
    dossier = dossiers.brought_to(here, "released", cast=house)
    rechecking.ask_recheck(dossier_id=dossier.pk, actor=dossiers.owner(dossier), reason="请复核")
    seen = _seen(dossiers.again(dossier), house.jiang)
    return lambda text: rechecking.uphold(**seen, reason=text)  # type: ignore[arg-type]


def doubt(here: World, house: Cast) -> Say:
    dossier = dossiers.register(here)
    doubting.tell_doubt(dossier_id=dossier.pk, actor=dossiers.owner(dossier), text="单位有误")
    answer = partial(
        doubting.answer_doubt,
        dossier_id=dossier.pk,
        actor=actor(house.feng),
        told_at=dossiers.again(dossier).doubt.told_at.isoformat(),
    )
    return lambda text: answer(text=text)


def reason_of_the_area(here: World, house: Cast) -> Say:
    return lambda text: keep(here, house.jiang, Reason("own1", text, ""))


def reason_in_english(here: World, house: Cast) -> Say:
    return lambda text: keep(here, house.jiang, Reason("own1", "请重拍", text))


def keep(here: World, by: User, *reasons: Reason) -> None:
    seen = reasons_digest(reasons_now(area_id=here.area.pk, kind="M01"))
    keep_area_reasons(staff=staff(by), area=here.area, kind="M01", seen=seen, reasons=reasons)


WAYS = (mark, pass_, propose, correct, uphold, doubt, reason_of_the_area, reason_in_english)


@pytest.mark.parametrize("way", WAYS)
def test_no_name_of_the_house_reaches_a_candidate(
    here: World, house: Cast, way: Callable[[World, Cast], Say]
) -> None:
    User.objects.filter(pk=house.chen.pk).update(name="韩立群（样本）")
    User.objects.filter(pk=house.he.pk).update(name="孟庆岚")
    User.objects.filter(pk=house.kong.pk).update(name="别处人")
    say = way(here, house)
    for text in ("请打电话找韩立群老师", "孟庆岚认为章不清楚", "请找孟 庆　岚", "韩立\n群核实过"):
        with refused("remark_names_staff"):
            say(text)
    say("请到窗口说明，别处人不管")


def test_a_sentence_with_a_name_is_not_kept(here: World, house: Cast) -> None:
    User.objects.filter(pk=house.he.pk).update(name="孟庆岚")
    reasons = [Reason("own1", "请重拍", ""), Reason("own2", "孟庆岚要求重拍", "")]
    with refused("remark_names_staff"):
        keep(here, house.jiang, *reasons)
    assert not AreaReason.objects.exists()
    with refused("not_found"):
        keep(here, house.feng, reasons[0])


def test_a_candidate_who_bears_the_same_name_may_be_named(here: World, house: Cast) -> None:
    User.objects.filter(pk=house.chen.pk).update(name="王芳")
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house, name="王 芳")
    marking(dossiers.take(dossier, house.chen), house.chen)("签名与王芳不符")


def test_a_name_of_two_characters_may_be_a_word_of_the_catalogue(here: World, house: Cast) -> None:
    """许可 stands in 医疗机构执业许可证; 高兴 in no catalogue."""
    say = mark(here, house)
    User.objects.filter(pk=house.he.pk).update(name="许可")
    say("请补充执业许可证副本")
    User.objects.filter(pk=house.hu.pk).update(name="高兴")
    for text in ("许可老师要求补充", "请找许 可 主任", "高兴要求补充"):
        with refused("remark_names_staff"):
            say(text)
    User.objects.filter(pk=house.he.pk).update(name="许可证")
    with refused("remark_names_staff"):
        say("请补充执业许可证副本")
