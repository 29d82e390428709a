"""Freshly drawn papers for measuring the picture assistant: other fonts, people and damage than it was tuned on.

The recipe's thresholds were set on Noto, WenQuanYi Zen Hei and AR PL fonts, with Gaussian blur, perspective, tilt,
shadow and noise. Here: WenQuanYi Micro Hei, LXGW WenKai and ZCOOL XiaoWei; bent paper, folds, a warm lamp, the
blotches of a telephone's night mode, photocopies, saving twice, defocus by a disc, shake in any direction. Everything
is synthetic, invented and marked 样本.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageFont

Pixels = NDArray[np.uint8]
Random = np.random.Generator

FONTS: Final = {
    "wqy-microhei.ttc": "2420e8078af796b19a3f6ef13de527a1a91c1e7171eea115926c614ced1009b3",
    "LXGWWenKai-Regular.ttf": "bbf534b0ca093928f94d1782855e65a19a32cde82b075d495d072025521953c8",
    "ZCOOLXiaoWei_400Regular.ttf": "f5ffee4980db40005b7d7e76f7e8c7a0f959e87d57c33aeb8c9793a5a1077a35",
}
"""Font files with their SHA-256: Apache-2.0, OFL-1.1, OFL-1.1."""

_DEBIAN: Final = ("fonts-wqy-microhei", "fonts-lxgw-wenkai")
_NPM: Final = "@expo-google-fonts/zcool-xiaowei@0.4.1"
_SETS: Final = (
    ("wqy-microhei.ttc", "LXGWWenKai-Regular.ttf"),
    ("LXGWWenKai-Regular.ttf", "wqy-microhei.ttc"),
    ("wqy-microhei.ttc", "ZCOOLXiaoWei_400Regular.ttf"),
)
"""Which letters take the place of sans and serif. XiaoWei is fancier than any paper's: on purpose, and seldom."""

PAPERS: Final = (
    ("M01", 1, "身份证明", "id_front"),
    ("M01", 2, "身份证明", "id_back"),
    ("M02", 1, "网上报名成功通知单", "registration_notice"),
    ("M03", 1, "毕业证书", "diploma"),
    ("M04", 1, "学位证书", "degree"),
    ("M05", 1, "教育部学历证书电子注册备案表", "education_record"),
    ("M08", 1, "学籍（学生证）和实习证明", "student_record"),
    ("M09", 1, "医师资格考试试用期考核证明", "probation"),
    ("M10", 1, "执业助理医师报考执业医师执业期考核证明", "practice_period"),
    ("M11", 1, "执业助理医师资格证书和执业证书", "qualification"),
    ("M13", 1, "带教老师执业证书", "practice_certificate"),
    ("M14", 1, "医疗机构执业许可证副本或诊所备案凭证", "institution_licence"),
    ("M15", 1, "应届医学专业毕业生报考承诺书", "undertaking"),
    ("M21", 1, "在岗证明（社保、工资流水）", "employment"),
)
"""Kind, position, name of the kind, the paper that is drawn."""

_SURNAMES: Final = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建国文斌宇浩然子轩梓涵雨欣佳怡思远志鹏晓东海燕春梅丹阳雪琴立新家豪俊德忠义兰香凯旋一凡诗雅"
_RARE: Final = "旻昉赟骁琰璟煜翊珩妤婕蓓嫣翾璇昕晔煊铖钰"
_RARE_SHARE: Final = 0.15
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_LONGEST: Final = 1600


@dataclass(frozen=True, slots=True)
class Fresh:
    """One drawn paper: its pixels as RGB, upright and legible; what stands on it; how hard its damage is."""

    pixels: Pixels
    name: str
    id_number: str
    kind_name: str
    paper: str
    level: str


