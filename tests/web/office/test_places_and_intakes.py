"""考点信息 and 新建审核批次: what a manager changes of his site, and the next intake like the one before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from factories import clients, people
from factories.people import Cast
from factories.refusals import refused
from factories.world import World
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.services.new_intakes import NewIntake, open_intake
from kaosheng.casework.services.site_details import SiteDetails, change_site
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import read_catalogue
from kaosheng.domain.second_look import is_drawn
from kaosheng.regions.models import Intake

pytestmark = pytest.mark.django_db


def details_of(here: World) -> tuple[str, dict[str, str]]:
    details = SiteDetails.of(here.site)
    values = {name: getattr(details, name) for name in SiteDetails.__slots__}
    return f"/office/intakes/{here.intake.pk}/sites/{here.site.pk}/details/", {
        **values,
        "seen": details.digest,
    }


def test_a_manager_changes_what_his_site_tells_and_the_trail_has_both(here: World, cast: Cast) -> None:
    where, given = details_of(here)
    before = here.site.telephone
    given |= {"telephone": "0311-00000001", "notes_zh": "请走东门。\r\n带身份证。"}
    assert clients.of_staff(cast.feng).post(where, given).status_code == 302
    here.site.refresh_from_db()
    assert (here.site.telephone, here.site.notes_zh) == ("0311-00000001", "请走东门。\n带身份证。")
    (event,) = AuditEvent.objects.filter(name="site:changed")
    assert event.details["before"]["telephone"] == before
    assert set(event.details["after"]) == {"telephone", "notes_zh"}


def test_what_was_changed_meanwhile_is_not_overwritten(here: World, cast: Cast) -> None:
    where, given = details_of(here)
    client = clients.of_staff(cast.feng)
    assert client.post(where, given | {"telephone": "0311-00000001"}).status_code == 302
    late = client.post(where, given | {"telephone": "0311-00000002"})
    assert late.status_code == 409
    here.site.refresh_from_db()
    assert here.site.telephone == "0311-00000001"


def test_without_a_telephone_nothing_is_saved(here: World, cast: Cast) -> None:
    where, given = details_of(here)
    answer = clients.of_staff(cast.feng).post(where, given | {"telephone": " "})
    assert answer.status_code == 422
    assert "请填写电话" in answer.content.decode()


def test_another_site_is_nobodys_to_change(here: World, cast: Cast) -> None:
    details = SiteDetails.of(here.other_site)
    with refused("not_found"):
        change_site(
            site_id=here.other_site.pk, staff=people.staff(cast.feng), seen=details.digest, wanted=details
        )


def wanted(**changes: Any) -> NewIntake:
    now = timezone.now()
    values = {
        "code": "2028-1",
        "name_zh": "2028年审核",
        "name_en": "Review 2028",
        "opens_at": now + timedelta(days=300),
        "closes_at": now + timedelta(days=320),
        **changes,
    }
    return NewIntake(**values)


def test_the_next_intake_is_like_the_one_before_but_for_dates_and_draw(here: World, cast: Cast) -> None:
    here.intake.second_look_share, here.intake.recheck_days = 0.25, 9
    here.intake.save()
    made = open_intake(area=here.intake.area, staff=people.staff(cast.jiang), wanted=wanted())
    assert (made.second_look_share, made.recheck_days, made.notes_zh) == (0.25, 9, here.intake.notes_zh)
    assert (made.review_expected_by, made.release_expected_by) == (None, None)
    prepared = CatalogueVersion.objects.get(intake=made)
    assert prepared.published_at is None
    before = CatalogueVersion.objects.filter(intake=here.intake, published_at__isnull=False).latest("number")
    assert read_catalogue(prepared).kinds == read_catalogue(before).kinds
    other = open_intake(area=here.intake.area, staff=people.staff(cast.jiang), wanted=wanted(code="2029-1"))
    numbers = [f"1327{number:06d}" for number in range(200)]
    draws = [
        [is_drawn(seed=intake.second_look_seed, number=number, share=0.5) for number in numbers]
        for intake in (made, other)
    ]
    assert draws[0] != draws[1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": " "}, "intake_incomplete"),
        ({"closes_at": timezone.now() + timedelta(days=1)}, "window_backwards"),
        (
            {"opens_at": timezone.now() - timedelta(days=9), "closes_at": timezone.now()},
            "window_ends_in_past",
        ),
    ],
)
def test_what_makes_no_intake(here: World, cast: Cast, changes: dict[str, Any], code: str) -> None:
    with refused(code):
        open_intake(area=here.intake.area, staff=people.staff(cast.jiang), wanted=wanted(**changes))
    assert Intake.objects.filter(area=here.intake.area).count() == 1


def test_a_code_is_used_once(here: World, cast: Cast) -> None:
    with refused("intake_exists"):
        open_intake(
            area=here.intake.area, staff=people.staff(cast.jiang), wanted=wanted(code=here.intake.code)
        )


def test_the_page_makes_it_and_leads_to_its_settings(here: World, cast: Cast) -> None:
    client = clients.of_staff(cast.jiang)
    assert "新建审核批次" in client.get("/office/setup/new/").content.decode()
    given = {
        "area": here.intake.area.code, "code": "2028-1", "name_zh": "2028年审核", "name_en": "Review 2028",
        "opens_at": "2099-01-01T09:00", "closes_at": "2099-01-20T00:00",
    }  # fmt: skip
    answer = client.post("/office/setup/new/", given)
    made = Intake.objects.get(code="2028-1")
    assert answer["Location"] == f"/office/setup/{made.pk}/"
    page = client.get(answer["Location"]).content.decode()
    assert "还没有发布材料目录" in page
