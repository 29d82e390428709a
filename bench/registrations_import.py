"""`python bench/registrations_import.py`: how long an import of 50,000 registrations takes, and how much memory."""

from __future__ import annotations

import resource
import sys
import time
from io import BytesIO
from typing import Any, Final

from system import prepared

ROWS: Final = 50_000
GOAL_SECONDS, GOAL_MEGABYTES = 60, 400


def main() -> None:
    """Check, import, import again; a table of seconds, and the peaks of this process and of the sheet's reader."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with prepared():
        _measure(rows)


def _measure(rows: int) -> None:
    from kaosheng.casework.queries.imports import counts_of  # noqa: PLC0415 - only now are the settings known
    from kaosheng.casework.services import importing  # noqa: PLC0415
    from kaosheng.registration.models import ImportChunk, RegistrationImport  # noqa: PLC0415

    staff, intake_id = _house()
    content = _workbook(rows)
    print(f"{rows} rows, {len(content) / 1e6:.1f} MB xlsx; synthetic data")
    print(f"{'pass':16} {'seconds':>8} {'rows/s':>8}  outcome")
    for name in ("first", "again"):
        upload = importing.upload(content=content, file_name="bench.xlsx", intake_id=intake_id, staff=staff)
        for step, of_pass in (("check", ImportChunk.Pass.CHECK), ("import", ImportChunk.Pass.APPLY)):
            if step == "import":
                importing.confirm(import_id=upload.pk, staff=staff, in_spite_of_errors=False)
            started = time.monotonic()
            (importing.run_check if step == "check" else importing.run_apply)(upload.pk)
            seconds = time.monotonic() - started
            found = RegistrationImport.objects.get(pk=upload.pk)
            counts = dict(counts_of(found, of_pass))
            print(f"{name + ', ' + step:16} {seconds:8.1f} {rows / seconds:8.0f}  {found.phase} {counts}")
    worker = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"peak memory: worker {worker:.0f} MB, reader {reader:.0f} MB, together at most {worker + reader:.0f} MB"
    )
    print(f"goals: check and import {GOAL_SECONDS} s, {GOAL_MEGABYTES} MB")


def _house() -> tuple[Any, int]:
    from datetime import timedelta  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from kaosheng.accounts.models import Grant, User  # noqa: PLC0415
    from kaosheng.accounts.scope import Staff  # noqa: PLC0415
    from kaosheng.regions.models import ExamArea, ExamSite, Intake  # noqa: PLC0415

    area = ExamArea.objects.create(code="13", name_zh="样本考区", name_en="Sample")
    for number in range(1, 12):
        ExamSite.objects.create(area=area, code=f"13{number:02d}", name_zh="样本考点", name_en="Sample")
    now = timezone.now()
    intake = Intake.objects.create(
        area=area, code="2027YS", name_zh="样本", name_en="Sample", opens_at=now, closes_at=now + timedelta(9)
    )
    user = User.objects.create_user(username="bench", password="-", name="样本")  # noqa: S106 - nobody logs in
    Grant.objects.create(user=user, role="area_manager", area=area)
    return Staff.of(user), intake.pk


def _workbook(rows: int) -> bytes:
    import xlsxwriter  # noqa: PLC0415

    from kaosheng.registration.rows import COLUMNS  # noqa: PLC0415

    fixed = {
        "id_type": "护照", "level": "执业医师", "category": "110", "education": "本科", "study_form": "全日制", "graduation_year": 2022,
        "fresh_graduate": "否", "in_school": "否", "degree": "是", "route": "直接报考", "first_time": "是", "identity": "地方考生",
        "institution_name": "样本市第一人民医院", "institution_kind": "三级甲等医院", "institutions": 1, "short_registration": "否",
        "name_changed": "否", "precheck": "说明",
    }  # fmt: skip
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [str(label) for label in COLUMNS.values()])
        for line in range(1, rows + 1):
            values = {
                **fixed, "number": f"1327{line:06d}", "site": f"13{line % 11 + 1:02d}", "name": f"样本{line}",
                "id_number": f"E{line:08d}", "phone": f"199{line:08d}",
            }  # fmt: skip
            sheet.write_row(line, 0, [values.get(name, "") for name in COLUMNS])
    return buffer.getvalue()


if __name__ == "__main__":
    main()
