"""Who gets what at every address: url x cast x expected status, and a walk that finds forgotten addresses.

The dossier is at its 考点, in nobody's hands, and holds data that could leak. POSTs are sent empty: a
stranger must be turned away before anybody looks at what he sent.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from factories import World, clients, dossiers, world
from factories.people import Cast, cast, staff
from factories.sheets import row, workbook
from kaosheng.accounts.models import AccountRequest, User
from kaosheng.accounts.requests import request_account
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import BulkRun, Conflict, Dossier
from kaosheng.casework.services import bulk, catalogue_editing, doubting, importing, phone_numbers
from kaosheng.domain.states import State
from kaosheng.notices.models import Mailing, Message
from kaosheng.registration.models import BindingConflict, RegistrationImport
from kaosheng.web.access import DEVICE_COOKIE

pytestmark = pytest.mark.django_db

TABLE: Final = (Path(__file__).parent / "access_matrix.txt").read_text().splitlines()
WHO: Final = TABLE[1].split()[1:]
MATRIX: Final = {(row.split()[0], row.split()[1]): row.split()[2:] for row in TABLE[2:]}
ELSEWHERE: Final = ("styleguide", "account_confirm", "account_reset_password_from_key", "api-root")
"""The style guide isn't there in production; the others answer 404 by setting and take a key from a letter."""

NOWHERE: Final = (
    "/office/nowhere/",
    "/staff/nowhere/",
    "/dossiers/nowhere/",
    "/nowhere/",
    "/office/accounts",
)
"""Addresses that lead nowhere, and one without its slash."""


@pytest.fixture
def scene() -> tuple[dict[str, Client], dict[str, Any]]:
    """Everybody's client, and the values addresses are made of."""
    here = world()
    house = cast(here)
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    other = dossiers.register(here)
    people = {
        "owner": clients.of_candidate(dossiers.candidate_of(dossier)),
        "other": clients.of_candidate(dossiers.candidate_of(other)),
        "nobody": clients.anonymous(),
        "site": clients.of_staff(house.chen),
        "site_manager": clients.of_staff(house.feng),
        "other_site": clients.of_staff(house.deng),
        "area": clients.of_staff(house.gao),
        "area_manager": clients.of_staff(house.jiang),
        "other_area": clients.of_staff(house.kong),
        "auditor": clients.of_staff(house.auditor),
        "system_admin": clients.of_staff(house.system_admin),
        "security_admin": clients.of_staff(house.security_admin),
    }
    catalogue_editing.begin(intake=here.intake, staff=staff(house.jiang))
    picture = dossier.pictures.order_by("kind", "position")[0]
    submission = dossier.submissions.get()
    doubting.tell_doubt(dossier_id=dossier.pk, actor=dossiers.owner(dossier), text="年份有误。")
    own_run = bulk.preview(staff=staff(house.chen), act=BulkRun.Act.FORWARD, dossiers=[dossier])
    values = {
        "dossier_id": dossier.pk,
        "picture_id": picture.pk,
        "code": "M01",
        "kind": "M01",
        "ordinal": submission.ordinal,
        "receipt_code": submission.code,
        "change_id": phone_numbers.send_code(
            candidate_id=dossiers.candidate_of(dossier).pk, dossier=dossier, phone="13900000001"
        ).pk,
        "intake_id": here.intake.pk,
        "site_id": here.site.pk,
        "user_id": house.chen.pk,
        "grant_id": house.chen.grants.get().pk,
        "verb": "disable",
        "message_id": Message.objects.get(template="submitted").pk,
        "mailing_id": _a_mailing(dossier).pk,
        "area": here.area.code,
        "template": "submitted",
        "import_id": _an_import(here, house).pk,
        "conflict_id": _a_conflict(dossier).pk,
        "declared_id": _a_declared_conflict(other, house).pk,
        "request_id": _account_request(here, house.feng).pk,
        "run_id": own_run.pk,
        "number": 0,
        "name": "doubts",
        "token": "guessed",
        "account": "wx-unknown",
    }
    return people, values


def _a_mailing(dossier: Dossier) -> Mailing:
    return Mailing.objects.create(
        about="broadcast:1",
        template="broadcast_see_page",
        area=dossier.intake.area.code,
        site=dossier.site.code,
        expected=1,
        created_at=timezone.now(),
    )


def _an_import(here: World, house: Cast) -> RegistrationImport:
    return importing.upload(
        content=workbook([row()]),
        file_name="样本.xlsx",
        intake_id=here.intake.pk,
        staff=staff(house.jiang),
    )


def _a_declared_conflict(dossier: Dossier, house: Cast) -> Conflict:
    return Conflict.objects.create(
        registration=dossier.registration, by=house.chen, at=timezone.now(), reason="考生是我的学生"
    )


def _a_conflict(dossier: Dossier) -> BindingConflict:
    now, claim = timezone.now(), {"name": "样本", "id_type": "护照", "id_number": "样本"}
    return BindingConflict.objects.create(
        registration=dossier.registration,
        subject="样本",
        claim=json.dumps(claim),
        first_seen_at=now,
        last_seen_at=now,
    )


