"""Proof of identity: both sides of a card with invented data, or the pages of a permit or passport."""

from __future__ import annotations

import math
from typing import Final

from PIL import Image, ImageDraw

from kaosheng.ops.drawings.layouts import Blanks
from kaosheng.ops.drawings.paper import guilloche, mark_as_sample, rosette, sheet
from kaosheng.ops.drawings.seals import round_seal
from kaosheng.ops.drawings.text import paragraph, put, put_centred

_CARD: Final = (1520, 958)
_BLUE: Final = (52, 104, 150)
_RED: Final = (176, 44, 48)


def identity_page(position: int, blanks: Blanks, *, expired: bool = False) -> Image.Image:
    """The page for position 1 (人像面, data page) or 2 (国徽面, second page)."""
    travels = blanks.holder.identity in {"hmt", "foreign"}
    if travels:
        page = _travel_data(blanks) if position == 1 else _travel_second(blanks)
    else:
        page = _card_front(blanks) if position == 1 else _card_back(blanks, expired=expired)
    mark_as_sample(page, size=170, opacity=44)
    return page if travels else _rounded(page)


def _rounded(page: Image.Image) -> Image.Image:
    """A plastic card has round corners: transparent beyond them."""
    cover = Image.new("L", page.size, 0)
    ImageDraw.Draw(cover).rounded_rectangle((0, 0, page.width - 1, page.height - 1), radius=48, fill=255)
    page.putalpha(cover)
    return page


def _card_front(blanks: Blanks) -> Image.Image:
    words = blanks.holder.words
    page = sheet(_CARD, (231, 238, 242))
    guilloche(page, (0, 0, _CARD[0], _CARD[1]), (204, 219, 232), waves=34)
    rosette(page, (520, 470), 330, (212, 216, 232))
    draw = ImageDraw.Draw(page)
    lines = (
        (110, "姓名", words["name"], 250),
        (216, "性别", words["sex"], 250),
        (322, "出生", "", 250),
        (428, "住址", "", 250),
    )
    for y, label, value, x in lines:
        put(draw, (100, y), label, 36, fill=_BLUE, spacing=8)
        put(draw, (x, y - 6), value, 46)
    put(draw, (430, 216), "民族", 36, fill=_BLUE, spacing=8)
    put(draw, (570, 210), words["nation"], 46)
    year, month, day = words["born_short"].split("-")
    x = 250
    for value, unit in ((year, "年"), (str(int(month)), "月"), (str(int(day)), "日")):
        put(draw, (x, 316), value, 46)
        x += 40 + 27 * len(value)
        put(draw, (x, 322), unit, 36, fill=_BLUE)
        x += 66
    paragraph(draw, (250, 424), words["address"], 43, 640, leading=1.45)
    put(draw, (100, 790), "公民身份号码", 38, fill=_BLUE, spacing=4)
    put(draw, (440, 780), words["id_number"], 54, spacing=9, bold=True)
    page.paste(blanks.photo((400, 520), "white"), (1030, 150))
    return page


def _card_back(blanks: Blanks, *, expired: bool) -> Image.Image:
    page = sheet(_CARD, (240, 234, 234))
    guilloche(page, (0, 0, _CARD[0], _CARD[1]), (226, 206, 206), waves=34)
    draw = ImageDraw.Draw(page)
    _wall(draw)
    draw.ellipse((90, 80, 330, 320), fill=(190, 40, 44), outline=(206, 160, 60), width=12)
    put_centred(draw, (210, 190), "样本", 74, face="serif", fill=(244, 210, 110), bold=True)
    put_centred(
        draw, (880, 150), "中华人民共和国", 66, face="serif", fill=(46, 42, 44), spacing=22, bold=True
    )
    put_centred(draw, (880, 300), "居民身份证", 96, face="serif", fill=(46, 42, 44), spacing=34, bold=True)
    put(draw, (340, 690), "签发机关", 40, spacing=6)
    put(draw, (570, 686), "样本市公安局样本分局", 46)
    put(draw, (340, 800), "有效期限", 40, spacing=6)
    year = int(blanks.holder.words["last_year"])
    first, last = (year - 11, year - 1) if expired else (year - 6, year + 14)
    put(draw, (570, 794), f"{first}.03.18－{last}.03.18", 46, spacing=2)
    return page


def _wall(draw: ImageDraw.ImageDraw) -> None:
    """A faint range of hills along the lower half."""
    for order, (base, swing, tone) in enumerate(((560, 46, 232), (610, 62, 226), (664, 40, 220))):
        points = []
        for x in range(0, _CARD[0] + 1, 8):
            turn = x / 210 + order * 1.7
            points.append((x, base + swing * math.sin(turn) + swing / 3 * math.sin(2.7 * turn)))
        draw.line(points, fill=(tone - 6, tone - 34, tone - 34), width=3)


def _travel_data(blanks: Blanks) -> Image.Image:
    words = blanks.holder.words
    page = sheet((1500, 1060), (238, 240, 228))
    guilloche(page, (0, 0, 1500, 1060), (214, 220, 196), waves=34)
    draw = ImageDraw.Draw(page)
    put(draw, (110, 84), f"{words['id_type']}（样本）", 46, face="serif", fill=_RED, bold=True, spacing=4)
    page.paste(blanks.photo((360, 480), "white"), (110, 230))
    rows = (
        ("证件号码 / No.", words["id_number"]),
        ("姓名 / Name", words["name"]),
        ("性别 / Sex", "女 F" if words["sex"] == "女" else "男 M"),
        ("出生日期 / Date of birth", words["born_short"]),
        ("签发日期 / Date of issue", f"{int(words['last_year']) - 2}-05-06"),
        ("有效期至 / Date of expiry", f"{int(words['last_year']) + 7}-05-05"),
    )
    for order, (label, value) in enumerate(rows):
        y = 226 + order * 96
        put(draw, (540, y), label, 25, fill=(96, 104, 84))
        put(draw, (540, y + 32), value, 40)
    code = f"P<YBB{words['id_number']}<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"[:38]
    for y, text in (
        (862, code),
        (930, f"{words['id_number']}0YBB{words['born_short'].replace('-', '')}<<<<<<<<<<<<<<"[:38]),
    ):
        put(draw, (110, y), text, 40, spacing=11)
    return page


def _travel_second(blanks: Blanks) -> Image.Image:
    words = blanks.holder.words
    page = sheet((1500, 1060), (232, 238, 240))
    guilloche(page, (0, 0, 1500, 1060), (204, 220, 226), waves=34)
    rosette(page, (750, 520), 300, (198, 214, 226))
    draw = ImageDraw.Draw(page)
    put_centred(draw, (750, 130), "签注页（样本）", 56, face="serif", fill=_BLUE, bold=True, spacing=10)
    text = f"持证人 {words['name']}，证件号码 {words['id_number']}，准许多次入境并在样本省工作、学习。"
    y = paragraph(draw, (170, 280), text, 42, 1160, face="serif", indent=2)
    paragraph(
        draw,
        (170, y + 40),
        f"有效期至 {int(words['last_year']) + 3} 年 12 月 31 日",
        42,
        1160,
        face="serif",
        indent=2,
    )
    put(draw, (860, 760), "样本市出入境管理局", 40, face="serif")
    put(draw, (860, 830), f"{int(words['last_year']) - 1} 年 9 月 2 日", 40, face="serif")
    round_seal(page, (1090, 800), "样本市出入境管理局", blanks.rng, radius=128)
    return page
