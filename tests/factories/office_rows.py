"""One more row in each list of the office, made by the services that make it in life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from factories import dossiers, people
from kaosheng.casework.services import counter
from kaosheng.casework.services.doubting import answer_doubt, tell_doubt
from kaosheng.casework.services.rechecking import ask_recheck, uphold
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State, Verdict
from kaosheng.notices.life import give_up
from kaosheng.notices.models import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from factories.people import Cast
    from factories.world import World
    from kaosheng.casework.models import Dossier


def other_site(here: World, house: Cast) -> tuple[World, Cast]:
    """The same world from its other site, with a manager of its own."""
    there = replace(here, site=here.other_site, other_site=here.site)
    manager = people.staff_account(Role.SITE_MANAGER, site=there.site, name="唐")
    return there, replace(house, chen=house.deng, feng=manager)


def other_area(here: World) -> tuple[World, Cast]:
    """The other 考区 with a whole staff of its own."""
    there = replace(here, area=here.other_area, site=here.foreign_site, intake=here.foreign_intake)
    return there, people.cast(there)


def unreached(here: World, house: Cast, *, reason: str = "空号", **changes: Any) -> Dossier:
    """A candidate whom the message about his submission reached by no way."""
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house, **changes)
    for notice in Notice.objects.filter(message__about=f"dossier:{dossier.pk}"):
        give_up(notice_id=notice.pk, reason=reason, now=timezone.now())
    return dossier


def recheck(here: World, house: Cast, *, reason: str = "第二页有印章。", **changes: Any) -> Dossier:
    """A refused candidate who asks for 复核."""
    dossier = dossiers.brought_to(here, "released", cast=house, verdict=Verdict.FAIL, **changes)
    ask_recheck(dossier_id=dossier.pk, actor=dossiers.owner(dossier), reason=reason)
    return dossiers.again(dossier)


def doubt(here: World, _house: Cast, *, reason: str = "毕业年份应为2019年。", **changes: Any) -> Dossier:
    """A candidate who says that his registration is wrong."""
    dossier = dossiers.register(here, **changes)
    tell_doubt(dossier_id=dossier.pk, actor=dossiers.owner(dossier), text=reason)
    return dossier


def extension(here: World, house: Cast, *, reason: str = "住院治疗", **changes: Any) -> Dossier:
    """A draft for which its 考点 asks for more time."""
    dossier = dossiers.register(here, **changes)
    counter.request_extension(
        dossier_id=dossier.pk,
        actor=people.actor(house.feng),
        until=timezone.now() + timedelta(days=30),
        reason=reason,
    )
    return dossier


def blocker(here: World, house: Cast, *, reason: str = "", **changes: Any) -> Dossier:
    """A dossier that stops a release, here a 不通过 somebody proposed."""
    del reason
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house, **changes)
    return dossiers.propose(dossier, house.gao)


def answered(name: str, dossier: Dossier, house: Cast) -> None:
    """Answer the row of this list."""
    if name == "rechecks":
        seen = dossiers.again(dossier).revision
        uphold(
            dossier_id=dossier.pk, actor=people.actor(house.jiang), seen_revision=seen, reason="印章不符。"
        )
    elif name == "doubts":
        told_at = dossiers.again(dossier).doubt.told_at.isoformat()
        answer_doubt(
            dossier_id=dossier.pk,
            actor=people.actor(house.feng),
            text="请先在报名系统更正。",
            told_at=told_at,
        )
    else:
        counter.refuse_extension(dossier_id=dossier.pk, actor=people.actor(house.jiang))


MAKE: Final[dict[str, Callable[..., Dossier]]] = {
    "unreached": unreached,
    "rechecks": recheck,
    "doubts": doubt,
    "extensions": extension,
    "blockers": blocker,
}
"""By the list's name in addresses."""
