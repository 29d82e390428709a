"""The sentences of refused pictures: each names the rule and the picture's own figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.pictures.sniff import UNKNOWN

WORDS: Final[dict[str, str | Promise]] = {
    "picture_empty": _("文件是空的（0 字节），请重新选取图片"),
    "picture_too_large": _("图片大小为 {size}（{bytes} 字节），超过单张 {limit_size}（{limit} 字节）的限制"),
    "picture_wrong_type": _(
        "文件的实际格式是 {found}，只接受 jpg、jpeg、png 图片；只改扩展名没有用，请另存为 jpg 或 png 后再上传"
    ),
    "picture_unknown_type": _(
        "无法识别文件的实际格式，只接受 jpg、jpeg、png 图片；请另存为 jpg 或 png 后再上传"
    ),
    "picture_damaged": _("{format} 图片（{size}）不完整或已损坏，无法完整打开，请重新拍摄或重新导出后再上传"),
    "picture_sides": _("图片尺寸为 {width}×{height} 像素，每边须在 {minimum}–{maximum} 像素之间"),
    "picture_too_many_pixels": _(
        "图片有 {megapixels} 百万像素（{width}×{height}），超过 {format} 图片 {limit} 百万像素的限制，请缩小后再上传"
    ),
    "picture_too_many_scans": _(
        "这张渐进式 JPEG 分 {scans} 次扫描，超过 {limit} 次的限制，请另存为普通 jpg 后再上传"
    ),
    "picture_animated": _("这是动画 PNG（APNG），只接受静态图片，请另存为 jpg 或 png 后再上传"),
    "store_unavailable": _("暂时无法保存图片，本次没有保存任何内容，请稍后再试"),
    "stored_object_missing": _("暂时无法读取这张图片，请联系考点"),
}

_KILO: Final = 1024


def sentence(code: str, params: Mapping[str, object]) -> str:
    """Return the sentence of a code of this package in the active language.

    Raises KeyError for a code that isn't of this package.
    """
    if code == "picture_wrong_type" and params.get("found") == UNKNOWN:
        code = "picture_unknown_type"
    return str(WORDS[code]).format(**shown(params))


def shown(params: Mapping[str, object]) -> dict[str, object]:
    """Return the figures of a refusal as people read them, rounded up: over a limit must not read as the limit."""
    figures = dict(params)
    for name, readable in (("bytes", "size"), ("limit", "limit_size")):
        if isinstance(size := params.get(name), int):
            figures |= {name: f"{size:,}", readable: kilobytes(size)}
    if isinstance(megapixels := params.get("megapixels"), float):
        figures["megapixels"] = f"{math.ceil(megapixels * 100) / 100:g}"
    return figures


def kilobytes(size: int) -> str:
    """Return a size in KB of 1024 bytes, rounded up to a tenth."""
    tenths = -(-size * 10 // _KILO)
    return f"{tenths // 10}.{tenths % 10} KB" if tenths % 10 else f"{tenths // 10} KB"
