"""The candidate's pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from registration_demo import words
from registration_demo.models import Account, OutboxMessage, PhoneMessage, Registration

OWN = "/registrations/1327000001"
OTHER = "/registrations/1327000002"


def text(response: Any) -> str:
    return str(response.content.decode())


def filled_in(**changes: str) -> dict[str, str]:
    """The form of 安宁's registration as the browser sends it; an unticked box isn't sent."""
    fields = {
        "seen_version": "1", "category": "110", "phone": "19900000001", "site": "1301", "route": "direct", "identity": "local",
        "education": "bachelor", "study_form": "full_time", "graduation_year": "2022", "degree": "on", "first_time": "on",
        "institution_name": "样本市第一医院", "institution_kind": "tertiary_a", "institutions": "1",
    }  # fmt: skip
    return {name: value for name, value in (fields | changes).items() if value}


def test_the_page_shows_every_field_in_the_words_of_the_form(anning: Client) -> None:
    page = text(anning.get("/registrations/"))
    shown = (
        "1327000001", "2027年医师资格考试", "110 临床执业医师", "河北考区", "石家庄考点", "暂无审核状态", "样本·安宁", "居民身份证",
        "139999199904160120", "19900000001", "直接报考", "地方考生", "提示", "本科", "全日制", "2022", "样本市第一医院", "三级甲等医院",
    )  # fmt: skip
    assert [word for word in shown if word not in page] == []
    assert 'href="http://service.test/enter/?registration=1327000001"' in page
    assert "博涵" not in page


def test_the_status_column_shows_what_the_service_reported(anning: Client) -> None:
    Registration.objects.filter(number="1327000001").update(
        status="passed", status_serial=9, status_text_zh="审核通过", status_received_at=timezone.now()
    )
    page = text(anning.get("/registrations/"))
    assert "<strong>审核通过</strong>" in page
    assert "暂无审核状态" not in page


def test_a_corrected_result_says_so(anning: Client) -> None:
    Registration.objects.filter(number="1327000001").update(
        status_text_zh="审核通过",
        status_received_at=timezone.now(),
        status_corrected_at=datetime(2027, 1, 20, 2, 30, tzinfo=UTC),
    )
    assert "1月20日 10:30 更正" in text(anning.get("/registrations/"))


def test_a_change_is_stored_and_waits_for_the_service(anning: Client) -> None:
    answer = anning.post(
        f"{OWN}/change/", filled_in(category="210", education="college", degree=""), follow=True
    )
    assert "报名信息已保存" in text(answer)
    assert "变更正在同步到考生服务系统" in text(answer)
    registration = Registration.objects.get(number="1327000001")
    assert registration.source_version == 2
    changed = {
        name: registration.facts[name] for name in ("category", "level", "education", "degree", "precheck")
    }
    assert changed == {
        "category": "210", "level": "assistant", "education": "college", "degree": False, "precheck": "hint",
    }  # fmt: skip
    assert set(registration.facts) == {
        "level", "category", "education", "study_form", "graduation_year", "fresh_graduate", "in_school", "degree", "route",
        "first_time", "identity", "institution_name", "institution_kind", "institutions", "short_registration", "name_changed",
        "precheck",
    }  # fmt: skip
    assert OutboxMessage.objects.count() == 1


def test_the_form_as_it_stands_changes_nothing(anning: Client) -> None:
    answer = anning.post(f"{OWN}/change/", filled_in(), follow=True)
    assert "报名信息没有变化" in text(answer)
    assert Registration.objects.get(number="1327000001").source_version == 1
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phone": "123"}, "手机号码应为以 1 开头的 11 位数字，填写的是 123"),
        ({"graduation_year": "1890"}, "填写的是 1890"),
        ({"graduation_year": ""}, "毕业年份"),
        ({"category": "999"}, "999"),
        ({"site": "9901"}, "9901"),
        ({"institutions": "11"}, "10"),
        (
            {"category": "210", "route": "from_assistant", "first_time": ""},
            "助理医师升执业医师须报考执业医师类别",
        ),
        ({"route": "from_assistant"}, "助理医师升执业医师不属于首次报考"),
        ({"seen_version": ""}, "需要更正"),
    ],
)
def test_wrong_values_are_refused_with_the_rule(
    anning: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = anning.post(f"{OWN}/change/", filled_in(**changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert Registration.objects.get(number="1327000001").source_version == 1


def test_an_old_form_is_refused(anning: Client) -> None:
    anning.post(f"{OWN}/change/", filled_in(phone="19900000077"))
    answer = anning.post(f"{OWN}/change/", filled_in(phone="19900000088"))
    assert answer.status_code == 409
    assert "报名信息已更新" in text(answer)
    assert Registration.objects.get(number="1327000001").phone == "19900000077"


def test_cancel_asks_once_and_restore_brings_back(anning: Client) -> None:
    assert "取消报名？" in text(anning.get(f"{OWN}/cancel/"))
    assert not Registration.objects.get(number="1327000001").cancelled
    assert "已取消" in text(anning.post(f"{OWN}/cancel/", follow=True))
    assert anning.post(f"{OWN}/change/", filled_in(seen_version="2", phone="19900000077")).status_code == 409
    assert "报名有效" in text(anning.post(f"{OWN}/restore/", follow=True))
    assert Registration.objects.get(number="1327000001").source_version == 3


@pytest.mark.parametrize("verb", ["change", "cancel", "restore"])
def test_another_persons_registration_looks_like_none(anning: Client, verb: str) -> None:
    theirs, nobodys = anning.post(f"{OTHER}/{verb}/"), anning.post(f"/registrations/0000000000/{verb}/")
    assert theirs.status_code == nobodys.status_code == 404
    assert "没有找到" in text(theirs)
    assert not OutboxMessage.objects.exists()


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("path", ["/registrations/", f"{OWN}/change/", f"{OWN}/cancel/", "/phone/"])
def test_pages_need_a_log_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={path}")


def test_the_phone_shows_the_own_messages_only(anning: Client) -> None:
    for identifier, number, words_sent in (
        ("1", "19900000001", "您好 <b>样本</b> http://localhost:8000/"),
        ("2", "19900000002", "给博涵的消息"),
    ):
        PhoneMessage.objects.create(
            id=identifier, channel="wechat", phone=number, text=words_sent, sent_at=timezone.now()
        )
    page = text(anning.get("/phone/"))
    assert "您好 &lt;b&gt;样本&lt;/b&gt;" in page
    assert "国家医学考试中心公众号" in page
    assert "博涵" not in page


@pytest.mark.usefixtures("people")
def test_log_in_and_out(client: Client) -> None:
    assert "lixiaoyu" in text(client.get("/login/"))
    wrong = client.post("/login/", {"username": "anning", "password": "guess"})
    assert (wrong.status_code, "用户名或密码不正确" in text(wrong)) == (422, True)
    assert "请填写用户名和密码" in text(client.post("/login/", {}))
    right = client.post(
        "/login/", {"username": "anning", "password": "sample-1", "next": "https://stranger.test/"}
    )
    assert right.headers["Location"] == "/registrations/"
    assert client.get("/login/").headers["Location"] == "/registrations/"
    assert "您已退出报名系统" in text(client.post("/logout/", follow=True))
    assert client.get("/registrations/").status_code == 302
    assert client.get("/logout/").status_code == 405


@pytest.mark.usefixtures("people")
def test_guessing_a_password_is_stopped(client: Client) -> None:
    guess = {"username": "anning", "password": "guess"}
    assert [client.post("/login/", guess).status_code for _ in range(10)] == [422] * 10
    assert client.post("/login/", guess).status_code == 429
    assert client.post("/login/", guess | {"password": "sample-1"}).status_code == 429
    assert client.post("/login/", {"username": "bohan", "password": "sample-1"}).status_code == 302


@pytest.mark.usefixtures("people")
def test_forms_need_their_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.login(username="anning", password="sample-1")
    answer = strict.post(f"{OWN}/cancel/")
    assert (answer.status_code, "页面已过期" in text(answer)) == (403, True)
    assert not Registration.objects.get(number="1327000001").cancelled


def test_cookies_and_headers_are_this_systems_own(anning: Client) -> None:
    answer = anning.get("/registrations/")
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} == {
        "registration_session",
        "registration_csrf",
    }
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://service.test" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("people")
def test_health(client: Client) -> None:
    assert text(client.get("/healthz")) == "ok"


@pytest.mark.usefixtures("db")
def test_the_shipped_people_load_and_have_words_for_every_code() -> None:
    call_command("load_people", verbosity=0)
    tables = {
        "level": words.LEVELS, "category": words.CATEGORIES, "education": words.EDUCATION, "study_form": words.STUDY_FORMS,
        "route": words.ROUTES, "identity": words.IDENTITIES, "institution_kind": words.INSTITUTION_KINDS,
        "precheck": words.PRECHECKS,
    }  # fmt: skip
    rows = list(Registration.objects.all())
    assert len(rows) >= 60
    unknown = {
        (fact, row.facts[fact])
        for row in rows
        for fact, table in tables.items()
        if row.facts[fact] not in table
    }
    assert unknown == set()
    assert {row.site for row in rows} <= words.SITES.keys()
    assert {row.exam_batch for row in rows} <= words.BATCHES.keys()
    assert all(words.CATEGORIES[row.facts["category"]][0] == row.facts["level"] for row in rows)


@pytest.mark.usefixtures("people")
def test_reset_puts_changed_people_back(tmp_path: Any) -> None:
    Registration.objects.filter(number="1327000001").update(phone="19900000077")
    call_command("load_people", reset=True, verbosity=0)
    assert not Registration.objects.filter(number="1327000001").exists()
    assert Account.objects.filter(username="lixiaoyu").exists()
