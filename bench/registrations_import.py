"""Importing 50,000 registrations from xlsx: check and import, the same sheet again, and the memory of both processes.

`python bench/registrations_import.py [ROWS]` prints these rows alone.
"""

from __future__ import annotations

import resource
import sys
import time
from io import BytesIO
from typing import Any, Final

from system import Results, prepared
from table import print_table

ROWS: Final = 50_000


def rows(count: int = ROWS) -> list[Results]:
    """Import a sheet twice: the first time everything is new, the second time nothing is.

    Raises SystemExit unless the first pass applied every row and the second none.
    """
    staff, intake_id = _house()
    content = _workbook(count)
    checked, applied = _passes(content, staff, intake_id, {"new": count})
    checked_again, applied_again = _passes(content, staff, intake_id, {"same": count})
    worker = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        Results.over(f"import_{count}_s", "s", [checked + applied]),
        Results.over(f"import_{count}_check_s", "s", [checked]),
        Results.over(f"import_{count}_again_s", "s", [checked_again + applied_again]),
        Results.over(f"import_{count}_rss_mb", "MB", [worker + reader]),
    ]


def _passes(content: bytes, staff: Any, intake_id: int, expected: dict[str, int]) -> tuple[float, float]:
    """Seconds of check and import."""
    from kaosheng.casework.queries.imports import counts_of  # noqa: PLC0415 - only now are the settings known
    from kaosheng.casework.services import importing  # noqa: PLC0415 - the same
    from kaosheng.registration.models import ImportChunk, RegistrationImport  # noqa: PLC0415 - the same

    upload = importing.upload(content=content, file_name="bench.xlsx", intake_id=intake_id, staff=staff)
    began = time.monotonic()
    importing.run_check(upload.pk)
    checked = time.monotonic()
    importing.confirm(import_id=upload.pk, staff=staff, in_spite_of_errors=False)
    importing.run_apply(upload.pk)
    applied = time.monotonic()
    counts = dict(counts_of(RegistrationImport.objects.get(pk=upload.pk), ImportChunk.Pass.APPLY))
    if counts != expected:
        raise SystemExit(f"the import ended with {counts} instead of {expected}")
    return checked - began, applied - checked


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


def main() -> None:
    """Print the rows alone."""
    with prepared():
        print_table(rows(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))


if __name__ == "__main__":
    main()
