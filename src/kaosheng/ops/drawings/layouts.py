"""The four layouts that documents.toml fills: form, letter, certificate, booklet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from kaosheng.ops.drawings.holder import Holder
from kaosheng.ops.drawings.paper import (
    Random,
    bar_code,
    guilloche,
    mark_as_sample,
    ornamental_frame,
    rosette,
    sheet,
    square_code,
)
from kaosheng.ops.drawings.portrait import portrait
from kaosheng.ops.drawings.seals import name_seal, round_seal, signature
from kaosheng.ops.drawings.text import INK, Colour, paragraph, put, put_centred, width_of, wrapped

Spec = Mapping[str, Any]

A4: Final = (1160, 1640)
_WHITE: Final = (251, 251, 249)
_LINE: Final = (70, 72, 78)
_LABEL: Final = (64, 68, 76)
_LABELS: Final = 156
_LONG_FORM_TITLE: Final = 18
_LONG_CERTIFICATE_TITLE: Final = 9
_PHOTO: Final = (206, 280)


@dataclass(frozen=True, slots=True)
class Blanks:
    """What fills one document: the holder's words, chance, and which marks are left out on purpose."""

    holder: Holder
    rng: Random
    sealed: bool = True
    signed: bool = True

    def fill(self, text: str) -> str:
        """The text with its blanks filled."""
        return text.format_map(self.holder.words)

    def photo(self, size: tuple[int, int], ground: str) -> Image.Image:
        """The holder's portrait, or his teacher's."""
        if ground == "teacher":
            return portrait(size, female=False, seed=self.holder.face_seed + 1, ground="blue")
        return portrait(size, female=self.holder.female, seed=self.holder.face_seed, ground=ground)


def form(spec: Spec, blanks: Blanks) -> Image.Image:
    """An A4 form: title, table of labels and values, boxes with opinions, signatures and seals."""
    page = sheet(A4, _WHITE)
    draw = ImageDraw.Draw(page)
    left, right = 84, A4[0] - 84
    title = blanks.fill(spec["title"])
    put_centred(
        draw,
        (A4[0] / 2, 122),
        title,
        46 if len(title) < _LONG_FORM_TITLE else 38,
        face="serif",
        bold=True,
        spacing=3,
    )
    put_centred(draw, (A4[0] / 2, 188), blanks.fill(spec["subtitle"]), 27, fill=_LABEL)
    top = 236
    if spec["code"] == "bar":
        bar_code(page, (400, top - 6, 760, top + 66), blanks.rng)
        put_centred(draw, (580, top + 92), blanks.holder.words["number"], 24, spacing=6)
        top += 122
    y = _table(page, spec["rows"], blanks, (left, top, right), photo=spec["photo"])
    for number, box in enumerate(spec["boxes"]):
        height = _box_height(spec, number, y)
        _opinion(page, box, blanks, (left, y, right, y + height))
        if spec["code"] == "square":
            square_code(page, (right - height + 18, y + 16), height - 32, blanks.rng)
        y += height
    paragraph(draw, (left, y + 20), blanks.fill(spec["notes"]), 22, right - left, fill=_LABEL)
    mark_as_sample(page)
    return page


def _box_height(spec: Spec, number: int, y: int) -> int:
    room = A4[1] - 120 - y
    share = room // (len(spec["boxes"]) - number) if number == 0 else room
    wanted = 200 if not spec["boxes"][number]["role"] else 330
    return max(150, min(wanted, share))


