"""Chinese text in a PDF: the glyphs a document uses, taken from the packaged font, as reportlab can embed them.

The package's font has PostScript outlines, reportlab embeds TrueType ones only. Converting the few hundred glyphs of
one document takes some 30 ms; converting the font once would cost 30,000 glyphs, and a rare character of a name
would still have to be among them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any, Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as OpenTypeFont
from pylopdf_fonts_zh_cn import sans_path
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

_NAME: Final = "KaoshengSans"
_MISSING: Final = ".notdef"
_TOLERANCE: Final = 1.0
"""How far a converted curve may run beside the original, in thousandths of the type size."""
_ONE_AT_A_TIME: Final = threading.Lock()


@contextmanager
def font_for(text: str) -> Iterator[str]:
    """The name of a font that holds these characters, to draw one document with inside the block.

    reportlab keeps fonts by name for the whole process, so documents are drawn one at a time.
    """
    with _ONE_AT_A_TIME:
        pdfmetrics.registerFont(TTFont(_NAME, _true_type(text)))
        yield _NAME


@cache
def _source() -> OpenTypeFont:
    return OpenTypeFont(str(sans_path()), lazy=True)


def _true_type(text: str) -> BytesIO:
    source = _source()
    known = source.getBestCmap()
    characters = {ord(character): known[ord(character)] for character in text if ord(character) in known}
    drawn = source.getGlyphSet()
    glyphs: dict[str, Any] = {}
    metrics: dict[str, tuple[int, int]] = {}
    for name in dict.fromkeys([_MISSING, *characters.values()]):
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
        glyphs[name] = pen.glyph()
        metrics[name] = (drawn[name].width, getattr(glyphs[name], "xMin", 0))
    built = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    built.setupGlyphOrder(list(glyphs))
    built.setupCharacterMap(characters)
    built.setupGlyf(glyphs)
    built.setupHorizontalMetrics(metrics)
    ascent, descent = source["hhea"].ascent, source["hhea"].descent
    built.setupHorizontalHeader(ascent=ascent, descent=descent)
    built.setupNameTable({"familyName": _NAME, "styleName": "Regular", "psName": f"{_NAME}-Regular"})
    built.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWinAscent=ascent, usWinDescent=-descent)
    built.setupPost()
    file = BytesIO()
    # Times of making stay out of it: the same document gives the same bytes.
    built.font["head"].created = built.font["head"].modified = 0
    built.font.recalcTimestamp = False
    built.font.save(file)
    file.seek(0)
    return file
