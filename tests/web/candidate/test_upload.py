"""Uploading by the form, deleting with －, 撤销, and how pictures are served."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from factories import World, clients, dossiers, pictures
from factories.people import Cast
from kaosheng.casework.models import Dossier, Picture
from kaosheng.catalogue.models import MaterialKind
from kaosheng.catalogue.queries import load_catalogue
from kaosheng.domain.states import State
from kaosheng.pictures.limits import MAX_BYTES


def file(data: bytes, name: str = "身份证.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def send(client: Client, dossier: Dossier, kind: str = "M01", *, position: int = 0, **fields: Any) -> Any:
    query = f"?position={position}" if position else ""
    return client.post(f"/dossiers/{dossier.pk}/kinds/{kind}/upload/{query}", fields)


@pytest.fixture
def dossier(places: World) -> Dossier:
    return dossiers.register(places)


@pytest.fixture
def ai(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


def test_the_page_shows_requirement_rules_and_a_key_of_its_own(ai: Client, dossier: Dossier) -> None:
    address = f"/dossiers/{dossier.pk}/kinds/M01/upload/?position=2"
    first, second = ai.get(address).content.decode(), ai.get(address).content.decode()
    for words in ("国徽面", "整页拍下，文字清楚", "画面保持正向", "单张图片不超过 200 KB", "返回材料列表"):
        assert words in first
    assert 'name="key"' in first
    assert first != second


def test_a_photograph_turns_grey_where_the_kind_says_so(places: World) -> None:
    MaterialKind.objects.filter(code="M03").update(grey=True)
    dossier = dossiers.register(places)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    for code, wanted in (("M01", "false"), ("M03", "true")):
        html = client.get(f"/dossiers/{dossier.pk}/kinds/{code}/upload/").content.decode()
        assert f'data-upload-grey-value="{wanted}"' in html


def test_scripts_get_the_fragment_alone(ai: Client, dossier: Dossier) -> None:
    html = ai.get(
        f"/dossiers/{dossier.pk}/kinds/M01/upload/", headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in html
    assert "sheet__body" in html


def test_a_plain_form_uploads_and_goes_back_to_the_card(ai: Client, dossier: Dossier) -> None:
    answer = send(ai, dossier, position=2, picture=file(pictures.jpeg(1)), key="one")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/dossiers/{dossier.pk}/#material-M01"
    assert "身份证明（国徽面） 上传成功。" in ai.get(f"/dossiers/{dossier.pk}/").content.decode()
    picture = Picture.objects.get()
    assert (picture.kind, picture.position) == ("M01", 2)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {"key": "o\0ne"}),
        ("", {"ke\0y": "one"}),
        ("", {"position": "1" * 5000}),
        (f"?position={'1' * 5000}", {}),
        ("?position=0", {}),
    ],
)
def test_what_cannot_be_read_is_refused_before_bytes_are_stored(
    ai: Client, dossier: Dossier, query: str, fields: dict[str, str]
) -> None:
    kept = sorted(Path(settings.STORE_ROOT).rglob("*"))
    address = f"/dossiers/{dossier.pk}/kinds/M01/upload/{query}"
    assert ai.get(address).status_code == 200  # the form itself takes the next free place
    answer = ai.post(address, {"picture": file(pictures.jpeg(1)), **fields})
    assert answer.status_code == 400
    assert (Picture.objects.count(), sorted(Path(settings.STORE_ROOT).rglob("*"))) == (0, kept)


def test_scripts_get_the_card_the_panel_and_the_button(ai: Client, dossier: Dossier) -> None:
    answer = ai.post(
        f"/dossiers/{dossier.pk}/kinds/M01/upload/",
        {"picture": file(pictures.jpeg(1)), "key": "one"},
        headers={"HX-Request": "true"},
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.lstrip().startswith('<section class="material')
    assert 'id="status-panel" hx-swap-oob="true"' in html
    assert 'id="primary-action" hx-swap-oob="true"' in html


def test_the_other_kinds_of_a_group_change_with_the_one_that_is_given(ai: Client, dossier: Dossier) -> None:
    answer = ai.post(
        f"/dossiers/{dossier.pk}/kinds/M13/upload/",
        {"picture": file(pictures.jpeg(1)), "key": "one"},
        headers={"HX-Request": "true"},
    )
    other = answer.content.decode().split('id="material-M14"')[1].split("</section>")[0]
    assert 'hx-swap-oob="true"' in other
    assert "已由其他材料满足" in other


def test_the_same_key_twice_makes_one_picture(ai: Client, dossier: Dossier) -> None:
    for _ in range(2):
        assert send(ai, dossier, picture=file(pictures.jpeg(1)), key="one").status_code == 302
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, "0 字节"),
        (b"\xff\xd8\xff" + b"0" * MAX_BYTES, 413, "204,803 字节"),
        (b"GIF89a" + b"0" * 500, 415, "GIF"),
        (pictures.jpeg(1)[:-100], 422, "不完整或已损坏"),
    ],
)
def test_a_broken_rule_is_named_with_the_files_own_figures(
    ai: Client, dossier: Dossier, data: bytes, status: int, words: str
) -> None:
    answer = send(ai, dossier, picture=file(data), key="one")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert words in unquote(answer.headers["X-Refusal"])
    assert not Picture.objects.exists()
    assert not any(path.is_file() for path in Path(settings.STORE_ROOT).rglob("*"))


def test_without_a_file_or_with_two_nothing_is_taken(ai: Client, dossier: Dossier) -> None:
    assert send(ai, dossier, key="one").status_code == 422
    two = [file(pictures.jpeg(1)), file(pictures.jpeg(2))]
    answer = send(ai, dossier, picture=two, key="two")
    assert answer.status_code == 422
    assert "收到 2 张" in answer.content.decode()
    assert not Picture.objects.exists()


def test_a_kind_with_a_fixed_count_takes_no_third(ai: Client, dossier: Dossier) -> None:
    for seed in (1, 2):
        send(ai, dossier, picture=file(pictures.jpeg(seed)), key=str(seed))
    answer = send(ai, dossier, picture=file(pictures.jpeg(3)), key="3")
    assert answer.status_code == 409
    assert "最多上传 2 张" in answer.content.decode()
    assert "最多上传 2 张" in ai.get(f"/dossiers/{dossier.pk}/kinds/M01/upload/").content.decode()


def test_a_taken_place_is_refused(ai: Client, dossier: Dossier) -> None:
    send(ai, dossier, position=1, picture=file(pictures.jpeg(1)), key="1")
    assert send(ai, dossier, position=1, picture=file(pictures.jpeg(2)), key="2").status_code == 409


@pytest.mark.parametrize("position", ["0", "-1", "x", "99999"])
def test_a_place_that_is_no_number_is_refused(ai: Client, dossier: Dossier, position: str) -> None:
    answer = ai.post(
        f"/dossiers/{dossier.pk}/kinds/M01/upload/",
        {"picture": file(pictures.jpeg(1)), "key": "1", "position": position},
    )
    assert answer.status_code == 400
    assert not Picture.objects.exists()


def test_an_unknown_kind_is_not_found(ai: Client, dossier: Dossier) -> None:
    assert ai.get(f"/dossiers/{dossier.pk}/kinds/M77/upload/").status_code == 404
    assert send(ai, dossier, "M77", picture=file(pictures.jpeg(1)), key="1").status_code == 404


def test_a_kind_that_is_not_accepted_says_why(places: World) -> None:
    dossier = dossiers.register(places, education="secondary", degree=False)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    answer = send(client, dossier, "M04", picture=file(pictures.jpeg(1)), key="1")
    assert answer.status_code == 422
    assert "不需要上传" in answer.content.decode()


def test_a_submitted_dossier_is_locked_for_page_and_form(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    answer = send(client, dossier, "M03", picture=file(pictures.jpeg(1)), key="1")
    assert answer.status_code == 409
    assert "材料已锁定" in answer.content.decode()
    picture = dossier.pictures.first()
    assert picture is not None
    assert client.post(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/delete/").status_code == 409


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.LAPSED, "逾期未提交：已过截止时间"), (State.WITHDRAWN, "报名已取消，材料不能修改")],
)
def test_page_and_form_say_why_nothing_can_change(
    places: World, cast: Cast, state: State, words: str
) -> None:
    dossier = dossiers.brought_to(places, state, cast=cast)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    assert words in client.get(f"/dossiers/{dossier.pk}/kinds/M03/upload/").content.decode()
    answer = send(client, dossier, "M03", picture=file(pictures.jpeg(1)), key="1")
    assert (answer.status_code, words in answer.content.decode()) == (409, True)


def test_what_arrived_in_time_counts_although_it_commits_later(
    places: World, dossier: Dossier, ai: Client
) -> None:
    places.intake.closes_at = timezone.now() - timedelta(seconds=5)
    places.intake.save()
    assert send(ai, dossier, picture=file(pictures.jpeg(1)), key="1").status_code == 409
    with override_settings(TRUSTED_PROXY=True):
        answer = ai.post(
            f"/dossiers/{dossier.pk}/kinds/M01/upload/",
            {"picture": file(pictures.jpeg(1)), "key": "2"},
            headers={"X-Request-Time": "20"},
        )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "/dossiers/{}/kinds/M01/upload/",
            "图片大小为 20480.1 KB（20,971,521 字节），超过单张 200 KB（204,800 字节）的限制",
        ),
        (
            "/dossiers/{}/doubt/",
            "上传内容大小为 20.1 MB（20,971,521 字节），超过系统接收的 20 MB，没有接收。",
        ),
    ],
)
def test_a_body_over_twenty_megabytes_is_refused_before_it_is_parsed(
    ai: Client, dossier: Dossier, address: str, sentence: str
) -> None:
    answer = ai.post(
        address.format(dossier.pk), b"x" * 20_971_521, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert unquote(answer.headers["X-Refusal"]) == sentence
    assert sentence in answer.content.decode()


def test_a_body_of_nineteen_megabytes_is_answered_with_its_own_figures(ai: Client, dossier: Dossier) -> None:
    answer = send(ai, dossier, picture=file(b"\xff\xd8\xff" + b"0" * (19 * 1024 * 1024)), key="1")
    assert answer.status_code == 413
    assert "19,922,947 字节" in answer.content.decode()


# --- － and 撤销 -----------------------------------------------------------------------------------------------
def test_minus_asks_once_then_frees_the_place(ai: Client, dossier: Dossier) -> None:
    picture = dossiers.upload(dossier, "M01", 1)
    address = f"/dossiers/{dossier.pk}/pictures/{picture.pk}/delete/"
    assert "删除这张图片？" in ai.get(address).content.decode()
    assert Picture.objects.exists()
    assert ai.post(address).status_code == 302
    assert not Picture.objects.exists()
    assert ai.post(address).status_code == 404


def test_a_deleted_submitted_picture_comes_back(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    old = dossier.pictures.get(kind="M01", position=1)
    here = f"/dossiers/{dossier.pk}/pictures/{old.pk}"
    assert "可以撤销" in client.get(f"{here}/delete/").content.decode()
    assert client.post(f"{here}/delete/").status_code == 302
    dossiers.upload(dossier, "M01", 1)
    assert "恢复原图？" in client.get(f"{here}/restore/").content.decode()
    assert client.post(f"{here}/restore/").status_code == 302
    assert dossier.pictures.get(kind="M01", position=1, hidden_at=None) == old


def test_a_locked_place_of_a_return_can_not_be_deleted(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    locked = dossier.pictures.get(kind="M01", position=2)
    assert client.post(f"/dossiers/{dossier.pk}/pictures/{locked.pk}/delete/").status_code == 409


# --- serving -------------------------------------------------------------------------------------------------
def test_pictures_are_served_with_type_and_cache_rules(ai: Client, dossier: Dossier) -> None:
    picture = dossiers.upload(dossier, "M01", 1)
    full = ai.get(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/")
    small = ai.get(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/thumbnail/")
    assert len(full.content) == picture.bytes
    assert (full.headers["Content-Type"], full.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert small.headers["Cache-Control"] == "private, max-age=600"
    for answer in (full, small):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith('inline; filename="M01-1')


def test_a_sample_is_shown_at_the_dossier_whose_catalogue_has_it(
    places: World, ai: Client, dossier: Dossier
) -> None:
    from kaosheng.catalogue.models import MaterialKind
    from kaosheng.pictures.store import get_store

    address = f"/dossiers/{dossier.pk}/kinds/M01/sample/"
    for data, extension, media in (
        (pictures.jpeg(1), "jpg", "image/jpeg"),
        (pictures.png(1), "png", "image/png"),
    ):
        key = get_store().put(data)[0]
        MaterialKind.objects.filter(version__intake=places.intake, code="M01").update(sample=key)
        load_catalogue.cache_clear()
        answer = ai.get(address)
        assert (answer.content, answer.headers["Content-Type"]) == (data, media)
        assert answer.headers["Content-Disposition"] == f'inline; filename="sample-M01.{extension}"'
    assert clients.anonymous().get(address).status_code == 302
    assert ai.get(f"/dossiers/{dossier.pk}/kinds/M03/sample/").status_code == 404


# --- doors ---------------------------------------------------------------------------------------------------
def test_a_stranger_gets_the_same_answer_as_for_nothing(places: World, cast: Cast, dossier: Dossier) -> None:
    bo = clients.of_candidate(dossiers.candidate_of(dossiers.register(places)))
    picture = dossiers.upload(dossier, "M01", 1)
    here, nowhere = f"/dossiers/{dossier.pk}", "/dossiers/00000000-0000-4000-8000-000000000000"
    for path in (
        "/", "/check/", "/kinds/M01/upload/", "/kinds/M01/promise/", "/kinds/M01/explain/", "/submissions/1/",
        f"/pictures/{picture.pk}/", f"/pictures/{picture.pk}/thumbnail/", f"/pictures/{picture.pk}/delete/",
    ):  # fmt: skip
        theirs, none = bo.get(here + path), bo.get(nowhere + path)
        assert (theirs.status_code, none.status_code) == (404, 404), path
        assert clients.anonymous().get(here + path).status_code == 302
        assert clients.of_staff(cast.chen).get(here + path).status_code == 302


def test_an_expired_session_is_told_so_when_it_writes(dossier: Dossier) -> None:
    answer = send(clients.anonymous(), dossier, picture=file(pictures.jpeg(1)), key="1")
    assert answer.status_code == 403
    assert "登录已过期" in answer.content.decode()


def test_forms_need_the_pages_token(places: World, dossier: Dossier) -> None:
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    answer = send(strict, dossier, picture=file(pictures.jpeg(1)), key="1")
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()
    assert places.site.telephone in answer.content.decode()
