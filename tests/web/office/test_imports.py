"""The pages of an import: upload, progress, report, confirmation, and the task of a wrong ID number."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories import clients, dossiers
from factories.people import Cast
from factories.sheets import resident_number, row, workbook
from factories.world import World
from kaosheng.casework.jobs import importing as jobs
from kaosheng.casework.queries.binding import claim_digest
from kaosheng.casework.services.registrations import log_in
from kaosheng.registration.models import BindingConflict, Registration, RegistrationImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(cast: Cast) -> Client:
    return clients.of_staff(cast.jiang)


def post(manager: Client, here: World, content: bytes, name: str = "样本.xlsx") -> Any:
    return manager.post(
        "/office/imports/", {"intake": here.intake.pk, "sheet": SimpleUploadedFile(name, content)}
    )


def upload(manager: Client, here: World, rows: list[dict[str, Any]]) -> str:
    answer = post(manager, here, workbook(rows))
    assert answer.status_code == 302
    return str(answer["Location"])


def cells(answer: Any) -> list[list[Any]]:
    content = b"".join(answer.streaming_content)
    return list(python_calamine.load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python())


def test_the_whole_way(manager: Client, here: World) -> None:
    good, bad = row(), row(site="9901")
    address = upload(manager, here, [good, bad])
    waiting = manager.get(address).content.decode()
    assert 'hx-trigger="every 1500ms"' in waiting
    assert "正在打开文件" in waiting
    imported = RegistrationImport.objects.get()
    jobs.check_import(import_id=str(imported.pk))

    part = manager.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "有 1 行有错误，1 行可以导入" in part
    assert "本考区没有代码为“9901”的考点" in part
    assert cells(manager.get(f"{address}report/")) == [
        ["行", "报名号", "结果", "说明"],
        [2.0, good["number"], "新增", ""],
        [3.0, bad["number"], "有错误，不导入", "本考区没有代码为“9901”的考点"],
    ]

    refused = manager.post(f"{address}apply/")
    assert refused.status_code == 422
    assert "有 1 行有错误" in refused.content.decode()
    assert not Registration.objects.exists()
    assert manager.post(f"{address}apply/", {"in_spite_of_errors": "on"}).status_code == 302
    assert "正在导入" in manager.get(address).content.decode()
    jobs.apply_import(import_id=str(imported.pk))
    assert "1 行新增或更新" in manager.get(address).content.decode()
    assert Registration.objects.get().number == good["number"]


def test_a_file_that_is_no_sheet_is_answered_on_the_page(manager: Client, here: World) -> None:
    answer = post(manager, here, "姓名,号码".encode(), "名单.csv")
    assert answer.status_code == 422
    assert "这不是 xlsx 文件" in answer.content.decode()
    address = upload(manager, here, [])
    jobs.check_import(import_id=str(RegistrationImport.objects.get().pk))
    assert "表中没有数据行" in manager.get(address).content.decode()


def test_the_blank_form_can_be_filled_in_both_languages(manager: Client, here: World) -> None:
    for language in ("zh-hans", "en"):
        manager.cookies["kaosheng_language"] = language
        heading = cells(manager.get("/office/imports/form/"))[0]
        assert len(heading) == 25
        assert ("报名号" in heading) is (language == "zh-hans")


def test_another_intake_cannot_be_named(manager: Client, here: World) -> None:
    answer = manager.post(
        "/office/imports/",
        {"intake": here.foreign_intake.pk, "sheet": SimpleUploadedFile("a.xlsx", workbook([row()]))},
    )
    assert answer.status_code == 422
    assert not RegistrationImport.objects.exists()


def test_the_task_of_a_wrong_id_number(manager: Client, here: World) -> None:
    mine = row()
    upload(manager, here, [mine])
    imported = RegistrationImport.objects.get()
    jobs.check_import(import_id=str(imported.pk))
    manager.post(f"/office/imports/{imported.pk}/apply/")
    jobs.apply_import(import_id=str(imported.pk))
    claim = dossiers.payload(here, number=mine["number"]) | {"id_number": resident_number(777)}
    log_in(subject=claim["subject"], name="样本·来者", registrations=[claim])

    page = manager.get("/office/imports/bindings/").content.decode()
    page = page.replace("<mark>", "").replace("</mark>", "")
    seen = claim_digest(BindingConflict.objects.get())
    assert f'name="seen" value="{seen}"' in page
    assert mine["id_number"] in page
    assert resident_number(777) in page
    conflict = BindingConflict.objects.get()
    address = f"/office/imports/bindings/{conflict.pk}/"
    assert manager.post(address, {"answer": "claim", "reason": "", "seen": seen}).status_code == 422
    unseen = manager.post(address, {"answer": "claim", "reason": "电话核实"})
    assert unseen.status_code == 409
    assert "内容已更新，您的操作没有保存" in unseen.content.decode()
    assert manager.post(address, {"answer": "claim", "reason": "电话核实", "seen": seen}).status_code == 302
    assert Registration.objects.get().candidate is not None
    assert manager.post(address, {"answer": "import", "reason": "再来", "seen": seen}).status_code == 409
