"""报名信息导入: check, report, apply; what overwrites what; files that are none."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from factories import World, dossiers, people
from factories.people import Cast
from factories.refusals import refused
from factories.sheets import resident_number, row, workbook
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs import importing as jobs
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.imports import counts_of
from kaosheng.casework.services import importing
from kaosheng.casework.services.registrations import create_dossiers, log_in, receive_registration
from kaosheng.domain.source_versions import FIRST_WITHOUT
from kaosheng.domain.states import State
from kaosheng.registration.models import (
    ImportChunk,
    Registration,
    RegistrationImport,
    RegistrationVersion,
    SealedSheet,
)
from kaosheng.registration.reports import lines_of

pytestmark = pytest.mark.django_db
Phase = RegistrationImport.Phase
CHECK, APPLY = ImportChunk.Pass.CHECK, ImportChunk.Pass.APPLY


def uploaded(here: World, house: Cast, content: bytes) -> RegistrationImport:
    imported = importing.upload(
        content=content, file_name="样本.xlsx", intake_id=here.intake.pk, staff=people.staff(house.jiang)
    )
    jobs.check_import(import_id=str(imported.pk))
    imported.refresh_from_db()
    return imported


def applied(here: World, house: Cast, content: bytes, *, in_spite_of_errors: bool = False) -> dict[str, int]:
    imported = uploaded(here, house, content)
    assert imported.phase == Phase.CHECKED, imported.refusal
    importing.confirm(
        import_id=imported.pk, staff=people.staff(house.jiang), in_spite_of_errors=in_spite_of_errors
    )
    jobs.apply_import(import_id=str(imported.pk))
    imported.refresh_from_db()
    assert imported.phase == Phase.DONE
    return dict(counts_of(imported, APPLY))


def test_a_check_changes_nothing_and_the_import_makes_registrations_and_dossiers(
    here: World, house: Cast
) -> None:
    rows = [row(), row(cancelled="是"), row(source_version=3, site="1302")]
    imported = uploaded(here, house, workbook(rows, blank_lines=2))
    assert counts_of(imported, CHECK) == {"new": 3}
    assert imported.rows == 3
    assert not Registration.objects.exists()
    importing.confirm(import_id=imported.pk, staff=people.staff(house.jiang), in_spite_of_errors=False)
    jobs.apply_import(import_id=str(imported.pk))
    made = [
        (one.number, one.site.code, one.source_version, one.is_cancelled, one.dossier.state)
        for one in Registration.objects.order_by("number")
    ]
    assert made == [
        (rows[0]["number"], "1301", FIRST_WITHOUT, False, State.DRAFT),
        (rows[1]["number"], "1301", FIRST_WITHOUT, True, State.WITHDRAWN),
        (rows[2]["number"], "1302", 3, False, State.DRAFT),
    ]
    first = Registration.objects.get(number=rows[0]["number"])
    assert (first.name, first.id_number, first.phone) == (
        rows[0]["name"],
        rows[0]["id_number"],
        rows[0]["phone"],
    )
    assert first.facts == {
        "level": "practising", "category": "110", "education": "bachelor", "study_form": "full_time",
        "graduation_year": 2022, "degree": True, "route": "direct", "first_time": True, "identity": "local",
        "institution_name": "样本医院", "institution_kind": "hospital", "institutions": 1, "precheck": "note",
    }  # fmt: skip
    assert first.versions.get().way == RegistrationVersion.Way.IMPORT
    assert AuditEvent.objects.filter(name="dossier:created").count() == 3
    assert not SealedSheet.objects.exists()


def test_the_uploaded_file_is_kept_sealed(here: World, house: Cast) -> None:
    rows = [row()]
    uploaded(here, house, workbook(rows))
    kept = bytes(SealedSheet.objects.get().content)
    assert kept.startswith(b"aesgcm:")
    assert b"xl/worksheets" not in kept


def test_importing_again_changes_nothing(here: World, house: Cast) -> None:
    content = workbook([row(), row(source_version=2)])
    applied(here, house, content)
    before = list(Registration.objects.order_by("pk").values())
    assert applied(here, house, content) == {"same": 2}
    assert list(Registration.objects.order_by("pk").values()) == before
    assert RegistrationVersion.objects.count() == Dossier.objects.count() == 2


def test_what_overwrites_what(here: World, house: Cast) -> None:
    gateway = dossiers.payload(here, number="13279000001", version=5)
    receive_registration(gateway, way=RegistrationVersion.Way.PUSH)
    of_gateway: dict[str, Any] = {
        "number": "13279000001",
        "id_number": resident_number(1),
        "education": "专科",
    }
    mine = row()
    applied(here, house, workbook([mine]))

    outcomes = applied(
        here,
        house,
        workbook([row(**of_gateway), {**mine, "education": "专科"}]),
    )
    assert outcomes == {"gateway_known": 1, "changed": 1}
    assert Registration.objects.get(number="13279000001").facts["education"] == "bachelor"
    changed = Registration.objects.get(number=mine["number"])
    assert (changed.facts["education"], changed.source_version) == ("college", FIRST_WITHOUT + 1)

    older_and_same = workbook([row(**of_gateway, source_version=4), {**mine, "source_version": 0}])
    assert applied(here, house, older_and_same) == {"version_known": 1, "changed": 1}
    newer = workbook([row(**of_gateway, source_version=6)])
    assert applied(here, house, newer) == {"changed": 1}
    assert Registration.objects.get(number="13279000001").facts["education"] == "college"
    late = {**gateway, "source_version": 5, "facts": {**gateway["facts"], "education": "secondary"}}
    assert not receive_registration(late, way=RegistrationVersion.Way.PUSH).applied


def test_a_registration_that_arrives_between_check_and_import_stays(here: World, house: Cast) -> None:
    mine = row()
    imported = uploaded(here, house, workbook([mine]))
    arrived = dossiers.payload(here, number=mine["number"], version=1, name="样本·网关")
    receive_registration(arrived, way=RegistrationVersion.Way.PUSH)
    importing.confirm(import_id=imported.pk, staff=people.staff(house.jiang), in_spite_of_errors=False)
    jobs.apply_import(import_id=str(imported.pk))
    assert counts_of(imported, APPLY) == {"gateway_known": 1}
    assert Registration.objects.get().name == "样本·网关"


def test_rows_with_errors_are_named_and_nothing_is_imported_unless_confirmed(
    here: World, house: Cast
) -> None:
    good, twin = row(), row()
    bad = [
        row(id_number="139999199901010010"),
        row(site="9901"),
        row(category="999", degree="也许"),
        row(name=""),
        row(phone="12345"),
        row(graduation_year="二〇二二"),
        row(id_number=139999199901010017),
        row(institution_name="样" * 101),
        {**row(), "number": twin["number"]},
    ]
    imported = uploaded(here, house, workbook([good, twin, *bad]))
    assert counts_of(imported, CHECK) == {"new": 2, "error": 9}
    told = {line[0]: [code for code, _params in line[3]] for line in lines_of(imported) if line[3]}
    assert told == {
        4: ["row_id_number_form"],
        5: ["row_site_unknown"],
        6: ["row_value_unknown", "row_value_unknown"],
        7: ["row_value_missing"],
        8: ["row_phone_form"],
        9: ["row_no_number"],
        10: ["row_digits_lost"],
        11: ["row_value_too_long"],
        12: ["row_number_twice"],
    }
    staff = people.staff(house.jiang)
    with refused("import_has_errors"):
        importing.confirm(import_id=imported.pk, staff=staff, in_spite_of_errors=False)
    assert not Registration.objects.exists()
    importing.confirm(import_id=imported.pk, staff=staff, in_spite_of_errors=True)
    jobs.apply_import(import_id=str(imported.pk))
    assert set(Registration.objects.values_list("number", flat=True)) == {good["number"], twin["number"]}


def test_a_number_of_another_intake_is_an_error(here: World, house: Cast) -> None:
    theirs = dossiers.payload(here, site=here.foreign_site)
    receive_registration(theirs, way=RegistrationVersion.Way.PUSH)
    imported = uploaded(here, house, workbook([row(number=theirs["number"])]))
    assert counts_of(imported, CHECK) == {"error": 1}


def test_an_interrupted_import_goes_on_behind_its_last_chunk(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    imported = uploaded(here, house, workbook([row() for _ in range(5)]))
    importing.confirm(import_id=imported.pk, staff=people.staff(house.jiang), in_spite_of_errors=False)
    calls: list[int] = []

    def failing(registrations: list[Registration]) -> None:
        calls.append(len(registrations))
        create_dossiers(registrations)
        if len(calls) == 2:
            raise ConnectionError

    monkeypatch.setattr("kaosheng.casework.services.importing.create_dossiers", failing)
    with pytest.raises(ConnectionError):
        jobs.apply_import(import_id=str(imported.pk))
    assert Registration.objects.count() == Dossier.objects.count() == 2
    jobs.apply_import(import_id=str(imported.pk))
    jobs.apply_import(import_id=str(imported.pk))
    assert calls == [2, 2, 2, 1]
    assert Registration.objects.count() == Dossier.objects.count() == 5
    assert counts_of(imported, APPLY) == {"new": 5}


def test_a_changed_row_reaches_a_dossier_in_review_as_a_change(here: World, house: Cast) -> None:
    mine = row()
    applied(here, house, workbook([mine]))
    registration = Registration.objects.get()
    claims = dossiers.payload(here, number=mine["number"], version=1)
    claims |= {"id_number": mine["id_number"], "name": mine["name"]}
    log_in(subject=claims["subject"], name="样本", registrations=[claims])
    dossier = dossiers.fill(dossiers.again(registration.dossier))
    dossiers.submit(dossier)
    assert applied(here, house, workbook([{**mine, "education": "专科", "source_version": 2}])) == {
        "changed": 1
    }
    assert dossiers.again(dossier).changed_since == 1


def _far_cell() -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "报名号")
        sheet.write_string(1_048_575, 16_383, "样本")
    return buffer.getvalue()


def _bomb() -> bytes:
    """A small file whose sheet unpacks to half a gigabyte, as its directory says."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(401):
            part.write(b" " * (1 << 20))
    return buffer.getvalue()


