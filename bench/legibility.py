"""`python bench/legibility.py`: how much of a photographed form's small print survives the page's shrinking.

Draws A4 forms with print of 10.5, 9, 7.5 and 6 points, photographs them at 12 megapixels (a desk, a slant, uneven light,
the lens's softness, the sensor's noise), stores them sideways as telephones do, and lets the upload page in a real
Chromium shrink them. Every printed line is then read by the character net of the picture assistant, out of the
photograph and out of the shrunk picture, at the place where it was drawn. Synthetic throughout. `--documents` of them
(20), `--keep FOLDER` keeps the pictures. Prints the tables of docs/legibility.md; exits with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from programs import CHROMIUM_OPTIONS, chromium

SETTINGS: Final = "kaosheng.settings.test"
A4: Final = (2480, 3508)
"""Pixels of the sheet at 300 dots an inch."""
FRAME: Final = (3024, 4032)
POINT: Final = 300 / 72
SIZES: Final = (10.5, 9.0, 7.5, 6.0)
MOST_LOSS: Final = 3.0
"""Points of character accuracy that shrinking may cost print of any size."""
MOST_MILLISECONDS: Final = 2_500
"""From choosing a photograph to the picture that can be sent, for the slowest of them."""
LINES_EACH: Final = 11
EXIF_ORIENTATION: Final = 0x0112
SIDEWAYS: Final = 6
WORDS: Final = (
    "试用期间在带教老师指导下从事临床诊疗工作，考核合格，特此证明。",
    "本人承诺所提交的材料真实、准确、完整、有效，如有虚假愿承担责任。",
    "执业地点与报名信息一致，机构登记号以医疗机构执业许可证为准。",
    "毕业院校、专业、学制及毕业证书编号见附表，在线验证码有效期内。",
    "姓名样本人，性别女，出生年月一九九九年四月，民族汉，学历本科。",
    "考点审核意见：材料齐全，印章清晰，同意上报考区复审，经办人签字。",
)


@dataclass(frozen=True)
class Printed:
    """One line of a sheet: what it says, its size in points and its corners on the sheet, from the upper left."""

    text: str
    points: float
    corners: NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """Characters of one size, and how many were misread before and after."""

    characters: int = 0
    before: int = 0
    after: int = 0

    def plus(self, characters: int, before: int, after: int) -> Score:
        """Add one line."""
        return Score(self.characters + characters, self.before + before, self.after + after)


def main() -> int:
    """Draw, shrink, read, print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    scores = {points: Score() for points in SIZES}
    pictures = []
    with shrinking_page() as page:
        for number in range(options.documents):
            rng = np.random.default_rng([2027, number])
            sheet, lines = drawn_sheet(rng)
            upright, to_photo = photographed(sheet, rng)
            taken = stored_sideways(upright)
            shrunk, milliseconds = page(taken)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{number:02}-taken.jpg").write_bytes(taken)
                (options.keep / f"{number:02}-sent.jpg").write_bytes(shrunk)
            pictures.append((len(taken), len(shrunk), milliseconds, *Image.open(io.BytesIO(shrunk)).size))
            for line, before, after in read(lines, to_photo, pixels_of(taken), pixels_of(shrunk)):
                scores[line.points] = scores[line.points].plus(len(line.text), before, after)
    report(scores, pictures)
    missed = missed_goals(scores, pictures)
    print(*missed, sep="\n", file=sys.stderr)
    return 1 if missed else 0


# --- drawing and photographing -------------------------------------------------------------------------------------
def drawn_sheet(rng: np.random.Generator) -> tuple[Image.Image, list[Printed]]:
    """A form of table rows in four sizes of print, with a seal over its foot."""
    from kaosheng.ops.drawings.paper import mark_as_sample, sheet  # noqa: PLC0415 - Django must be set up first
    from kaosheng.ops.drawings.seals import round_seal  # noqa: PLC0415 - the same
    from kaosheng.ops.drawings.text import Face, put, put_centred, width_of  # noqa: PLC0415 - the same

    page = sheet(A4, (251, 251, 249))
    draw = ImageDraw.Draw(page)
    put_centred(draw, (A4[0] / 2, 230), "医师资格考试试用期考核证明（样本）", 92, face="serif", bold=True)
    lines: list[Printed] = []
    y = 400.0
    for points in SIZES:
        size = round(points * POINT)
        for number in range(LINES_EACH):
            text = WORDS[int(rng.integers(len(WORDS)))]
            text = f"{number + 1:02}{text}{int(rng.integers(10**8)):08}"
            face: Face = "serif" if number % 2 else "sans"
            put(draw, (220, y), text, size, face=face)
            width = width_of(text, size, face)
            box = (216, y - size * 0.05, 224 + width, y + size * 1.45)
            lines.append(Printed(text, points, corners_of(*box)))
            draw.line((200, y + size * 1.62, A4[0] - 200, y + size * 1.62), fill=(120, 122, 128), width=2)
            y += size * 1.85
    round_seal(page, (1900, int(y) - 60), "样本市样本医院", rng, radius=250)
    mark_as_sample(page, size=300)
    return page, lines


