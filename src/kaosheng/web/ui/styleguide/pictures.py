"""Drawn stand-ins for pictures of documents, so that the style guide needs no files."""

from __future__ import annotations

from typing import Final

LANDSCAPE: Final = (1200, 760)
PORTRAIT: Final = (1000, 1414)
SIZES: Final = {"id-front": LANDSCAPE, "id-back": LANDSCAPE, "diploma": LANDSCAPE}


def size_of(kind: str) -> tuple[int, int]:
    """Return width and height of a drawn document in pixels."""
    return SIZES.get(kind, PORTRAIT)


def document(kind: str) -> str:
    """Draw a document of this kind as SVG text."""
    width, height = size_of(kind)
    body = {"id-front": _id_front, "id-back": _id_back, "diploma": _diploma}.get(kind, _form)()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif">{body}'
        f'<text x="{width - 60}" y="{height - 50}" font-size="64" font-weight="700" fill="#b8322a" '
        f'opacity=".45" text-anchor="end">样本</text></svg>'
    )


def _id_front() -> str:
    rows = (
        ("姓名", "李晓雨"),
        ("性别", "女　民族　汉"),
        ("出生", "2001 年 3 月 8 日"),
        ("住址", "河北省石家庄市样本路 8 号"),
    )
    lines = "".join(
        f'<text x="90" y="{150 + 105 * i}" font-size="40" fill="#4b78a5">{label}</text>'
        f'<text x="210" y="{150 + 105 * i}" font-size="46" fill="#1d2733">{value}</text>'
        for i, (label, value) in enumerate(rows)
    )
    return (
        '<rect width="1200" height="760" rx="40" fill="#e6eef5"/><circle cx="960" cy="230" r="86" fill="#c9a88f"/>'
        f'<path d="M800 540c10-150 80-200 160-200s150 50 160 200z" fill="#4b5a6b"/>{lines}'
        '<text x="90" y="670" font-size="40" fill="#4b78a5">公民身份号码</text>'
        '<text x="400" y="672" font-size="50" letter-spacing="6" fill="#1d2733">139999200103080028</text>'
    )


def _id_back() -> str:
    return (
        '<rect width="1200" height="760" rx="40" fill="#e9f0ee"/><circle cx="220" cy="220" r="110" fill="#c8402f"/>'
        '<circle cx="220" cy="220" r="70" fill="none" stroke="#f3c14b" stroke-width="14"/>'
        '<text x="720" y="210" font-size="64" text-anchor="middle" fill="#1d2733">中华人民共和国</text>'
        '<text x="720" y="330" font-size="92" text-anchor="middle" letter-spacing="18" fill="#1d2733">居民身份证</text>'
        '<text x="330" y="560" font-size="44" fill="#1d2733">签发机关　样本市公安局</text>'
        '<text x="330" y="640" font-size="44" fill="#1d2733">有效期限　2020.05.01-2040.05.01</text>'
    )


def _diploma() -> str:
    return (
        '<rect width="1200" height="760" fill="#f7f1e3"/>'
        '<rect x="36" y="36" width="1128" height="688" fill="none" stroke="#b08d3c" stroke-width="10"/>'
        '<text x="600" y="170" font-size="84" text-anchor="middle" letter-spacing="40" fill="#8d2a20">毕业证书</text>'
        '<text x="130" y="290" font-size="40" fill="#1d2733">学生 李晓雨，性别女，于二〇一九年九月至二〇二四年</text>'
        '<text x="130" y="360" font-size="40" fill="#1d2733">六月在本校临床医学专业五年制本科学习，修完教学</text>'
        '<text x="130" y="430" font-size="40" fill="#1d2733">计划规定的全部课程，成绩合格，准予毕业。</text>'
        '<text x="130" y="640" font-size="36" fill="#1d2733">样本医科大学</text>' + _stamp(880, 580)
    )


def _form() -> str:
    rules = "".join(f'<path d="M90 {280 + 92 * i}H910" stroke="#3a4653" stroke-width="3"/>' for i in range(9))
    rows = (
        "姓名　　　李晓雨",
        "报考类别　110 临床执业医师",
        "试用机构　样本市第三医院",
        "起止时间　2026年1月至2027年1月",
    )
    words = "".join(
        f'<text x="120" y="{340 + 92 * i}" font-size="38" fill="#1d2733">{row}</text>'
        for i, row in enumerate(rows)
    )
    return (
        '<rect width="1000" height="1414" fill="#fdfdfa"/>'
        '<text x="500" y="190" font-size="54" text-anchor="middle" fill="#1d2733">试用期考核合格证明</text>'
        f'<path d="M90 280V1280H910V280" fill="none" stroke="#3a4653" stroke-width="3"/>{rules}{words}'
        '<text x="120" y="1090" font-size="38" fill="#1d2733">考核合格，同意报名。</text>' + _stamp(720, 1140)
    )


def _stamp(x: int, y: int) -> str:
    return (
        f'<g fill="none" stroke="#c22f26" opacity=".8"><circle cx="{x}" cy="{y}" r="110" stroke-width="8"/></g>'
        f'<text x="{x}" y="{y + 28}" font-size="80" text-anchor="middle" fill="#c22f26" opacity=".8">★</text>'
    )
