"""证件号码不一致: what the office compares has its differences marked."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.registration.models import BindingConflict
from kaosheng.web.office.views.bindings import differing


@pytest.mark.parametrize(
    ("told", "other", "expected"),
    [
        ("139999", "139999", [("139999", False)]),
        ("139919", "139999", [("1399", False), ("1", True), ("9", False)]),
        ("H00000261", "H0000026", [("H0000026", False), ("1", True)]),
        ("H0000026", "H00000261", [("H0000026", False)]),
        ("样本", "", [("样本", True)]),
        ("", "样本", []),
    ],
)
def test_what_the_other_lacks_is_marked(told: str, other: str, expected: list[tuple[str, bool]]) -> None:
    assert differing(told, other) == expected


@pytest.mark.django_db
def test_the_page_marks_it_on_both_sides_and_escapes_it(here: World, cast: Cast) -> None:
    registration = dossiers.register(here, id_number="139999199901011234").registration
    claim = {"name": "样本·<b>", "id_type": registration.id_type, "id_number": "139999199901011244"}
    now = timezone.now()
    BindingConflict.objects.create(
        registration=registration,
        subject="样本",
        claim=json.dumps(claim),
        first_seen_at=now,
        last_seen_at=now,
    )
    page = clients.of_staff(cast.jiang).get("/office/imports/bindings/").content.decode()
    assert "1399991999010112<mark>3</mark>4" in page
    assert "1399991999010112<mark>4</mark>4" in page
    assert "<b>" not in page
    assert f"<mark>{registration.id_type}" not in page
