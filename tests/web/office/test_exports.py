"""导出: reason and trail, scope, what site staff don't get to know, archives in constant memory."""

from __future__ import annotations

import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
import python_calamine

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier
from kaosheng.casework.services import exporting
from kaosheng.domain.states import State, Verdict
from kaosheng.pictures.store import get_store
from kaosheng.registration.workbooks import write_table
from kaosheng.web.zip_stream import ZipEntry, zip_stream

pytestmark = pytest.mark.django_db
LIST = "/office/export/"


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def table(user: User, address: str = LIST) -> list[list[Any]]:
    answer = clients.of_staff(user).post(address, {"what": "table", "reason": "留档"})
    sheet = python_calamine.load_workbook(BytesIO(content(answer))).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


def contents(user: User, address: str = LIST) -> dict[str, bytes]:
    answer = clients.of_staff(user).post(address, {"what": "pictures", "reason": "留档"})
    with zipfile.ZipFile(BytesIO(content(answer))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def names(user: User, address: str = LIST) -> list[str]:
    return list(contents(user, address))


def events(name: str) -> list[tuple[str, dict[str, Any]]]:
    return list(AuditEvent.objects.filter(name=name).order_by("pk").values_list("object", "details"))


def test_without_a_reason_nothing_goes_out(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client = clients.of_staff(cast.jiang)
    for address in (
        LIST,
        f"/office/export/dossiers/{dossier.pk}/",
        f"/office/export/progress/{here.intake.pk}/",
    ):
        answer = client.post(address, {"what": "table", "reason": "  "})
        assert answer.status_code == 422
        assert dossier.registration.number not in answer.content.decode() or "dossiers" in address
    assert not AuditEvent.objects.filter(name__endswith=":exported").exists()


def test_a_list_is_what_the_page_shows_and_stands_in_the_trail(here: World, cast: Cast) -> None:
    mine = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    dossiers.register(here, site=here.other_site, name="样本·唐")
    dossiers.register(here, site=here.foreign_site, name="样本·外")
    rows = table(cast.jiang)
    assert [row[1] for row in rows[1:]] == ["样本·艾", "样本·唐"]
    found = mine.registration
    assert rows[1][:8] == [
        found.number, "样本·艾", f"1399************{found.id_number[-2:]}", "石家庄考点", "110 临床执业医师", "待考点审核", "说明", 6.0,
    ]  # fmt: skip
    assert [row[1] for row in table(cast.feng)[1:]] == ["样本·艾"]
    assert len(table(cast.jiang, f"{LIST}?tab=returned")) == 1
    assert len(table(cast.jiang, f"{LIST}?q={found.id_number}")) == 2
    told = [details for _object, details in events("list:exported")]
    assert [(one["reason"], one["count"]) for one in told] == [
        ("留档", 2),
        ("留档", 1),
        ("留档", 0),
        ("留档", 1),
    ]
    assert told[-1]["filters"] == {"tab": "all", "search": "id_number"}


def test_a_search_names_nobody_in_the_trail(here: World, cast: Cast) -> None:
    found = dossiers.brought_to(here, State.AT_SITE, cast=cast).registration
    typed = {
        found.number: found.number,
        found.number[:6]: found.number[:6],
        found.name: "name",
        found.name[-1:]: "name",
        found.id_number: "id_number",
        f" {found.id_number[:9]} {found.id_number[9:]}": "id_number",
        found.id_number[:14]: "name",
        found.id_number[-4:]: "id_tail",
        "欧阳样本": "name",
        "Bartholomew Sample": "name",
    }
    for search in typed:
        table(cast.feng, f"{LIST}?{urlencode({'q': search})}")
    kept = [details["filters"]["search"] for _object, details in events("list:exported")]
    assert dict(zip(typed, kept, strict=True)) == typed
    assert contents(cast.feng, f"{LIST}?{urlencode({'q': found.name, 'site': found.name})}")
    assert [details["filters"] for _object, details in events("pictures:exported")] == [
        {"tab": "all", "search": "name"}
    ]


@pytest.mark.parametrize("who", ["chen", "gao", "auditor", "system_admin"])
def test_only_managers_export(here: World, cast: Cast, who: str) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    client = clients.of_staff(getattr(cast, who))
    for address in (
        LIST,
        f"/office/export/dossiers/{dossier.pk}/",
        f"/office/export/progress/{here.intake.pk}/",
    ):
        assert client.post(address, {"what": "table", "reason": "x"}).status_code == 404


def test_the_site_learns_nothing_of_the_areas_verdict(here: World, cast: Cast) -> None:
    waiting = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    decided = dossiers.brought_to(here, State.DECIDED, cast=cast, verdict=Verdict.FAIL)
    of_site = {row[0]: row[5:9] for row in table(cast.feng)[1:]}
    assert of_site[waiting.registration.number] == of_site[decided.registration.number]
    assert of_site[decided.registration.number][0] == "已上报考区"
    of_area = {row[0]: row[5] for row in table(cast.jiang)[1:]}
    assert of_area[decided.registration.number] == "决定不通过，待公布"

    address = f"/office/export/progress/{here.intake.pk}/"
    assert table(cast.feng, address) == [
        [
            "考点",
            "未提交",
            "待考点审核",
            "待补充",
            "已上报考区",
            "已公布",
            "逾期未提交",
            "报名已取消",
            "消息未送达",
        ],
        ["石家庄考点", 0, 0, 0, 2, 0, 0, 0, 0],
    ]
    assert table(cast.jiang, address)[1] == ["石家庄考点", 0, 0, 0, 1, 1, 0, 0, 0, 0]

    sheets = [
        clients.of_staff(user)
        .post(f"/office/export/dossiers/{decided.pk}/", {"what": "sheet", "reason": "留档"})
        .content.decode()
        for user in (cast.feng, cast.jiang)
    ]
    for told_to_the_area in ("决定不通过，待公布", "提议不通过", "确认提议"):
        assert [told_to_the_area in sheet for sheet in sheets] == [False, True]
    assert "已上报考区" in sheets[0]
    assert [details["reason"] for _object, details in events("sheet:exported")] == ["留档", "留档"]


@pytest.mark.parametrize("only", ["free", "changed"])
def test_filters_tell_the_site_nothing_of_the_areas_hands(here: World, cast: Cast, only: str) -> None:
    untouched = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    taken = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    dossiers.take(taken, cast.gao)
    dossiers.change_registration(taken, here, education="college")
    of_site = {row[0] for row in table(cast.feng, f"{LIST}?only={only}")[1:]}
    of_area = {row[0] for row in table(cast.jiang, f"{LIST}?only={only}")[1:]}
    numbers = {untouched.registration.number, taken.registration.number}
    assert of_site == (numbers if only == "free" else set())
    assert len(of_area) == 1


def test_pictures_are_named_by_site_number_material_and_order(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    draft = dossiers.fill(dossiers.register(here))
    folder = f"石家庄考点/{dossier.registration.number}"
    found = names(cast.feng)
    assert found[:3] == [
        f"{folder}/M01 身份证明/01 人像面.jpg",
        f"{folder}/M01 身份证明/02 国徽面.jpg",
        f"{folder}/M03 毕业证书/01 第 1 张.jpg",
    ]
    assert len(found) == 6
    assert not any(draft.registration.number in name for name in found)
    assert [name for name, _details in events("pictures:exported")] == [str(dossier.pk)]


def test_pictures_a_candidate_hasnt_submitted_stay_his(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=cast)
    submitted = dossier.pictures.get(kind="M01", position=1)
    unsent = dossiers.replace(dossier)
    for address in (LIST, f"/office/export/dossiers/{dossier.pk}/"):
        found = contents(cast.feng, address)
        assert len(found) == 6
        assert get_store().read(submitted.object_key) in found.values()
        assert get_store().read(unsent.object_key) not in found.values()
    dossiers.change_registration(dossier, here, cancelled=True)
    assert get_store().read(unsent.object_key) not in contents(cast.feng).values()
    dossiers.change_registration(dossier, here)
    dossiers.submit(dossier)
    assert get_store().read(unsent.object_key) in contents(cast.feng).values()


@pytest.mark.harms
def test_a_picture_the_store_lost_doesnt_cost_the_others(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    get_store().delete(dossier.pictures.get(kind="M01", position=1).object_key)
    found = names(cast.feng, f"/office/export/dossiers/{dossier.pk}/")
    assert len(found) == 6
    assert found[0].endswith("01 人像面.missing.txt")


def test_a_foreign_dossier_is_nobodys_to_export(here: World, cast: Cast) -> None:
    dossier: Dossier = dossiers.register(here, site=here.other_site)
    assert clients.of_staff(cast.feng).get(f"/office/export/dossiers/{dossier.pk}/").status_code == 404


def test_more_than_one_archive_holds_is_refused(
    here: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    monkeypatch.setattr(exporting, "MOST_WITH_PICTURES", 0)
    answer = clients.of_staff(cast.feng).post(LIST, {"what": "pictures", "reason": "留档"})
    assert answer.status_code == 422
    assert "一次最多导出 0 份" in answer.content.decode()
    assert not events("pictures:exported")


def test_memory_doesnt_grow_with_the_archive() -> None:
    def entries(count: int) -> Iterator[ZipEntry]:
        for number in range(count):
            yield ZipEntry(
                f"样本/{number:06d}.jpg", datetime(2027, 1, 1, tzinfo=UTC), partial(bytes, 190_000)
            )

    peaks = []
    for count in (20, 400):
        tracemalloc.start()
        sent = sum(len(piece) for piece in zip_stream(entries(count)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sent > count * 190_000
    # 380 entries more may cost their names, far less than one picture.
    assert peaks[1] - peaks[0] < 190_000 * 3


def test_memory_doesnt_grow_with_the_table() -> None:
    def peak(count: int) -> int:
        rows = ([f"样本{number}", f"13270{number:05d}", number] for number in range(count))
        with tempfile.TemporaryFile() as target:
            tracemalloc.start()
            write_table(
                target, name="样本", heading=["姓名", "报名号", "序号"], rows=rows, widths=[10, 10, 10]
            )
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert target.tell() > count
        return found

    peak(10)  # what is loaded once
    assert peak(6_000) - peak(300) < 500_000
