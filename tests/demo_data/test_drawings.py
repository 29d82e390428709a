from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demo_data.files import PEOPLE_FILE, registrations
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.ops.drawings import FAULTS, draw, draw_sample
from kaosheng.ops.drawings.__main__ import main
from kaosheng.ops.drawings.plan import plan
from kaosheng.pictures.checks import examine

KINDS = [kind.code for kind in demo_catalogue().kinds]
PLAN = plan(registrations())
FRESH = registrations()["1327000101"]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "position"), [(kind, 1) for kind in KINDS] + [("M01", 2), ("M03", 2), ("M11", 2)]
)
def test_every_document_is_a_picture_the_service_accepts(kind: str, position: int) -> None:
    data = draw(kind, position, FRESH, 1)
    checked = examine(data)
    assert 100_000 <= len(data) <= 204_800
    assert checked.format == "jpeg"
    assert 1100 <= max(checked.width, checked.height) <= 1720
    assert min(checked.width, checked.height) >= 900
    assert checked.canonical == data


@pytest.mark.parametrize("number", ["1327000301", "1327000801", "1327000901", "1327001101"])
def test_documents_of_people_with_other_papers(number: str) -> None:
    for position in (1, 2):
        examine(draw("M01", position, registrations()[number], 1))


def test_a_picture_carries_no_metadata() -> None:
    picture = opened(draw("M09", 1, FRESH, 1))
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert draw("M03", 1, FRESH, 5) == draw("M03", 1, FRESH, 5)
    assert draw("M03", 1, FRESH, 5) != draw("M03", 1, FRESH, 6)
    assert draw("M03", 1, FRESH, 5) != draw("M03", 1, registrations()["1327000103"], 5)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_changes_the_picture_and_stays_acceptable(fault: str) -> None:
    kind = "M01" if fault == "expired" else "M09"
    position = 2 if fault == "expired" else 1
    data = draw(kind, position, FRESH, 1, fault=fault)
    assert data != draw(kind, position, FRESH, 1)
    assert 100_000 <= len(data) <= 204_800
    examine(data)


def test_a_sideways_picture_lies_on_its_side() -> None:
    upright, turned = opened(draw("M09", 1, FRESH, 1)), opened(draw("M09", 1, FRESH, 1, fault="sideways"))
    assert upright.size == turned.size[::-1]


def test_a_missing_seal_leaves_less_red() -> None:
    sealed, bare = (_red_share(draw("M12", 1, FRESH, 1, fault=fault)) for fault in ("", "no_seal"))
    assert bare < sealed * 0.75


def _red_share(data: bytes) -> float:
    pixels = np.asarray(opened(data).convert("RGB"), dtype=np.int16)
    red = (pixels[:, :, 0] - pixels[:, :, 1] > 70) & (pixels[:, :, 0] > 120)
    return float(red.mean())


def test_unknown_kinds_and_faults_are_named() -> None:
    with pytest.raises(ValueError, match="M77"):
        draw("M77", 1, FRESH, 1)
    with pytest.raises(ValueError, match="upside_down"):
        draw("M01", 1, FRESH, 1, fault="upside_down")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_small_sample(kind: str) -> None:
    data = draw_sample(kind)
    checked = examine(data)
    assert 20_000 <= len(data) <= 110_000
    assert max(checked.width, checked.height) == 1000


@pytest.mark.long
def test_the_whole_plan_is_accepted() -> None:
    for picture in PLAN:
        data = draw(
            picture.slot.kind,
            picture.slot.position,
            registrations()[picture.number],
            picture.seed,
            fault=picture.fault,
        )
        assert 100_000 <= len(data) <= 204_800, picture
        examine(data)


class TestCommand:
    def test_draws_what_a_registration_has_to_give(self, tmp_path: Path) -> None:
        code = main(["--people", str(PEOPLE_FILE), "--number", "1327000105", "--to", str(tmp_path)])
        assert code == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "M01-1.jpg",
            "M01-2.jpg",
            "M09-1.jpg",
            "M20-1.jpg",
        ]

    def test_draws_one_picture_with_a_fault(self, tmp_path: Path) -> None:
        arguments = [
            "--people",
            str(PEOPLE_FILE),
            "--number",
            "1327000105",
            "--picture",
            "M09/1",
            "--fault",
            "no_seal",
        ]
        assert main([*arguments, "--to", str(tmp_path)]) == 0
        assert [path.name for path in tmp_path.iterdir()] == ["M09-1.jpg"]

    @pytest.mark.parametrize("arguments", [[], ["--number", "1327000101"]])
    def test_says_what_is_missing(
        self, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as stopped:
            main([*arguments, "--to", str(tmp_path)])
        assert stopped.value.code == 2
        assert "give --people and --number" in capsys.readouterr().err

    def test_names_a_registration_nobody_has(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        empty: list[Any] = []
        people = tmp_path / "people.json"
        people.write_text(json.dumps(empty), encoding="utf-8")
        with pytest.raises(SystemExit):
            main(["--people", str(people), "--number", "1327000101", "--to", str(tmp_path)])
        assert "has no registration 1327000101" in capsys.readouterr().err
