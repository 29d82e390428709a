"""The receipt as a PDF of A4 pages; up to thirty pictures stand on the first one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Final

import segno
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from kaosheng.domain.pieces import in_pieces
from kaosheng.web.candidate.receipts import Line, Sheet
from kaosheng.web.ui import times
from kaosheng.web.ui.pdf_font import font_for

_WIDTH, _HEIGHT = A4
_MARGIN: Final = 40
_COLUMNS: Final = 2
_GAP: Final = 18
_COLUMN: Final = (_WIDTH - 2 * _MARGIN - _GAP) / _COLUMNS
_ROW: Final = 33
_ROW_TALLEST: Final = 60
"""A short list takes the room it has: larger pictures, larger print."""
_ROWS_FIRST: Final = 15
"""Rows below the head of the first page; later pages have room for more."""
_ROWS_LATER: Final = 20
_QR: Final = 92
_THUMBNAIL: Final = (34, 27)
_INK, _MUTED, _RULE, _BRAND = (HexColor(value) for value in ("#17202b", "#5b6673", "#c9d2dc", "#0b5c9c"))


def receipt_pdf(sheet: Sheet, thumbnails: Sequence[bytes]) -> bytes:
    """The file; the same receipt in the same language is always the same bytes."""
    words = _Words(sheet)
    with font_for(words.all_characters()) as font:
        file = BytesIO()
        canvas = Canvas(file, pagesize=A4, invariant=1)
        canvas.setTitle(f"{words.title} {sheet.number}")
        canvas.setAuthor(words.service)
        _Drawing(canvas, font, words, sheet).draw(thumbnails)
        canvas.save()
    return file.getvalue()


class _Words:
    """Every sentence of the document, in the reader's language."""

    def __init__(self, sheet: Sheet) -> None:
        self.service = _("国家医学考试考生服务系统")
        self.title = _("报名材料提交回执")
        local = timezone.localtime(sheet.at)
        self.facts = [
            (_("回执编号"), sheet.number),
            (_("提交时间"), f"{times.day(sheet.at, year=True)} {local:%H:%M:%S}"),
            (_("姓名"), sheet.person),
            (_("报名号"), sheet.registration),
            (_("考点"), sheet.site),
            (_("考试"), sheet.intake),
        ]
        self.scan = _("扫码核验")
        self.list = _("提交的图片（共 %(count)s 张）") % {"count": len(sheet.lines)}
        self.footer = [
            _("每张图片后面的字符是它的数字指纹：图片有任何改动，指纹都会不同。"),
            _("核验网址：%(address)s") % {"address": sheet.check_address},
            _("电子签名（Ed25519，密钥 %(key)s）：%(signature)s")
            % {"key": sheet.key_id, "signature": sheet.signature},
        ]
        self.lines = [f"{line.number}. {line.name}" for line in sheet.lines]
        self.digests = [f"{line.algorithm} {line.digest}" for line in sheet.lines]

    def page(self, number: int, total: int) -> str:
        """第 1 页，共 2 页."""
        return _("第 %(number)s 页，共 %(total)s 页") % {"number": number, "total": total}

    def all_characters(self) -> str:
        """What the font must hold."""
        facts = "".join(label + value for label, value in self.facts)
        rest = [self.service, self.title, self.scan, self.list, *self.footer, *self.lines, *self.digests]
        return facts + "".join(rest) + self.page(0, 0) + "0123456789…"


