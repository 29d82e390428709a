"""审核设置: the two forms, what a moved window would mean, the preview, the history."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World, make_area, make_intake, prepare_catalogue
from kaosheng.accounts.models import Grant
from kaosheng.casework.models import Dossier
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(cast: Cast) -> Client:
    return clients.of_staff(cast.jiang)


def address(here: World, part: str = "") -> str:
    return f"/office/setup/{here.intake.pk}/{part}"


def form_of(page: str, action: str) -> dict[str, str]:
    """What a browser would send of a form nobody touched."""
    form = page.split(f'action="{action}"')[1].split("</form>", maxsplit=1)[0]
    sent = {}
    for field in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if name and ('type="radio"' not in field or "checked" in field):
            sent[name[1]] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\s?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = html.unescape(text).lstrip("\r\n")
    return sent


def text(client: Client, where: str) -> str:
    answer = client.get(where, follow=True)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def test_the_only_intake_opens_at_once(manager: Client, here: World) -> None:
    assert manager.get("/office/setup/")["Location"] == address(here)


def test_a_form_nobody_touched_changes_nothing(manager: Client, here: World) -> None:
    page = text(manager, address(here))
    before = type(here.intake).objects.values().get(pk=here.intake.pk)
    for part in ("window/", "telling/"):
        assert manager.post(address(here, part), form_of(page, address(here, part))).status_code == 302
    assert type(here.intake).objects.values().get(pk=here.intake.pk) == before
    assert "修改记录" not in text(manager, address(here))


def test_a_moved_window_is_shown_before_it_is_done(manager: Client, here: World) -> None:
    dossiers.register(here)
    given = form_of(text(manager, address(here)), address(here, "window/"))
    later = timezone.localtime(here.intake.closes_at) + timedelta(days=2)
    given["closes_at"] = later.strftime("%Y-%m-%dT%H:%M")
    asked = manager.post(address(here, "window/"), given).content.decode()
    assert "1 名尚未提交的考生会收到通知" in asked
    before = here.intake.closes_at
    here.intake.refresh_from_db()
    assert here.intake.closes_at == before

    sent = form_of(asked, address(here, "window/"))
    assert sent["confirmed"] == "1"
    assert manager.post(address(here, "window/"), sent).status_code == 302
    here.intake.refresh_from_db()
    assert here.intake.closes_at == later.replace(second=0, microsecond=0)
    page = text(manager, address(here))
    assert "修改记录" in page
    assert "姜" in page


def test_a_window_that_closes_before_it_opens_is_refused_with_both_times(
    manager: Client, here: World
) -> None:
    given = form_of(text(manager, address(here)), address(here, "window/")) | {"confirmed": "1"}
    given["opens_at"], given["closes_at"] = "2027-06-02T00:00", "2027-06-01T00:00"
    answer = manager.post(address(here, "window/"), given)
    assert answer.status_code == 422
    assert "不晚于开始时间" in answer.content.decode()


def test_stages_are_fixed_once_somebody_submitted(manager: Client, here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    page = text(manager, address(here))
    assert "已有考生提交，审核级次不能再改" in page
    given = form_of(page, address(here, "window/")) | {
        "stages": "1",
        "supplement_days": "3",
        "confirmed": "1",
    }
    assert manager.post(address(here, "window/"), given).status_code == 302
    here.intake.refresh_from_db()
    assert (here.intake.stages, here.intake.supplement_days) == (2, 3)


def test_the_preview_shows_what_isnt_saved_yet_in_both_languages(manager: Client, here: World) -> None:
    dossiers.register(here)
    given = form_of(text(manager, address(here)), address(here, "telling/"))
    given |= {"notes_zh": "尚未保存的说明<b>", "notes_en": "Unsaved notes"}
    page = manager.post(address(here, "preview/"), given).content.decode()
    assert "尚未保存的说明&lt;b&gt;" in page
    assert "Unsaved notes" in page
    assert "提交截止" in page
    assert "Notices from the exam area and site" in page or "Unsaved notes" in page
    here.intake.refresh_from_db()
    assert here.intake.notes_zh == "考区的说明"


def chosen(client: Client, here: World, query: str = "") -> Any:
    context: Any = client.get(address(here, f"preview/{query}")).context
    return context["chosen"].code if context["chosen"] else context["real"]


def test_an_intake_without_candidates_is_shown_to_a_sample(manager: Client, here: World) -> None:
    page = text(manager, address(here, "preview/"))
    assert chosen(manager, here) == "direct"
    for words in (
        "还有 5 种材料需要上传",  # M01, M03, M04, M09, and one of M13 and M14
        "上报完成，内容已锁定",
        "上报完成，材料正在审核",
        "因为您的报名信息中有学位",
        "石家庄考点的说明",
        "考区的说明",
        "Because your registration names a degree",
        "我承诺材料真实。",
    ):
        assert words in page, words
    assert not Dossier.objects.exists()


def test_another_sample_is_asked_for_other_materials(manager: Client, here: World) -> None:
    page = text(manager, address(here, "preview/?sample=assistant"))
    assert chosen(manager, here, "?sample=assistant") == "assistant"
    assert "因为您的报名信息中有学位" not in page
    assert "因为您的学历为中专" in page
    assert chosen(manager, here, "?sample=nobody") == "direct"
    assert chosen(manager, here, "?sample=real") == "direct"


def test_a_real_candidate_can_be_chosen_once_there_is_one(manager: Client, here: World) -> None:
    assert "本批次的考生" not in text(manager, address(here, "preview/"))
    dossier = dossiers.register(here)
    assert chosen(manager, here) == "direct"
    assert dossier.registration.number not in text(manager, address(here, "preview/"))
    assert chosen(manager, here, "?sample=real") == "real"
    page = text(manager, address(here, "preview/?sample=real"))
    assert dossier.registration.number in page
    assert "还有 5 种材料需要上传" in page


def test_an_intake_of_one_stage_has_no_site_review(manager: Client, here: World) -> None:
    here.intake.stages = 1
    here.intake.save(update_fields=["stages"])
    page = text(manager, address(here, "preview/"))
    assert "上报完成，内容已锁定" not in page
    assert "上报完成，材料正在审核" in page


def test_the_sample_is_kept_while_nothing_is_saved(manager: Client, here: World) -> None:
    given = form_of(text(manager, address(here)), address(here, "telling/"))
    given |= {"notes_zh": "尚未保存的\n说明", "sample": "assistant"}
    answer: Any = manager.post(address(here, "preview/"), given)
    assert answer.context["chosen"].code == "assistant"
    # The buttons of the samples send the unsaved words along.
    assert answer.context["unsaved"].cleaned_data["notes_zh"] == "尚未保存的\n说明"
    sent = form_of(
        answer.content.decode().replace('aria-label="样本考生"', f'action="{address(here)}"'), address(here)
    )
    assert sent["notes_zh"] == "尚未保存的\n说明"
    here.intake.refresh_from_db()
    assert here.intake.notes_zh == "考区的说明"


def test_before_the_first_publication_the_prepared_catalogue_is_shown(manager: Client, here: World) -> None:
    bare = make_intake(here.area, code="2028YS")
    page = text(manager, f"/office/setup/{bare.pk}/preview/")
    assert "还没有发布材料目录，考生进来看不到要交什么。" in page
    assert "材料需要上传" not in page
    assert "考区的说明" in page
    prepare_catalogue(bare)
    page = text(manager, f"/office/setup/{bare.pk}/preview/")
    assert "这里按准备中的第 1 版显示" in page
    assert "还有 5 种材料需要上传" in page


def test_an_area_without_sites_has_a_preview_too(cast: Cast) -> None:
    area = make_area("77", "新考区", "New area")
    intake = make_intake(area)
    prepare_catalogue(intake)
    Grant.objects.create(user=cast.jiang, role=Role.AREA_MANAGER, area=area)
    page = text(clients.of_staff(cast.jiang), f"/office/setup/{intake.pk}/preview/")
    assert "还有 5 种材料需要上传" in page


def test_contradictions_stand_on_top(manager: Client, here: World) -> None:
    here.intake.notes_en = ""
    here.intake.save(update_fields=["notes_en"])
    assert "考区说明没有英文" in text(manager, address(here))


@pytest.mark.parametrize("percent", ["101", "-1", "x", ""])
def test_a_share_that_is_none_is_answered_at_the_field(manager: Client, here: World, percent: str) -> None:
    given: dict[str, Any] = form_of(text(manager, address(here)), address(here, "telling/"))
    answer = manager.post(address(here, "telling/"), given | {"second_look_percent": percent})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