def _table(
    page: Image.Image, rows: list[list[str]], blanks: Blanks, frame: tuple[int, int, int], *, photo: str
) -> int:
    """Rows of label and value; those beside a photo are shorter. Returns the bottom."""
    draw = ImageDraw.Draw(page)
    left, top, full = frame
    width, height = _PHOTO if photo else (0, 0)
    y, last_beside = top, top
    for row in rows:
        beside = bool(photo) and y < top + height
        right = full - width - 20 if beside else full
        y += _row(draw, [blanks.fill(cell) for cell in row], (left, y, right))
        last_beside = y if beside else last_beside
    if photo:
        draw.rectangle((full - width - 20, top, full, last_beside), outline=_LINE, width=2)
        page.paste(blanks.photo(_PHOTO, photo), (full - width - 10, top + (last_beside - top - height) // 2))
    return y


def _row(draw: ImageDraw.ImageDraw, cells: list[str], frame: tuple[int, int, int]) -> int:
    """One row of one or two pairs; as tall as its longest text needs. Returns its height."""
    left, top, right = frame
    values = (right - left - _LABELS * (len(cells) // 2)) // (len(cells) // 2)
    widths = [_LABELS, values] * (len(cells) // 2)
    lines = [wrapped(cell, 27, width - 20) for cell, width in zip(cells, widths, strict=True)]
    height = max(62, 26 + 38 * max(len(part) for part in lines))
    x = left
    for order, (part, width) in enumerate(zip(lines, widths, strict=True)):
        end = right if order == len(widths) - 1 else x + width
        draw.rectangle((x, top, end, top + height), outline=_LINE, width=2)
        y = top + (height - 38 * len(part)) / 2 - 2
        for line in part:
            shift = (width - width_of(line, 27)) / 2 if order % 2 == 0 else 14
            put(draw, (x + shift, y), line, 27, fill=_LABEL if order % 2 == 0 else INK)
            y += 38
        x = end
    return height


def _opinion(page: Image.Image, box: Spec, blanks: Blanks, frame: tuple[int, int, int, int]) -> None:
    draw = ImageDraw.Draw(page)
    left, top, right, bottom = frame
    draw.rectangle(frame, outline=_LINE, width=2)
    draw.line((left + _LABELS, top, left + _LABELS, bottom), fill=_LINE, width=2)
    label = wrapped(box["label"], 28, 120)
    for order, line in enumerate(label):
        put_centred(
            draw,
            (left + _LABELS / 2, (top + bottom) / 2 + (order - (len(label) - 1) / 2) * 40),
            line,
            28,
            fill=_LABEL,
        )
    paragraph(
        draw,
        (left + _LABELS + 20, top + 20),
        blanks.fill(box["text"]),
        28,
        right - left - _LABELS - (44 if box["role"] else 230),
        indent=2,
        leading=1.5,
    )
    if not box["role"]:
        return
    put(draw, (left + 400, bottom - 112), f"{box['role']}：", 27)
    put(draw, (right - 290, bottom - 56), blanks.fill(box["date"]), 27)
    by_hand = box.get("signer") or box.get("sign")
    legal = bool(box.get("legal"))
    after = left + 400 + width_of(f"{box['role']}：", 27)
    if by_hand and (blanks.signed or not legal):
        signature(page, (after, bottom - 142), blanks.fill(by_hand), blanks.rng, size=46)
        if legal:
            name_seal(page, (min(after + 200, right - 60), bottom - 120), blanks.fill(by_hand), blanks.rng)
    if box.get("unit") and blanks.sealed:
        round_seal(page, (left + 318, bottom - 124), blanks.fill(box["unit"]), blanks.rng, radius=112)


def letter(spec: Spec, blanks: Blanks) -> Image.Image:
    """An A4 letter: letterhead, title, number, paragraphs, signature, seal and date."""
    page = sheet(A4, _WHITE)
    draw = ImageDraw.Draw(page)
    left, width = 130, A4[0] - 260
    if spec["head"]:
        put_centred(
            draw,
            (A4[0] / 2, 120),
            blanks.fill(spec["head"]),
            44,
            face="serif",
            fill=(178, 34, 38),
            bold=True,
            spacing=4,
        )
        draw.line((left - 30, 176, A4[0] - left + 30, 176), fill=(178, 34, 38), width=4)
        draw.line((left - 30, 184, A4[0] - left + 30, 184), fill=(178, 34, 38), width=1)
    put_centred(draw, (A4[0] / 2, 286), blanks.fill(spec["title"]), 52, face="serif", bold=True, spacing=8)
    number = blanks.fill(spec["number"])
    put(draw, (A4[0] - left - width_of(number, 26), 344), number, 26, fill=_LABEL)
    y: float = 430
    if spec["photo"]:
        page.paste(blanks.photo((200, 270), spec["photo"]), (A4[0] - left - 200, 400))
        y = 700
    for text in spec["text"]:
        y = (
            paragraph(draw, (left, y), blanks.fill(text), 33, width, face="serif", indent=2, leading=1.95)
            + 10
        )
    _close_letter(page, spec, blanks, round(max(y + 80, 980)))
    mark_as_sample(page)
    return page


def _close_letter(page: Image.Image, spec: Spec, blanks: Blanks, y: int) -> None:
    draw = ImageDraw.Draw(page)
    right = A4[0] - 150
    if spec.get("signer"):
        put(draw, (right - 520, y), f"{spec['role']}：", 32, face="serif")
        if blanks.signed:
            signature(page, (right - 330, y - 34), blanks.fill(spec["signer"]), blanks.rng, size=54)
        y += 110
    unit, date = blanks.fill(spec["unit"]), blanks.fill(spec["date"])
    put(draw, (right - width_of(unit, 33, "serif"), y), unit, 33, face="serif")
    put(draw, (right - width_of(date, 33, "serif"), y + 64), date, 33, face="serif")
    if spec.get("sign"):
        put(draw, (130, y + 30), "负责人：", 30, face="serif")
        signature(page, (260, y - 6), blanks.fill(spec["sign"]), blanks.rng, size=48)
    if blanks.sealed:
        round_seal(page, (right - 170, y + 54), unit, blanks.rng, radius=122)


def certificate(spec: Spec, blanks: Blanks) -> Image.Image:
    """A framed certificate across: portrait on the left, text on the right; or rows of a licence."""
    width, height = 1600, 1120
    page = sheet((width, height), tuple(spec["tint"]))
    ink: Colour = tuple(spec["ink"])
    pale = _mixed(ink, spec["tint"], 0.26)
    guilloche(page, (90, 90, width - 90, height - 90), pale, waves=22)
    rosette(page, (width // 2 + 120, 600), 270, pale)
    ornamental_frame(page, ink)
    draw = ImageDraw.Draw(page)
    title = blanks.fill(spec["title"])
    size = 78 if len(title) < _LONG_CERTIFICATE_TITLE else 58
    put_centred(draw, (width / 2, 142), blanks.fill(spec["above"]), 36, face="serif", fill=ink, spacing=10)
    put_centred(draw, (width / 2, 230), title, size, face="serif", fill=ink, bold=True, spacing=16)
    left = 140
    if spec["photo"]:
        page.paste(blanks.photo((250, 344), spec["photo"]), (160, 366))
        left = 480
    y: float = 330 if spec.get("rows") else 350
    for label, value in spec.get("rows", []):
        put(draw, (left + 40, y), f"{label}：", 31, face="serif", fill=ink)
        room = width - left - 400
        y = 4 + paragraph(draw, (left + 250, y), blanks.fill(value), 32, room, face="serif", leading=1.5)
    for text in map(blanks.fill, spec["text"]):
        room = width - left - 150
        y = paragraph(draw, (left, y + 12), text, 39, room, face="serif", indent=2, leading=1.78)
    _close_certificate(page, spec, blanks)
    mark_as_sample(page, size=190)
    return page


def _close_certificate(page: Image.Image, spec: Spec, blanks: Blanks) -> None:
    draw = ImageDraw.Draw(page)
    right, bottom = page.width - 150, page.height - 130
    unit, date = blanks.fill(spec["unit"]), blanks.fill(spec["date"])
    put(draw, (right - width_of(unit, 38, "serif"), bottom - 138), unit, 38, face="serif")
    put(draw, (right - width_of(date, 34, "serif"), bottom - 72), date, 34, face="serif")
    put(draw, (150, bottom - 66), blanks.fill(spec["foot"]), 29, face="serif")
    if spec["sign"]:
        put(draw, (500, bottom - 136), f"{spec['leader']}：", 33, face="serif")
        signature(
            page,
            (510 + width_of(f"{spec['leader']}：", 33, "serif"), bottom - 168),
            blanks.fill(spec["sign"]),
            blanks.rng,
            size=56,
        )
    if blanks.sealed:
        round_seal(page, (right - 190, bottom - 104), unit, blanks.rng, radius=128)
        if spec.get("second_unit"):
            round_seal(page, (620, bottom - 96), blanks.fill(spec["second_unit"]), blanks.rng, radius=116)


def booklet(spec: Spec, blanks: Blanks) -> Image.Image:
    """An opened booklet: portrait and number on the left page, the rest and the seal on the right."""
    size = (1600, 1130)
    page = sheet(size, tuple(spec["tint"]))
    ink: Colour = tuple(spec["ink"])
    pale = _mixed(ink, spec["tint"], 0.22)
    for half in (0, 800):
        guilloche(page, (half + 46, 46, half + 754, size[1] - 46), pale, waves=24)
        ImageDraw.Draw(page).rectangle((half + 40, 40, half + 760, size[1] - 40), outline=ink, width=3)
    draw = ImageDraw.Draw(page)
    for shade in range(22):
        tone = _mixed((90, 90, 90), spec["tint"], 0.30 * (1 - shade / 22))
        draw.line([(800 - shade, 0), (800 - shade, size[1])], fill=tone)
        draw.line([(800 + shade, 0), (800 + shade, size[1])], fill=tone)
    put_centred(draw, (400, 116), spec["title"], 46, face="serif", fill=ink, bold=True, spacing=6)
    page.paste(blanks.photo((250, 340), spec["photo"]), (275, 196))
    _fields(draw, spec["left"], blanks, (90, 600, 720), ink)
    y = _fields(draw, spec["right"], blanks, (880, 150, 1520), ink)
    paragraph(draw, (880, y + 24), blanks.fill(spec["text"]), 34, 620, face="serif", indent=2)
    unit, date = blanks.fill(spec["unit"]), blanks.fill(spec["date"])
    put(draw, (1500 - width_of(f"发证机关：{unit}", 31, "serif"), 890), f"发证机关：{unit}", 31, face="serif")
    put(draw, (1500 - width_of(date, 31, "serif"), 954), date, 31, face="serif")
    if blanks.sealed:
        round_seal(page, (1350, 930), unit, blanks.rng, radius=122)
    mark_as_sample(page, size=180)
    return page


def _fields(
    draw: ImageDraw.ImageDraw, rows: list[list[str]], blanks: Blanks, frame: tuple[int, int, int], ink: Colour
) -> float:
    left, y, right = frame
    place: float = y
    for label, value in rows:
        put(draw, (left, place), label, 30, face="serif", fill=ink)
        start = left + max(150, width_of(label, 30, "serif") + 24)
        after = paragraph(
            draw, (start, place - 2), blanks.fill(value), 33, right - start, face="serif", leading=1.4
        )
        draw.line((start, after + 6, right, after + 6), fill=ink, width=1)
        place = after + 48
    return place


def _mixed(ink: Colour, paper: list[int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(ink[:3], paper, strict=True))
    return red, green, blue