def _account_request(here: World, by: User) -> AccountRequest:
    return request_account(
        staff=Staff.of(by),
        name="样本",
        username="asked",
        role="site_reviewer",
        reason="样本",
        site_id=here.site.pk,
    )


def test_everybody_gets_what_the_table_says(scene: tuple[dict[str, Client], dict[str, Any]]) -> None:
    people, values = scene
    got = {
        (method, name): [_status(people[who], method, _address(name, values)) for who in WHO]
        for method, name in MATRIX
    }
    differing = {
        row: (dict(zip(WHO, MATRIX[row], strict=True)), dict(zip(WHO, got[row], strict=True)))
        for row in got
        if got[row] != MATRIX[row]
    }
    assert differing == {}


def test_nul_is_refused_at_every_address(scene: tuple[dict[str, Client], dict[str, Any]]) -> None:
    """PostgreSQL keeps no text that holds it: whoever may use an address is told so before anything is looked up."""
    people, values = scene
    wrong = {}
    for (method, name), expected in MATRIX.items():
        client, address = people[WHO[expected.index(min(expected))]], _address(name, values)
        if method == "POST":
            status = _status(client, method, address, data={"reason": "样\0本"})
        else:
            status = _status(client, method, f"{address}?q=%00")
        if status != "400":
            wrong[method, name] = status
    assert wrong == {}


def test_nul_inside_an_address_or_a_cookie_is_no_fault_of_ours(
    scene: tuple[dict[str, Client], dict[str, Any]],
) -> None:
    people, values = scene
    texts = {need: "M01\0" for need, value in values.items() if isinstance(value, str)}
    wrong = {
        row: status
        for row, expected in MATRIX.items()
        if texts.keys() & set(NEEDS[row[1]])
        and (
            status := _status(
                people[WHO[expected.index(min(expected))]], row[0], _address(row[1], {**values, **texts})
            )
        )
        != "400"
    }
    assert wrong == {}
    for name in (settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, DEVICE_COOKIE):
        client = clients.anonymous()
        answer = client.get("/choose/", headers={"Cookie": f'{name}="\\000abcdefghijklmnop"'})
        assert answer.status_code == 302


def test_no_address_is_missing_from_the_table() -> None:
    known = {name for _method, name in MATRIX}
    missing = {
        name for name, _needs in walk(get_resolver()) if name not in known and not name.startswith(ELSEWHERE)
    }
    assert missing == set()


def test_no_answer_of_any_address_is_kept_by_a_shared_cache(
    scene: tuple[dict[str, Client], dict[str, Any]],
) -> None:
    """Pages, files, redirects, refusals, wrong methods and addresses that lead nowhere, each once for every status."""
    people, values = scene
    asked = [
        (method, _address(name, values), WHO[expected.index(status)])
        for (method, name), expected in MATRIX.items()
        for status in sorted(set(expected))
    ]
    asked += [("PUT", _address(name, values), who) for _m, name in MATRIX for who in ("owner", "site")]
    asked += [("GET", path, who) for path in NOWHERE for who in ("owner", "site", "nobody")]
    kept = {}
    for method, address, who in asked:
        answer = _answer(people[who], method, address)
        words = {word.strip() for word in answer.headers.get("Cache-Control", "").split(",")}
        if not words & {"no-store", "private"}:
            kept[method, address, who] = (answer.status_code, sorted(words))
    assert kept == {}


def test_strangers_get_the_answer_for_nothing(scene: tuple[dict[str, Client], dict[str, Any]]) -> None:
    people, values = scene
    nothing = {**values, "dossier_id": uuid4(), "picture_id": uuid4()}
    for name in (
        "candidate:dossier",
        "candidate:picture",
        "candidate:receipt",
        "reviewer:dossier",
        "reviewer:picture",
    ):
        stranger = people["other" if name.startswith("candidate") else "other_site"]
        theirs, none = stranger.get(_address(name, values)), stranger.get(_address(name, nothing))
        assert (theirs.status_code, _plain(theirs)) == (none.status_code, _plain(none)) == (404, _plain(none))


def _plain(answer: Any) -> bytes:
    """The page without its own address and CSRF tokens."""
    return re.sub(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Za-z]{64}", b"", answer.content)


def _address(name: str, values: dict[str, Any]) -> str:
    needs = NEEDS[name]
    return reverse(name, kwargs={need: values[need] for need in needs})


def _status(client: Client, method: str, address: str, **sent: Any) -> str:
    return str(_answer(client, method, address, **sent).status_code)


def _answer(client: Client, method: str, address: str, **sent: Any) -> Any:
    """The answer to one request that leaves nothing behind."""
    before, cookies = transaction.savepoint(), copy.deepcopy(client.cookies)
    answer = getattr(client, method.lower())(address, **sent)
    if answer.streaming:
        b"".join(answer.streaming_content)  # a file that is sent is closed with its last byte
    transaction.savepoint_rollback(before)
    client.cookies = cookies
    return answer


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every named address with the values it needs."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", sorted(pattern.pattern.converters)


NEEDS: Final = dict(walk(get_resolver()))
