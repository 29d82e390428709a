"""What the machine noticed in a picture, and what it is allowed to say of it. Advice never decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Advice(StrEnum):
    """Kinds of advice, the gravest first: a candidate reads one sentence a picture at a time."""

    TURNED = "turned"
    MIRRORED = "mirrored"
    NO_TEXT = "no_text"
    DARK = "dark"
    ILLEGIBLE = "illegible"
    SMALL = "small"
    SAME_PICTURE = "same_picture"
    OTHER_PAPER = "other_paper"
    NAME_NOT_FOUND = "name_not_found"


class Finding(StrEnum):
    """How a registered value compares with what stands on the picture."""

    MATCH = "match"
    UNCLEAR = "unclear"
    NOT_FOUND = "not_found"


CAN_BE_TURNED = frozenset({Advice.TURNED, Advice.MIRRORED})
"""帮我转正 helps; with the others only another picture does."""

REASONS: Final[Mapping[Advice, frozenset[str]]] = {
    Advice.TURNED: frozenset({"turned"}),
    Advice.MIRRORED: frozenset({"turned"}),
    Advice.NO_TEXT: frozenset({"blurred", "wrong_kind"}),
    Advice.DARK: frozenset({"blurred"}),
    Advice.ILLEGIBLE: frozenset({"blurred"}),
    Advice.SMALL: frozenset({"blurred"}),
    Advice.SAME_PICTURE: frozenset({"wrong_kind", "id_side"}),
    Advice.OTHER_PAPER: frozenset({"wrong_kind", "id_side"}),
    Advice.NAME_NOT_FOUND: frozenset({"wrong_person", "id_holder"}),
}
"""Standard reasons (codes of the catalogue) by which a reviewer says the same."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """The findings advice is made of. None: nothing can be said.

    `direction` as in kaosheng.inspection.direction; `paper_fits` whether the paper that was recognised is one its
    kind takes; `name` match, unclear, not_found or empty, already empty where the paper carries no name.
    """

    direction: str
    text: bool
    legible: bool | None
    dark: bool
    small: bool
    paper_fits: bool | None = None
    name: str = ""


def advice_for(noticed: Noticed) -> tuple[Advice, ...]:
    """Everything there is to advise, the gravest first.

    A picture that can't be read gets no word about its content: whatever was read there is no evidence. A name is
    missed only on a paper that is known to carry one.
    """
    if not noticed.text:
        return (Advice.DARK,) if noticed.dark else (Advice.NO_TEXT,)
    found = []
    if noticed.direction.startswith("rotated"):
        found.append(Advice.TURNED)
    if noticed.direction == "mirrored":
        found.append(Advice.MIRRORED)
    if noticed.legible is False:
        return (*found, _why_illegible(noticed))
    if noticed.paper_fits is False:
        found.append(Advice.OTHER_PAPER)
    if noticed.paper_fits and noticed.name == "not_found":
        found.append(Advice.NAME_NOT_FOUND)
    return tuple(found)


def _why_illegible(noticed: Noticed) -> Advice:
    if noticed.dark:
        return Advice.DARK
    return Advice.SMALL if noticed.small else Advice.ILLEGIBLE