def fetch_fonts(folder: Path) -> None:
    """Bring the fonts from Debian and npm, once, and check that they are the measured ones. Raises RuntimeError."""
    if not all((folder / name).is_file() for name in FONTS):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", *_DEBIAN], cwd=folder, check=True, capture_output=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package.name, "unpacked"], cwd=folder, check=True)
        subprocess.run(["npm", "pack", "--silent", _NPM], cwd=folder, check=True, capture_output=True)
        for package in folder.glob("*.tgz"):
            with tarfile.open(package) as archive:
                archive.extractall(folder / "unpacked", filter="data")
        for name in FONTS:
            next((folder / "unpacked").rglob(name)).rename(folder / name)
    for name, expected in FONTS.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
            message = f"{name} isn't the font that was measured with"
            raise RuntimeError(message)


def people(seed: int, fonts: Path) -> Iterator[tuple[dict[str, Any], Path, Path]]:
    """Endlessly: a registration of an invented person and the two fonts its papers are set in."""
    for number in range(10**6):
        rng = np.random.default_rng([seed, number])
        sans, serif = (fonts / name for name in _SETS[number % len(_SETS)])
        name = _name(rng, sans, serif)
        yield _registration(number, name, _id_number(rng), rng), sans, serif


def drawn(
    registration: dict[str, Any], place: tuple[str, int, str, str], fonts: tuple[Path, Path], seed: int
) -> Fresh:
    """One paper of this person: scanned, photographed well, or photographed badly but legibly."""
    from kaosheng.ops.drawings.documents import draw  # noqa: PLC0415 - Django must be set up first
    from kaosheng.ops.drawings.text import set_in  # noqa: PLC0415 - the same

    kind, position, kind_name, paper = place
    rng = np.random.default_rng([seed, position, *kind.encode(), int(registration["number"]) % 10**6])
    with _in_fonts(set_in, fonts):
        data = draw(kind, position, registration, int(rng.integers(2**31)))
    pixels = simplejpeg.decode_jpeg(data, "RGB")
    level = ("clean", "mild", "mild", "hard")[int(rng.integers(4))]
    if level != "clean":
        pixels = _worn(pixels, rng, hard=level == "hard")
    return Fresh(
        pixels=resaved(_fitted(pixels), rng, low=60, high=85),
        name=str(registration["name"]),
        id_number=str(registration["id_number"]),
        kind_name=kind_name,
        paper=paper,
        level=level,
    )


@contextmanager
def _in_fonts(set_in: Callable[..., Any], fonts: tuple[Path, Path]) -> Iterator[None]:
    with set_in(sans=fonts[0], serif=fonts[1]):
        yield


# --- damage a person reads through --------------------------------------------------------------------------------
def _worn(pixels: Pixels, rng: Random, *, hard: bool) -> Pixels:
    """Two (hard: four) of the damages, each drawn by chance."""
    damages = [_bent, _folded, _under_a_lamp, _blotched, _shaded, _photocopied, _tilted]
    for index in rng.permutation(len(damages))[: 4 if hard else 2]:
        pixels = damages[int(index)](pixels, rng, 1.0 if hard else 0.5)
    return pixels