def _liar() -> bytes:
    """A bomb whose directory claims a few bytes."""
    content = bytearray(_bomb())
    start = content.rfind(b"PK\x01\x02")
    content[start + 24 : start + 28] = (100).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: workbook([]), "import_empty"),
        (lambda: workbook([row()], without=["name", "category"]), "import_columns_missing"),
        (_far_cell, "import_unreadable"),
        (_bomb, "import_unpacks_too_large"),
        (_liar, "import_unreadable"),
        (lambda: workbook([row()])[:2000], "import_not_xlsx"),
    ],
    ids=["empty", "columns", "far cell", "bomb", "liar", "cut off"],
)
def test_odd_files_are_refused_with_a_reason(here: World, house: Cast, content: Any, code: str) -> None:
    imported = uploaded(here, house, content())
    assert (imported.phase, imported.refusal.get("code")) == (Phase.REFUSED, code)
    assert not SealedSheet.objects.exists()


def test_what_is_no_zip_is_refused_at_once(here: World, house: Cast) -> None:
    with refused("import_not_xlsx"):
        uploaded(here, house, "报名号,姓名".encode())
    assert not RegistrationImport.objects.exists()


@pytest.mark.parametrize("who", ["gao", "feng", "kong", "auditor"])
def test_only_the_areas_manager_imports(here: World, house: Cast, who: str) -> None:
    staff = people.staff(getattr(house, who))
    with refused("not_found"):
        importing.upload(content=workbook([row()]), file_name="a.xlsx", intake_id=here.intake.pk, staff=staff)
    imported = uploaded(here, house, workbook([row()]))
    with refused("not_found"):
        importing.confirm(import_id=imported.pk, staff=staff, in_spite_of_errors=True)
    with refused("not_found"):
        importing.discard(import_id=imported.pk, staff=staff)


def test_a_discarded_import_is_over_and_its_file_gone(here: World, house: Cast) -> None:
    imported = uploaded(here, house, workbook([row()]))
    staff = people.staff(house.jiang)
    importing.discard(import_id=imported.pk, staff=staff)
    with refused("import_not_checked"):
        importing.confirm(import_id=imported.pk, staff=staff, in_spite_of_errors=False)
    jobs.apply_import(import_id=str(imported.pk))
    assert not Registration.objects.exists()
    assert not SealedSheet.objects.exists()