class _Drawing:
    """Puts one receipt on its pages."""

    def __init__(self, canvas: Canvas, font: str, words: _Words, sheet: Sheet) -> None:
        self.canvas, self.font, self.words, self.sheet = canvas, font, words, sheet

    def draw(self, thumbnails: Sequence[bytes]) -> None:
        """Every page, first to last."""
        pages = list(_pages(list(zip(self.sheet.lines, thumbnails, strict=True))))
        for number, entries in enumerate(pages, start=1):
            top = self._head() if number == 1 else _HEIGHT - _MARGIN
            rows = max(1, -(-len(entries) // _COLUMNS))
            height = min(_ROW_TALLEST, _ROW * (_ROWS_FIRST if number == 1 else _ROWS_LATER) / rows)
            for place, (line, thumbnail) in enumerate(entries):
                column, row = divmod(place, rows)
                corner = (_MARGIN + column * (_COLUMN + _GAP), top - row * height)
                self._line(line, thumbnail, corner, scale=height / _ROW)
            self._foot(number, len(pages))
            self.canvas.showPage()

    def _head(self) -> float:
        """Name of the service, title, facts and QR code; the height the list begins at."""
        y = float(_HEIGHT - _MARGIN - 10)
        self._text((_MARGIN, y), self.words.service, 9, _MUTED)
        y -= 28
        self._text((_MARGIN, y), self.words.title, 20, _BRAND)
        self._qr(_WIDTH - _MARGIN - _QR, _HEIGHT - _MARGIN - _QR)
        y -= 26
        for place, (label, value) in enumerate(self.words.facts):
            column, row = place % 2, place // 2
            x = _MARGIN + column * 212
            self._text((x, y - row * 17), label, 9, _MUTED, room=54)
            self._text((x + 58, y - row * 17), value, 10.5, room=140)
        y -= 3 * 17 + 2
        self._rule(y)
        y -= 17
        self._text((_MARGIN, y), self.words.list, 11)
        return y - 10

    def _qr(self, x: float, y: float) -> None:
        code = segno.make_qr(self.sheet.check_address, error="m")
        modules = [list(row) for row in code.matrix_iter(border=2)]
        side = _QR / len(modules)
        self.canvas.setFillColor(_INK)
        for row, cells in enumerate(modules):
            for column, dark in enumerate(cells):
                if dark:
                    self.canvas.rect(
                        x + column * side, y + _QR - (row + 1) * side, side, side, stroke=0, fill=1
                    )
        width = stringWidth(self.words.scan, self.font, 8)
        self._text((x + (_QR - width) / 2, y - 8), self.words.scan, 8, _MUTED)

    def _line(self, line: Line, thumbnail: bytes, corner: tuple[float, float], *, scale: float) -> None:
        x, top = corner
        width, height = (side * scale for side in _THUMBNAIL)
        image = ImageReader(BytesIO(thumbnail))
        self.canvas.drawImage(image, x, top - height - 2, width, height, preserveAspectRatio=True, anchor="c")
        left, room = x + width + 8, _COLUMN - width - 8
        half = len(line.digest) // 2
        print_scale = min(scale, 1.2)
        self._text((left, top - 9 * scale), f"{line.number}. {line.name}", 9 * print_scale, room=room)
        digest = (f"{line.algorithm} {line.digest[:half]}", line.digest[half:])
        for place, part in enumerate(digest):
            below = (9 + 9 * (place + 1)) * print_scale + 9 * (scale - print_scale)
            self._text((left, top - below), part, 6.5 * print_scale, _MUTED, room=room)

    def _foot(self, number: int, total: int) -> None:
        y = _MARGIN + 50
        self._rule(y)
        for sentence in self.words.footer:
            y -= 13
            self._text((_MARGIN, y), sentence, 8, _MUTED, room=_WIDTH - 2 * _MARGIN)
        page = self.words.page(number, total)
        right = _WIDTH - _MARGIN - stringWidth(page, self.font, 8)
        self._text((right, _MARGIN - 8), page, 8, _MUTED)

    def _rule(self, y: float) -> None:
        self.canvas.setStrokeColor(_RULE)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(_MARGIN, y, _WIDTH - _MARGIN, y)

    def _text(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        colour: HexColor = _INK,
        *,
        room: float = _WIDTH,
    ) -> None:
        """One line; smaller where the room asks for it, since a receipt leaves nothing out."""
        width = stringWidth(text, self.font, size)
        self.canvas.setFillColor(colour)
        self.canvas.setFont(self.font, size * min(1.0, room / width) if width else size)
        self.canvas.drawString(*at, text)


def _pages(entries: list[tuple[Line, bytes]]) -> Iterator[list[tuple[Line, bytes]]]:
    """The list by pages; one page even when it is empty."""
    first = _ROWS_FIRST * _COLUMNS
    yield entries[:first]
    yield from in_pieces(entries[first:], _ROWS_LATER * _COLUMNS)