def _bent(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """Paper that doesn't lie flat: its lines are waves."""
    height, width = pixels.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    rise = float(rng.uniform(0.002, 0.009)) * strength * height
    wave = rise * np.sin(across / width * np.pi * float(rng.uniform(0.8, 2.2)) + float(rng.uniform(0, 6)))
    return np.asarray(
        cv2.remap(pixels, across, down + wave, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )


def _folded(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """One or two folds: a dark line, brighter on one side."""
    out = pixels.astype(np.float32)
    for _ in range(1 + int(rng.integers(2))):
        place = int(pixels.shape[0] * rng.uniform(0.25, 0.75))
        slope = float(rng.uniform(-0.02, 0.02))
        lines = place + slope * np.arange(pixels.shape[1])
        away = np.abs(np.arange(pixels.shape[0])[:, None] - lines[None])
        out *= (1 - 0.35 * strength * np.exp(-((away / 2.5) ** 2)))[..., None]
        out += (12 * strength * np.exp(-((away / 30) ** 2)))[..., None]
    return np.clip(out, 0, 255).astype(np.uint8)


def _under_a_lamp(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """A warm lamp: yellow, and bright in one place."""
    height, width = pixels.shape[:2]
    middle = rng.uniform(0.2, 0.8, 2) * (height, width)
    down, across = np.ogrid[0:height, 0:width]
    away = np.hypot(down - middle[0], across - middle[1]) / max(height, width)
    light = (1.05 - 0.55 * strength * away)[..., None] * np.array([1.0, 0.93, 1 - 0.28 * strength])
    return np.asarray(np.clip(pixels * light, 0, 255), dtype=np.uint8)


def _blotched(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """Night mode: grain that was smoothed away, with colour in blotches."""
    shape = (pixels.shape[0] // 4 + 1, pixels.shape[1] // 4 + 1, 3)
    coarse = cv2.resize(rng.normal(0, 9 * strength, shape).astype(np.float32), pixels.shape[1::-1])
    fine = rng.normal(0, 7 * strength, (*pixels.shape[:2], 1)).astype(np.float32)
    return np.asarray(np.clip(pixels + coarse + fine, 0, 255), dtype=np.uint8)


def _shaded(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """The shadow of an arm: a soft dark band across."""
    height, width = pixels.shape[:2]
    angle = float(rng.uniform(0, np.pi))
    down, across = np.ogrid[0:height, 0:width]
    along = (across * np.cos(angle) + down * np.sin(angle)) / max(height, width)
    edge = 1 / (1 + np.exp(-(along - float(rng.uniform(0.1, 0.6))) / 0.02))
    return np.asarray(pixels * (1 - 0.5 * strength * edge)[..., None], dtype=np.uint8)


def _photocopied(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """Grey, with hard contrast and specks."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    steep = 1 + 1.2 * strength
    copied = np.clip((grey - 150) * steep + 175, 0, 255)
    copied[rng.random(grey.shape) < 0.0006 * strength] = 20
    return np.repeat(copied.astype(np.uint8)[..., None], 3, axis=2)


def _tilted(pixels: Pixels, rng: Random, strength: float) -> Pixels:
    """Seen from one side, and held askew."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    turn = np.deg2rad(rng.uniform(-9, 9) * strength)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([width, height]) / 2
    moved = (corners - middle) * 0.93 @ rotation.T + middle
    moved += rng.uniform(-0.03, 0.03, (4, 2)) * strength * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


# --- damage that is the question ------------------------------------------------------------------------------------
def out_of_focus(pixels: Pixels, sigma: float) -> Pixels:
    """Defocus of a lens: a disc with the spread of a Gaussian blur of `sigma` pixels on a picture of 1600."""
    radius = 2 * sigma * max(pixels.shape) / 1600
    size = 2 * int(np.ceil(radius)) + 1
    down, across = np.mgrid[0:size, 0:size] - size // 2
    disc = np.clip(radius + 0.5 - np.hypot(down, across), 0, 1).astype(np.float32)
    return np.asarray(cv2.filter2D(pixels, -1, disc / disc.sum()), dtype=np.uint8)


def shaken(pixels: Pixels, length: float, angle: float) -> Pixels:
    """A hand that moved: `length` pixels on a picture of 1600, in the direction of `angle` (radians)."""
    reach = length * max(pixels.shape) / 1600
    size = 2 * int(np.ceil(reach / 2)) + 3
    kernel = np.zeros((size, size), dtype=np.float32)
    ends = [
        tuple(round(16 * (size // 2 + sign * reach / 2 * part)) for part in (np.cos(angle), np.sin(angle)))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), dtype=np.uint8)


def darkened(pixels: Pixels, rng: Random) -> Pixels:
    """Far too little light: with the noise that comes with it."""
    dark = pixels * float(rng.uniform(0.1, 0.22)) + rng.normal(0, 2.5, (*pixels.shape[:2], 1))
    return np.asarray(np.clip(dark, 0, 255), dtype=np.uint8)


def far_away(pixels: Pixels, rng: Random) -> Pixels:
    """The paper takes a third to a half of a picture of a floor."""
    height, width = pixels.shape[:2]
    share = float(rng.uniform(0.33, 0.55))
    small = cv2.resize(pixels, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA)
    floor = rng.normal(rng.uniform(60, 180), 10, (height // 8 + 1, width // 8 + 1, 1)).astype(np.float32)
    out = np.repeat(cv2.resize(floor, (width, height))[..., None], 3, axis=2)
    top = int(rng.integers(height - small.shape[0]))
    left = int(rng.integers(width - small.shape[1]))
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.clip(out, 0, 255).astype(np.uint8)


def cut_off(pixels: Pixels, rng: Random) -> Pixels:
    """A corner of the paper alone: 55 to 70 % of each side."""
    height, width = pixels.shape[:2]
    tall, wide = (round(side * float(rng.uniform(0.55, 0.7))) for side in (height, width))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def slanted(pixels: Pixels, rng: Random) -> Pixels:
    """Held askew by 10 to 22 degrees."""
    height, width = pixels.shape[:2]
    angle = float(rng.uniform(10, 22)) * (1 if rng.random() < 0.5 else -1)  # noqa: PLR2004 - a coin
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.85)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


def resaved(pixels: Pixels, rng: Random, *, low: int, high: int) -> Pixels:
    """Saved as JPEG and opened again, as messengers do."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=int(rng.integers(low, high)))
    return np.asarray(simplejpeg.decode_jpeg(out.getvalue(), "RGB"))


def _fitted(pixels: Pixels) -> Pixels:
    scale = min(1.0, _LONGEST / max(pixels.shape))
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


# --- people ---------------------------------------------------------------------------------------------------------
def _name(rng: Random, *fonts: Path) -> str:
    """Two or three characters, one in seven people with a rare one, all of which the fonts have."""
    while True:
        given = [_GIVEN[int(index)] for index in rng.integers(len(_GIVEN), size=1 + int(rng.random() < 0.75))]  # noqa: PLR2004 - three in four
        if rng.random() < _RARE_SHARE:
            given[-1] = _RARE[int(rng.integers(len(_RARE)))]
        name = _SURNAMES[int(rng.integers(len(_SURNAMES)))] + "".join(given)
        if all(_has(font, character) for font in fonts for character in name):
            return name


@lru_cache(maxsize=4096)
def _has(font: Path, character: str) -> bool:
    face = ImageFont.truetype(str(font), 40)
    return bytes(face.getmask(character)) != bytes(face.getmask("\U000f0000"))


def _id_number(rng: Random) -> str:
    """A number with a right check character and a division, 139999, that doesn't exist."""
    born = f"{int(rng.integers(1960, 2004))}{int(rng.integers(1, 13)):02}{int(rng.integers(1, 29)):02}"
    number = f"139999{born}{int(rng.integers(1000)):03}"
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=True))
    return number + _CHECK[total % 11]


def _registration(number: int, name: str, id_number: str, rng: Random) -> dict[str, Any]:
    from kaosheng.ops.demo_data import read_toml  # noqa: PLC0415 - Django must be set up first

    return {
        "number": f"{1327000000 + number}",
        "subject": f"measured-{number}-{id_number}",
        "exam_batch": "2027YS",
        "site": "9901",
        "name": name,
        "id_type": "居民身份证",
        "id_number": id_number,
        "phone": "19900000000",
        "facts": {
            **read_toml("profiles")["base"],
            "graduation_year": int(rng.integers(2005, 2025)),
            "institution_name": ("样本县样本医院", "样本市第二样本医院", "样本镇样本卫生院")[
                int(rng.integers(3))
            ],
        },
    }
