from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import kaosheng.pictures
from kaosheng.domain.errors import Refusal
from kaosheng.pictures import words
from kaosheng.pictures.checks import examine
from pictures.files import REFUSED

SENTENCES = {
    "zero-bytes.jpg": "文件是空的（0 字节），请重新选取图片",
    "204801-bytes.jpg": "图片大小为 200.1 KB（204,801 字节），超过单张 200 KB（204,800 字节）的限制",
    "iphone-heic.jpg": "文件的实际格式是 HEIC，只接受 jpg、jpeg、png 图片；只改扩展名没有用，请另存为 jpg 或 png 后再上传",
    "text.jpg": "无法识别文件的实际格式，只接受 jpg、jpeg、png 图片；请另存为 jpg 或 png 后再上传",
    "cut-at-a-third.jpg": "JPEG 图片（34.2 KB）不完整或已损坏，无法完整打开，请重新拍摄或重新导出后再上传",
    "side-99.jpg": "图片尺寸为 99×100 像素，每边须在 100–8000 像素之间",
    "over-12-megapixels.png": (
        "图片有 12.01 百万像素（4000×3001），超过 PNG 图片 12 百万像素的限制，请缩小后再上传"
    ),
    "animated.png": "这是动画 PNG（APNG），只接受静态图片，请另存为 jpg 或 png 后再上传",
    "many-scans.jpg": "这张渐进式 JPEG 分 66 次扫描，超过 32 次的限制，请另存为普通 jpg 后再上传",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_names_the_rule_and_the_figures(name: str) -> None:
    with pytest.raises(Refusal) as caught, translation.override("zh-hans"):
        examine(REFUSED[name][1]())
    assert words.sentence(caught.value.code, caught.value.params) == SENTENCES[name]


def test_every_code_has_its_words() -> None:
    source = "".join(path.read_text() for path in Path(kaosheng.pictures.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'Refusal\("(\w+)"|super\(\).__init__\("(\w+)"\)', source))
    assert {one or other for one, other in codes} <= words.WORDS.keys()


@pytest.mark.parametrize(
    ("size", "shown"), [(1, "0.1 KB"), (204_800, "200 KB"), (204_801, "200.1 KB"), (320_000, "312.5 KB")]
)
def test_sizes_are_never_rounded_down_to_the_limit(size: int, shown: str) -> None:
    assert words.kilobytes(size) == shown
