from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspection.pages import NAME, NUMBER, file, jpeg, pixels
from kaosheng.pictures.encode import turned

KEYS = ["file", "direction", "legible", "dark", "small", "text", "kind", "name", "id_number", "ms"]

BLOCKED = """
import sys
for name in ("onnxruntime", "cv2"):
    sys.modules[name] = None
from kaosheng.ops.cli import main
main()
"""


def advise(*arguments: object, program: str = "from kaosheng.ops.cli import main; main()") -> Any:
    return subprocess.run(
        [sys.executable, "-c", program, "pictures", "advise", *map(str, arguments)],
        capture_output=True,
        check=False,
        text=True,
    )


def test_one_line_a_file(tmp_path: Path) -> None:
    good, side, exif, broken = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"))
    good.write_bytes(file("M01"))
    side.write_bytes(jpeg(turned(pixels("M01"), 8)))
    # Turned by its EXIF entry alone: a viewer shows it on its side, so it lies on its side.
    exif.write_bytes(
        jpeg(pixels("M01"), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    )
    broken.write_bytes(file("M01")[:20_000])
    done = advise(good, side, exif, broken, tmp_path / "none.jpg", "--name", NAME, "--id-number", NUMBER)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (1, "")
    assert [list(line) for line in lines] == [KEYS, KEYS, KEYS, ["file", "error"], ["file", "error"]]
    said = [tuple(line[key] for key in KEYS[1:-1]) for line in lines[:3]]
    rest = (True, False, False, True, "id_front", "match", "match")
    assert said == [("upright", *rest), ("rotated_270", *rest), ("rotated_90", *rest)]
    assert (lines[3]["file"], lines[4]["error"]) == (str(broken), "找不到文件")


def test_papers_of_other_people_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "teacher.jpg"
    path.write_bytes(file("M13"))
    (line,) = advise(path, "--name", NAME, "--kind", "M13").stdout.splitlines()
    assert (json.loads(line)["kind"], json.loads(line)["name"]) == ("practice_certificate", None)


@pytest.mark.parametrize("arguments", [["a.jpg"], ["a.jpg", "--name", NAME]])
def test_without_the_extra_it_says_what_is_missing(arguments: list[str]) -> None:
    done = advise(*arguments, program=BLOCKED)
    assert done.returncode == 1
    assert "vision" in done.stderr
    assert "Traceback" not in done.stderr
