"""The oldest browser we build for, the real binary: Chromium 87 walks the candidate's way of the guide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from browser.guide import desks
from browser.guide.cast import WALKS
from browser.guide.walking import Album, Candidate, Staff
from factories.photographs import photograph
from kaosheng.domain.places import Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from browser.guide.system import System

pytestmark = [pytest.mark.browser, pytest.mark.long]

HERE: Final = Path(__file__).parent
KEPT: Final = Path(__file__).resolve().parents[3] / "var" / "chromium87"
"""The packages stay here: 50 MB to fetch, 170 MB unpacked."""
PHASES: Final = {
    "first": [
        "log-in", "consent", "sample", "photograph", "delete", "uploads", "unsent", "change", "large-type", "submit",
        "locked", "data", "messages", "doubt",
    ],
    "answer": ["status", "message", "returned", "replace", "resubmit"],
    "waiting": ["status", "page"],
    "passed": ["status", "page"],
    "result": ["status", "message", "page"],
}  # fmt: skip
"""The steps of each phase of the walk. Between them the staff act in a browser of today: 87 is the candidates' only."""
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}


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


@dataclass
class OldBrowser:
    """The candidate's telephone: every phase is a process of its own that keeps the cookies for the next."""

    order: dict[str, Any]
    folder: Path

    def walk(self, phase: str) -> str:
        """Walk one phase, check that every step went well, and return what the last page says."""
        file = self.folder / f"{phase}.json"
        file.write_text(json.dumps({**self.order, "phase": phase}), encoding="utf-8")
        said = json.loads(run("node", "walk.mjs", str(file)).splitlines()[-1])
        assert said["complaints"] == [], said["text"]
        assert said["done"] == PHASES[phase]
        assert said["version"].startswith("87.")
        assert said["wide"] <= 0
        self.order["dossier"] = said["dossier"]
        return str(said["text"])


def place(walker: Candidate, slot: Slot, folder: Path, *, seed: int = 0) -> dict[str, Any]:
    """One place with a picture for it, as a file."""
    file = folder / f"{slot.kind}-{slot.position}-{seed}.jpg"
    file.write_bytes(walker.picture(slot, seed=seed)["buffer"])
    return {"kind": slot.kind, "position": slot.position, "file": str(file)}


@pytest.fixture
def walker(system: System) -> Candidate:
    """Who walks: her registration and papers. She has no page here, 87 is driven from outside."""
    return Candidate(None, system, Album.of("oldest", ""), person=system.people["oldest"])  # type: ignore[arg-type]


@pytest.fixture
def old_browser(walker: Candidate, chromium87: Path, tmp_path: Path) -> OldBrowser:
    """Chromium 87 with all she needs on her way."""
    taken = tmp_path / "photograph.jpg"
    taken.write_bytes(photograph(orientation=6, quality=92))
    assert walker.person is not None
    order = {
        "browser": str(chromium87),
        "service": walker.system.service,
        "registration": walker.system.registration,
        "state": str(tmp_path / "cookies.json"),
        "username": walker.person["username"],
        "password": walker.person["password"],
        "photograph": str(taken),
        "places": [place(walker, slot, tmp_path) for slot in walker.slots()],
        "added": [place(walker, Slot(kind, 1), tmp_path) for kind in ("M20", "M22")],
        "answer": place(walker, Slot("M09", 1), tmp_path, seed=3),
        "remark": desks.REMARK,
        "pictures": os.environ.get("KAOSHENG_SCREENSHOTS", ""),
    }
    return OldBrowser(order, tmp_path)


def test_the_guide_in_chromium_87(
    system: System,
    walker: Candidate,
    old_browser: OldBrowser,
    new_context: Callable[..., BrowserContext],
) -> None:
    number, batch = walker.registration["number"], WALKS["oldest"]

    def at_desk(username: str) -> Staff:
        person = Staff(new_context(**DESK).new_page(), system, walker.album)
        person.log_in(username)
        return person

    old_browser.walk("first")
    reviewer = at_desk("site-reviewer-1")
    desks.returns_one_place(reviewer, number)
    old_browser.walk("answer")
    desks.forwards(reviewer, number)
    before = old_browser.walk("waiting")
    desks.decides(at_desk("area-reviewer-1"), number)
    assert old_browser.walk("waiting") == before
    desks.closes_the_site(at_desk("site-manager-1"), batch)
    old_browser.walk("passed")
    desks.releases(at_desk("area-manager-1"), batch)
    old_browser.walk("result")
