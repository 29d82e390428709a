"""While PostgreSQL is away everybody is told to come again: 503, in his language, without a further question to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from factories import World, clients, dossiers

pytestmark = pytest.mark.django_db

SENTENCE = "系统正在维护或恢复。已经显示上传成功或提交成功的内容不受影响。"


@contextmanager
def database_away(*errors: type[Exception], at: str = "") -> Iterator[list[str]]:
    """Let statements that contain `at` fail with these errors in turn, all others with the last; yields those that failed."""
    turns = list(errors or (OperationalError,))
    failed: list[str] = []

    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if at not in sql:
            return execute(sql, *rest)
        failed.append(sql)
        raise turns.pop(0) if len(turns) > 1 else turns[0]

    with connection.execute_wrapper(refuse):
        yield failed


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("who", ["candidate", "nobody"])
def test_a_page_answers_503_and_asks_no_second_time(here: World, error: type[Exception], who: str) -> None:
    dossier = dossiers.register(here)
    client = (
        clients.of_candidate(dossiers.candidate_of(dossier)) if who == "candidate" else clients.anonymous()
    )
    address = f"/dossiers/{dossier.pk}/" if who == "candidate" else "/"
    with database_away(error) as failed:
        answer = client.get(address)
    assert len(failed) == 1
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert unquote(answer.headers["X-Refusal"]) == SENTENCE
    page = answer.content.decode()
    assert '<html lang="zh-CN"' in page
    assert SENTENCE in page
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', page)


def test_the_api_answers_json(here: World) -> None:
    dossier = dossiers.register(here)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    with database_away() as failed:
        answer = client.get(f"/api/dossiers/{dossier.pk}/state/")
    assert len(failed) == 1
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json() == {"code": "database_unavailable", "message": SENTENCE}


def test_it_speaks_the_readers_language(here: World) -> None:
    client = clients.anonymous()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with database_away():
        page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert SENTENCE not in page


@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ("/nowhere/", [OperationalError]),
        ("/", [ZeroDivisionError, OperationalError]),
    ],
)
def test_a_database_that_goes_while_an_error_is_answered_is_a_503_too(
    here: World, address: str, errors: list[type[Exception]]
) -> None:
    """The pages of a 404 and a 500 look up whom to telephone."""
    with database_away(*errors, at="regions_examarea") as failed:
        answer = clients.anonymous().get(address)
    assert len(failed) == len(errors)
    assert answer.status_code == 503


def test_a_session_that_cannot_be_saved_is_no_malformed_request(here: World) -> None:
    """Django calls it one, a 400 that no browser repeats; and it has left the reader's language by then."""
    client = clients.of_candidate(dossiers.candidate_of(dossiers.register(here)))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    in_a_while = timezone.now() + timedelta(minutes=5)
    with time_machine.travel(in_a_while), database_away(at='UPDATE "django_session"') as failed:
        answer = client.get("/")
    assert len(failed) == 1
    assert answer.status_code == 503
    assert '<html lang="en"' in answer.content.decode()
