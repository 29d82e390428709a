"""The oldest browser we build for, the real binary: Chromium 87 walks the candidate's way of the guide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from browser.guide.walking import Album, Candidate
from factories.photographs import photograph

if TYPE_CHECKING:
    from browser.guide.system import System

pytestmark = [pytest.mark.browser, pytest.mark.long]

HERE: Final = Path(__file__).parent
KEPT: Final = Path(__file__).resolve().parents[3] / "var" / "chromium87"
"""The packages stay here: 50 MB to fetch, 170 MB unpacked."""
STEPS: Final = [
    "log-in", "consent", "sample", "photograph", "delete", "uploads", "unsent", "large-type", "check", "receipt",
    "page-dossier", "page-data", "page-messages", "page-doubt",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium87() -> Path:
    """Fetch and unpack the browser; its packages are pinned by digest."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.fail("Chromium 87 is driven by Node: node and npm are needed")
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "walk.mjs", "binary.mjs", ".npmrc"):
        shutil.copy(HERE / name, KEPT / name)
    run("npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error")
    run("node", "binary.mjs", "node_modules/chrome-aws-lambda", "browser")
    return KEPT / "browser" / "chromium"


def run(*command: str) -> str:
    """Run a command in its folder and return what it printed."""
    done = subprocess.run(command, cwd=KEPT, text=True, capture_output=True, check=False, timeout=900)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def test_the_guide_in_chromium_87(system: System, chromium87: Path, tmp_path: Path) -> None:
    person = system.people["oldest"]
    walker = Candidate(None, system, Album.of("oldest", ""), person=person)  # type: ignore[arg-type]  # she has no page here
    places = []
    for slot in walker.slots():
        file = tmp_path / f"{slot.kind}-{slot.position}.jpg"
        file.write_bytes(walker.picture(slot)["buffer"])
        places.append({"kind": slot.kind, "position": slot.position, "file": str(file)})
    taken = tmp_path / "photograph.jpg"
    taken.write_bytes(photograph(orientation=6, quality=92))
    order: dict[str, Any] = {
        "browser": str(chromium87),
        "service": system.service,
        "registration": system.registration,
        "username": person["username"],
        "password": person["password"],
        "photograph": str(taken),
        "places": places,
        "pictures": os.environ.get("KAOSHENG_SCREENSHOTS", ""),
    }
    (tmp_path / "order.json").write_text(json.dumps(order), encoding="utf-8")
    said = json.loads(run("node", "walk.mjs", str(tmp_path / "order.json")).splitlines()[-1])
    assert said["complaints"] == []
    assert said["done"] == STEPS
    assert said["version"].startswith("87.")
    assert said["wide"] <= 0
