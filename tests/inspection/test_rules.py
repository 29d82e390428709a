from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.advice import Finding
from kaosheng.inspection import nets
from kaosheng.inspection.fields import compare_name, compare_number, is_valid_number
from kaosheng.inspection.inspector import lying
from kaosheng.inspection.papers import paper_of, papers, papers_of_kind
from kaosheng.inspection.reading import Line
from kaosheng.inspection.text_boxes import TextBox, from_top_edge
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.pictures.encode import turned

SQUARE = TextBox(np.array([[0, 0], [9, 0], [9, 9], [0, 9]], dtype=np.float32))


def lines(*texts: str) -> list[Line]:
    return [Line(text, 0.99, SQUARE) for text in texts]


@given(
    width=st.floats(10, 500), height=st.floats(10, 500), degrees=st.floats(-44, 44), start=st.integers(0, 3)
)
def test_the_top_edge_is_the_one_that_runs_right_whatever_the_shape(
    width: float, height: float, degrees: float, start: int
) -> None:
    turn = np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ rotation.T
    ordered = from_top_edge(np.roll(flat, start, axis=0).astype(np.float32))
    assert np.allclose(ordered, flat, atol=1e-3)


@pytest.mark.parametrize(
    ("texts", "finding"),
    [
        (["姓名欧阳若琳"], Finding.MATCH),
        (["姓 名：欧 阳 若 琳"], Finding.MATCH),
        (["欧阳岩琳"], Finding.UNCLEAR),
        (["欧阳"], Finding.UNCLEAR),
        (["阳光医院", "若干"], Finding.NOT_FOUND),
        ([], Finding.NOT_FOUND),
    ],
)
def test_names(texts: list[str], finding: Finding) -> None:
    assert compare_name("欧阳若琳", lines(*texts)).finding is finding


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("公民身份号码139999199001010016", Finding.MATCH),
        ("1399 9919 9001 0100 16", Finding.MATCH),
        ("139999199403078021", Finding.UNCLEAR),  # valid, of somebody else
        ("139999199001010015", Finding.NOT_FOUND),  # its check digit is wrong: misread, not another person
        ("13999919900101001", Finding.NOT_FOUND),
        ("", Finding.NOT_FOUND),
    ],
)
def test_numbers(text: str, finding: Finding) -> None:
    assert compare_number("139999199001010016", lines(text)).finding is finding


def test_check_characters() -> None:
    assert [is_valid_number(f"13999919900101001{last}") for last in "6X0"] == [True, False, False]


def test_a_small_x_is_an_x() -> None:
    assert compare_number("11010519491231002X", lines("11010519491231002x")).finding is Finding.MATCH


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["医师资格证书", "证书编码 2020"], "qualification"),
        (["医帅资格证书"], "qualification"),
        (["毕业证书", "准予毕业"], "diploma"),
        (["本人承诺所交毕业证书、医师资格证书真实", "承诺书"], "undertaking"),
        (["今天天气很好", "一二三四"], None),
        ([], None),
    ],
)
def test_papers(texts: list[str], code: str | None) -> None:
    paper = paper_of(texts)
    assert (paper.code if paper else None) == code


def test_every_kind_of_the_catalogue_but_the_open_one_takes_some_paper() -> None:
    takes = {kind.code: papers_of_kind(kind.name_zh) for kind in demo_catalogue().kinds}
    assert [code for code, found in takes.items() if not found] == ["M99"]
    assert takes["M01"] == {"id_front", "id_back"}
    assert takes["M11"] == {"qualification", "practice_certificate"}
    assert set().union(*takes.values()) == set(papers())


def test_a_model_file_that_was_changed_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in nets.DIGESTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"something else")
    monkeypatch.setattr(nets, "_folder", lambda: tmp_path)
    assert nets.available()
    with pytest.raises(nets.ModelsUnusableError, match=hashlib.sha256(b"something else").hexdigest()):
        _ = nets.Nets().detect


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_place_is_brought_back_to_where_it_lay(orientation: int) -> None:
    lay = np.zeros((30, 50, 1), np.uint8)
    lay[4:9, 30:37] = 255
    upright = turned(lay, orientation)
    down, across = (axis.astype(np.float32) for axis in np.nonzero(upright[:, :, 0]))
    back_across, back_down = lying(
        (across + 0.5) / upright.shape[1], (down + 0.5) / upright.shape[0], orientation
    )
    assert (back_across.min() * 50, back_across.max() * 50) == pytest.approx((30.5, 36.5))
    assert (back_down.min() * 30, back_down.max() * 30) == pytest.approx((4.5, 8.5))
