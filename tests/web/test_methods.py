"""What an address says to a request of a kind it doesn't take, and where the answer to a form is opened again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from factories import World, clients, dossiers

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(here: World) -> tuple[Client, str]:
    dossier = dossiers.fill(dossiers.register(here))
    return clients.of_candidate(dossiers.candidate_of(dossier)), f"/dossiers/{dossier.pk}/"


def led_back_to(page: str) -> str:
    found = re.search(r'name="next" value="([^"]*)"', page)
    assert found
    return found[1]


def test_an_address_for_forms_opened_as_a_page_says_so_and_whom_to_call(
    candidate: tuple[Client, str], here: World
) -> None:
    client, address = candidate
    answer = client.get(f"{address}submit/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert "这个网址不接受这种请求，没有保存任何内容。" in page
    assert here.site.telephone in page


def test_a_program_is_told_in_the_form_it_reads(candidate: tuple[Client, str]) -> None:
    client, address = candidate
    answer = client.put(f"/api{address}pictures/")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


def test_the_other_language_opens_the_page_a_refused_form_stood_on(candidate: tuple[Client, str]) -> None:
    client, address = candidate
    assert led_back_to(client.get(f"{address}check/?x=1").content.decode()) == f"{address}check/?x=1"
    referers = {
        f"http://testserver{address}check/": f"{address}check/",
        f"http://testserver{address}submit/": address,
        "http://elsewhere.example/check/": address,
        "": address,
    }
    for referer, expected in referers.items():
        answer = client.post(f"{address}submit/", {}, headers={"referer": referer})
        assert answer.status_code == 409
        assert led_back_to(answer.content.decode()) == expected