def corners_of(left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
    """The corners of an upright box, clockwise from the upper left."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def photographed(sheet: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, NDArray[np.float64]]:
    """The upright photograph and the transform from the sheet to it."""
    desk = np.full((FRAME[1], FRAME[0], 3), rng.integers(70, 170, 3), dtype=np.uint8)
    share = float(rng.uniform(0.88, 0.95))
    scale = min(FRAME[0] * share / A4[0], FRAME[1] * share / A4[1])
    half = np.array(A4) * scale / 2
    turn = np.deg2rad(rng.uniform(-2, 2))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    target = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ rotation.T
    target += rng.uniform(-0.012, 0.012, (4, 2)) * FRAME + np.array(FRAME) / 2
    source = corners_of(0, 0, *A4)
    matrix = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    laid = cv2.warpPerspective(np.asarray(sheet), matrix, FRAME, desk, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    soft = Image.fromarray(laid).filter(ImageFilter.GaussianBlur(float(rng.uniform(0.7, 1.3))))
    across, down = (np.linspace(-1, 1, n) * rng.uniform(-0.12, 0.12) for n in FRAME)
    light = (0.9 + across[None, :] + down[:, None])[..., None].astype(np.float32)
    noise = rng.normal(0, rng.uniform(2, 4), (FRAME[1], FRAME[0], 1)).astype(np.float32)
    lit = np.clip(np.asarray(soft, dtype=np.float32) * light + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(lit), np.asarray(matrix, dtype=np.float64)


def stored_sideways(upright: Image.Image) -> bytes:
    """The file a telephone held on its side writes."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = SIDEWAYS
    out = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=93, exif=exif.tobytes())
    return out.getvalue()


