"""`kaosheng places`: areas and sites from a file, made once, all or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kaosheng.regions.models import ExamArea, ExamSite

pytestmark = pytest.mark.django_db

AREA = '[[area]]\ncode = "77"\nname_zh = "样本考区"\nname_en = "Sample exam area"\n'
SITE = (
    '[[site]]\ncode = "7701"\narea = "77"\nname_zh = "样本考点"\nname_en = "Sample"\ntelephone = "0999-1"\n'
)


def enter(tmp_path: Path, text: str) -> None:
    file = tmp_path / "places.toml"
    file.write_text(text, encoding="utf-8")
    call_command("places", str(file))


def test_places_are_made_once_and_stay_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enter(tmp_path, AREA + SITE)
    ExamSite.objects.filter(code="7701").update(telephone="0999-2")
    enter(tmp_path, AREA + SITE + SITE.replace("7701", "7702"))
    assert capsys.readouterr().out.splitlines() == [
        "areas made: 1, sites made: 1",
        "areas made: 0, sites made: 1",
    ]
    assert list(ExamSite.objects.order_by("code").values_list("code", "telephone")) == [
        ("7701", "0999-2"),
        ("7702", "0999-1"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (AREA + SITE.replace('area = "77"', 'area = "78"'), "a site names an area that isn't there"),
        (AREA + SITE.replace('name_en = "Sample"\n', ""), "has no 'name_en'"),
        ("[[area", "can't be read"),
    ],
)
def test_a_wrong_file_makes_nothing_and_says_why(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        enter(tmp_path, text)
    assert not ExamArea.objects.exists()
