"""A candidate's telephone at the upload page, a line to it, and a look into the database."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import httpx
import pytest

from browser.guide.test_guide import PHONE
from browser.uploading.line import Line, line_to
from browser.uploading.steps import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from browser.guide.system import System


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """One test at a time: they count the pictures of one dossier, and workers share the system."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with (shared / "sender.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def line(system: System) -> Iterator[Line]:
    with line_to(system.service) as opened:
        yield opened


@pytest.fixture
def emptied(system: System, alone: None) -> None:
    """Take the sender's pictures away that tests before left: whatever the order, all his places are free."""
    person = system.people["sender"]
    statement = "SELECT id FROM casework_picture WHERE dossier_id = %s AND kind = %s"
    token = "c" * 32
    headers = {
        "Cookie": f"kaosheng_session={person['session']}; kaosheng_csrf={token}",
        "X-CSRFToken": token,
    }
    for (picture,) in system.execute(statement, person["dossier"], KIND):
        address = f"{system.service}/api/dossiers/{person['dossier']}/pictures/{picture}/"
        assert httpx.delete(address, headers=headers, timeout=30).status_code == httpx.codes.NO_CONTENT


@pytest.fixture
def phone(system: System, new_context: Callable[..., BrowserContext], emptied: None) -> Callable[..., Page]:
    """Open the upload page of a candidate on a telephone, through a line or directly."""

    def opened(person: str = "sender", *, by: str = "", context: BrowserContext | None = None) -> Page:
        who = system.people[person]
        base = by or system.service
        context = context or new_context(**PHONE)
        context.add_cookies([{"name": "kaosheng_session", "value": who["session"], "url": base}])
        page = context.new_page()
        page.goto(f"{base}/dossiers/{who['dossier']}/")
        return page

    return opened


@pytest.fixture
def count(system: System) -> Callable[..., int]:
    """Count a candidate's pictures of one kind in the database."""

    def counted(person: str = "sender", kind: str = KIND) -> int:
        statement = "SELECT count(*) FROM casework_picture WHERE dossier_id = %s AND kind = %s"
        ((found,),) = system.execute(statement, system.people[person]["dossier"], kind)
        return int(found)

    return counted