# --- the page ------------------------------------------------------------------------------------------------------
@contextmanager
def shrinking_page() -> Iterator[Any]:
    """Give a function that hands a photograph to the upload page and returns what it would send, and its time (ms)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django  # noqa: PLC0415 - settings come first

    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: PLC0415 - the same
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - the same
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - Django refuses threads it can't tell apart

    server = make_server("localhost", 0, StaticFilesHandler(get_wsgi_application()), handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        address = f"http://localhost:{server.server_port}/styleguide/upload/"

        def shrunk(taken: bytes) -> tuple[bytes, float]:
            tab.goto(address)
            tab.wait_for_selector("#upload-file:enabled")
            tab.evaluate(_WATCH)
            tab.set_input_files(
                "#upload-file", {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": taken}
            )
            tab.wait_for_selector("button[data-upload-target=submit]:enabled", timeout=60_000)
            found = tab.evaluate("window.handed()")
            return base64.b64decode(found["data"]), float(found["milliseconds"])

        yield shrunk
        browser.close()
    server.shutdown()


_WATCH: Final = """() => {
    let began = 0, ended = 0;
    document.addEventListener("change", () => { began = performance.now(); }, true);
    const button = document.querySelector("[data-upload-target=submit]");
    new MutationObserver(() => { if (!button.disabled && !ended) ended = performance.now(); })
        .observe(button, { attributes: true });
    window.handed = () => new Promise((resolve) => {
        document.addEventListener("upload:add", (event) => {
            event.stopImmediatePropagation();
            const reader = new FileReader();
            reader.onload = () => resolve({ data: reader.result.split(",")[1], milliseconds: ended - began });
            reader.readAsDataURL(event.detail.picture);
        }, { capture: true, once: true });
        button.click();
    });
}"""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


# --- reading -------------------------------------------------------------------------------------------------------
def pixels_of(data: bytes) -> NDArray[np.uint8]:
    """The upright picture."""
    from PIL import ImageOps  # noqa: PLC0415 - beside its only use

    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def read(
    lines: list[Printed],
    to_photo: NDArray[np.float64],
    taken: NDArray[np.uint8],
    sent: NDArray[np.uint8],
) -> Iterator[tuple[Printed, int, int]]:
    """Every line with the characters misread in the photograph and in the shrunk picture."""
    share = sent.shape[1] / taken.shape[1]
    corners = [cv2.perspectiveTransform(line.corners[None], to_photo)[0] for line in lines]
    before = texts(taken, corners)
    after = texts(sent, [place * share for place in corners])
    for line, first, second in zip(lines, before, after, strict=True):
        yield line, misread(line.text, first), misread(line.text, second)


def texts(pixels: NDArray[np.uint8], corners: list[NDArray[np.float32]]) -> list[str]:
    """What the character net reads at these places."""
    from kaosheng.inspection.reading import read_lines  # noqa: PLC0415 - Django must be set up first
    from kaosheng.inspection.text_boxes import TextBox  # noqa: PLC0415 - the same

    boxes = [TextBox(place.astype(np.float32)) for place in corners]
    return [line.text for line in read_lines(pixels, boxes, careful_reader(), widest=2600)]


@cache
def careful_reader() -> Any:
    """The larger character net of the picture assistant, loaded once."""
    from kaosheng.inspection.nets import Nets  # noqa: PLC0415 - Django must be set up first

    return Nets().careful_reader


def misread(wanted: str, found: str) -> int:
    """Edit distance, spaces and the width of punctuation aside; at most the length of the line."""
    one, other = plain(wanted), plain(found)
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        last, row[0] = row[0], at
        for place, second in enumerate(other, start=1):
            last, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, last + (character != second)),
            )
    return min(row[-1], len(one))


def plain(text: str) -> str:
    """Without spaces; punctuation in one width."""
    return text.replace(" ", "").translate(str.maketrans("，：；（）。", ",:;()."))


def report(scores: dict[float, Score], pictures: list[tuple[int, int, float, int, int]]) -> None:
    """Print both tables in Markdown."""
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {len(pictures)} documents\n")
    print("| print | characters | read in the photograph | read after shrinking | loss, points |")
    print("|---|---|---|---|---|")
    total = Score()
    for points, score in scores.items():
        total = total.plus(score.characters, score.before, score.after)
        print(f"| {points:g} pt | {row_of(score)} |")
    print(f"| all | {row_of(total)} |\n")
    print("| | least | median | most |")
    print("|---|---|---|---|")
    for name, values in (
        ("photograph, KB", [one[0] / 1024 for one in pictures]),
        ("sent, KB", [one[1] / 1024 for one in pictures]),
        ("sent, long side in pixels", [float(max(one[3:])) for one in pictures]),
        ("from choosing to ready, ms", [one[2] for one in pictures]),
    ):
        print(f"| {name} | {min(values):.0f} | {statistics.median(values):.0f} | {max(values):.0f} |")


def missed_goals(scores: dict[float, Score], pictures: list[tuple[int, int, float, int, int]]) -> list[str]:
    """Every goal that was missed, with the figure."""
    missed = []
    for points, score in scores.items():
        before, after = accuracies(score)
        if before - after > MOST_LOSS:
            missed.append(f"{points:g} pt lost {before - after:.2f} points; at most {MOST_LOSS:g}")
    slowest = max(one[2] for one in pictures)
    if slowest > MOST_MILLISECONDS:
        missed.append(f"the slowest photograph took {slowest:.0f} ms; at most {MOST_MILLISECONDS}")
    return missed


def accuracies(score: Score) -> tuple[float, float]:
    """Per cent of the characters read right, in the photograph and after shrinking."""
    return 100 * (1 - score.before / score.characters), 100 * (1 - score.after / score.characters)


def row_of(score: Score) -> str:
    """Accuracies and their difference."""
    before, after = accuracies(score)
    return f"{score.characters} | {before:.2f} % | {after:.2f} % | {before - after:+.2f}"


if __name__ == "__main__":
    sys.exit(main())
