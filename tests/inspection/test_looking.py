from __future__ import annotations

import numpy as np
import pytest

from inspection.pages import NAME, NUMBER, blurred, dimmed, pixels, shrunk
from kaosheng.domain.advice import Finding
from kaosheng.inspection.direction import Direction
from kaosheng.inspection.inspector import Expected, Inspector
from kaosheng.pictures.encode import turned


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector()


LIES = {
    1: Direction.UPRIGHT,
    2: Direction.MIRRORED,
    3: Direction.ROTATED_180,
    4: Direction.MIRRORED,
    5: Direction.MIRRORED,
    6: Direction.ROTATED_90,
    7: Direction.MIRRORED,
    8: Direction.ROTATED_270,
}


@pytest.mark.parametrize("orientation", LIES)
@pytest.mark.parametrize("kind", ["M01", "M09"])
def test_eight_ways_to_lie_and_the_turn_that_undoes_each(
    kind: str, orientation: int, inspector: Inspector
) -> None:
    upright = pixels(kind)
    lie = inspector.quick_look(turned(upright, orientation)).lie
    assert lie.direction is LIES[orientation]
    assert np.array_equal(turned(turned(upright, orientation), lie.orientation), upright)


def test_a_good_picture_raises_nothing(inspector: Inspector) -> None:
    look = inspector.quick_look(pixels("M03"))
    assert (look.lie.direction, look.legible, look.clarity.dark, look.clarity.small, look.text) == (
        Direction.UPRIGHT,
        True,
        False,
        False,
        True,
    )


def test_what_is_illegible_is_said_so_and_nothing_is_said_of_how_it_lies(inspector: Inspector) -> None:
    look = inspector.quick_look(blurred(pixels("M09"), 7))
    assert look.legible is False or (look.legible is None and not look.text)
    assert look.lie.direction in {Direction.UPRIGHT, Direction.UNKNOWN}


def test_a_blur_one_can_read_through_is_no_matter(inspector: Inspector) -> None:
    assert inspector.quick_look(blurred(pixels("M09"), 1)).legible is True


def test_dark(inspector: Inspector) -> None:
    look = inspector.quick_look(dimmed(pixels("M09"), 0.2))
    assert look.clarity.dark
    assert look.legible is not True


def test_too_small(inspector: Inspector) -> None:
    look = inspector.quick_look(shrunk(pixels("M09"), 420))
    assert look.clarity.small
    assert look.legible is False


@pytest.mark.parametrize("shade", [255, 128, 0])
def test_an_empty_picture_has_no_writing(shade: int, inspector: Inspector) -> None:
    look = inspector.quick_look(np.full((800, 1200, 1), shade, np.uint8))
    assert (look.text, look.legible, look.lie.direction) == (False, None, Direction.UNKNOWN)
    assert inspector.read(np.full((800, 1200, 1), shade, np.uint8), look, Expected(name=NAME)) is None


@pytest.mark.parametrize(
    ("kind", "position", "paper"),
    [
        ("M01", 1, "id_front"),
        ("M01", 2, "id_back"),
        ("M02", 1, "registration_notice"),
        ("M03", 1, "diploma"),
        ("M04", 1, "degree"),
        ("M09", 1, "probation"),
        ("M11", 1, "qualification"),
        ("M11", 2, "practice_certificate"),
        ("M14", 1, "institution_licence"),
        ("M15", 1, "undertaking"),
    ],
)
def test_papers_by_their_words(kind: str, position: int, paper: str, inspector: Inspector) -> None:
    page = pixels(kind, position)
    reading = inspector.read(page, inspector.quick_look(page), Expected())
    assert reading is not None
    assert reading.paper is not None
    assert reading.paper.code == paper


def test_name_and_number_are_read_from_a_picture_on_its_side(inspector: Inspector) -> None:
    page = turned(pixels("M01"), 6)
    reading = inspector.read(page, inspector.quick_look(page), Expected(name=NAME, id_number=NUMBER))
    assert reading is not None
    assert reading.name is not None
    assert reading.id_number is not None
    assert (reading.name.finding, reading.id_number.finding) == (Finding.MATCH, Finding.MATCH)
    assert reading.name.line is not None
    assert NAME in reading.name.line.text.replace(" ", "")


def test_another_person_is_not_taken_for_the_registered_one(inspector: Inspector) -> None:
    page = pixels("M01")
    expected = Expected(name="李海涛", id_number="139999199001010016")
    reading = inspector.read(page, inspector.quick_look(page), expected)
    assert reading is not None
    assert reading.name is not None
    assert reading.id_number is not None
    assert (reading.name.finding, reading.id_number.finding) == (Finding.NOT_FOUND, Finding.UNCLEAR)
