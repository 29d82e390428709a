"""A manager asks, the 系统管理员 makes the account, the 安全管理员 grants the role: three people, none for himself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import clients
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.models import AccountRequest, Grant, User
from kaosheng.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

ADDRESS = "/office/accounts/requests/"


def wanted(place: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": "样本·吕", "username": "lv", "role": "site_reviewer", "place": place, "reason": "新到审核员", **changes,
    }  # fmt: skip


def answer(user: User, verb: str, **data: Any) -> int:
    request = AccountRequest.objects.get()
    return clients.of_staff(user).post(f"{ADDRESS}{request.pk}/{verb}/", data).status_code


def test_from_the_request_to_the_role_by_three_people(here: World, cast: Cast) -> None:
    asked = clients.of_staff(cast.feng).post(ADDRESS, wanted(f"site-{here.site.pk}"))
    assert asked.status_code == 302
    assert not User.objects.filter(username="lv").exists()
    assert answer(cast.security_admin, "make") == 404
    assert answer(cast.security_admin, "grant") == 404
    made = clients.of_staff(cast.system_admin).post(f"{ADDRESS}{AccountRequest.objects.get().pk}/make/")
    assert made.status_code == 200
    assert made.context["made"].user.username == "lv"
    assert not Grant.objects.filter(user__username="lv").exists()
    assert answer(cast.system_admin, "grant") == 404
    assert answer(cast.security_admin, "grant") == 302
    grant = Grant.objects.get(user__username="lv")
    assert (grant.role, grant.site, grant.area) == ("site_reviewer", here.site, here.area)
    assert AccountRequest.objects.get().waits_for is None
    events = AuditEvent.objects.filter(name__startswith="account").order_by("pk")
    names = list(events.values_list("name", flat=True))
    assert names == ["account:requested", "account:created"]


def test_a_site_manager_asks_for_his_own_site_only(here: World, cast: Cast) -> None:
    feng = clients.of_staff(cast.feng)
    for place in (f"site-{here.other_site.pk}", f"area-{here.area.pk}", f"site-{here.foreign_site.pk}"):
        assert feng.post(ADDRESS, wanted(place)).status_code == 422, place
    assert not AccountRequest.objects.exists()
    assert feng.get(ADDRESS).context["form"].fields["place"].choices == [
        (f"site-{here.site.pk}", "石家庄考点")
    ]


def test_an_area_role_needs_an_area(here: World, cast: Cast) -> None:
    jiang = clients.of_staff(cast.jiang)
    refused = jiang.post(ADDRESS, wanted(f"site-{here.site.pk}", role="area_reviewer"))
    assert refused.status_code == 422
    assert jiang.post(ADDRESS, wanted(f"area-{here.area.pk}", role="area_reviewer")).status_code == 302
    assert jiang.post(ADDRESS, wanted(f"area-{here.area.pk}", role="area_reviewer")).status_code == 409


def test_nobody_asks_for_himself(here: World, cast: Cast) -> None:
    own = wanted(f"site-{here.site.pk}", username=cast.feng.username.upper())
    assert clients.of_staff(cast.feng).post(ADDRESS, own).status_code == 403
    assert not AccountRequest.objects.exists()
    row = {
        "name": "冯", "username": "feng", "role": "site_reviewer", "area": here.area, "reason": "样本",
        "requested_by": cast.feng, "requested_at": cast.feng.created_at, "user": cast.feng,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountRequest.objects.create(**row)


def test_somebody_with_an_account_waits_for_the_role_only(here: World, cast: Cast) -> None:
    clients.of_staff(cast.jiang).post(
        ADDRESS, wanted(f"site-{here.other_site.pk}", username=cast.chen.username)
    )
    assert AccountRequest.objects.get().user == cast.chen
    assert answer(cast.system_admin, "make") == 404
    assert answer(cast.security_admin, "grant") == 302
    assert Grant.objects.filter(user=cast.chen, site=here.other_site).exists()


def test_a_refusal_is_read_by_the_manager(here: World, cast: Cast) -> None:
    clients.of_staff(cast.feng).post(ADDRESS, wanted(f"site-{here.site.pk}"))
    assert answer(cast.security_admin, "refuse", reason="不归我办") == 404
    assert answer(cast.system_admin, "refuse", reason=" ") == 302
    assert AccountRequest.objects.get().refused_at is None
    assert answer(cast.system_admin, "refuse", reason="请先签保密书") == 302
    page = clients.of_staff(cast.feng).get(ADDRESS).content.decode()
    assert "请先签保密书" in page
    assert answer(cast.system_admin, "make") == 404


def test_signing_out_ends_every_session_and_keeps_the_password(cast: Cast) -> None:
    at_work = clients.of_staff(cast.chen)
    assert at_work.get("/staff/queue/").status_code == 200
    admin = clients.of_staff(cast.system_admin)
    assert admin.post(f"/office/accounts/{cast.chen.pk}/sign-out/").status_code == 302
    assert at_work.get("/staff/queue/").status_code == 302
    assert clients.of_staff(User.objects.get(pk=cast.chen.pk)).get("/staff/queue/").status_code == 200
    assert admin.post(f"/office/accounts/{cast.system_admin.pk}/sign-out/").status_code == 403
