"""Every list of the office: three rows ask no more than one, ten questions at most, a pager where it can grow."""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from factories import clients, copies, dossiers, office_rows, people
from factories.people import Cast
from factories.sheets import row, workbook
from factories.world import World, make_intake
from kaosheng.accounts.requests import request_account
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.services import importing, releasing
from kaosheng.casework.services.remarks import keep_area_reasons, reasons_now
from kaosheng.casework.services.telling import Telling, change_telling
from kaosheng.catalogue.reasons import Reason, reasons_digest
from kaosheng.domain.places import Manner
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State
from kaosheng.notices.models import Mailing, Wording
from kaosheng.notices.templates import TEXTS
from kaosheng.registration.models import BindingConflict

pytestmark = pytest.mark.django_db

_numbers = itertools.count(1)
Make = Callable[[World, Cast], object]


def a_binding(here: World, _cast: Cast) -> None:
    now, claim = timezone.now(), {"name": "样本", "id_type": "护照", "id_number": "样本"}
    BindingConflict.objects.create(
        registration=dossiers.register(here).registration,
        subject=f"样本{next(_numbers)}",
        claim=json.dumps(claim),
        first_seen_at=now,
        last_seen_at=now,
    )


def an_import(here: World, cast: Cast) -> None:
    sheet, intake = workbook([row()]), here.intake.pk
    importing.upload(content=sheet, file_name="样本.xlsx", intake_id=intake, staff=people.staff(cast.jiang))


def an_account(here: World, _cast: Cast) -> None:
    people.staff_account(Role.SITE_REVIEWER, site=here.site)


def an_asked_account(here: World, cast: Cast) -> None:
    request_account(
        staff=people.staff(cast.feng),
        name="样本",
        username=f"asked{next(_numbers)}",
        role="site_reviewer",
        reason="样本",
        site_id=here.site.pk,
    )


def an_event(here: World, _cast: Cast) -> None:
    somebody = people.staff_account(Role.SITE_REVIEWER, site=here.site)
    record(
        AuditName.STAFF_LOGGED_IN,
        by=By("staff", str(somebody.pk)),
        about=("account", str(somebody.pk)),
        area="13",
    )


def a_mailing(here: World, _cast: Cast) -> None:
    Mailing.objects.create(
        about=f"broadcast:{next(_numbers)}",
        template="broadcast_see_page",
        area=here.area.code,
        expected=1,
        created_at=timezone.now(),
    )
    dossiers.submit(dossiers.fill(dossiers.register(here)))


def a_wording(here: World, _cast: Cast) -> None:
    code = list(TEXTS)[Wording.objects.count()]
    text = TEXTS[code]
    Wording.objects.create(
        area=here.area.code, template=code, zh=text.zh, en=text.en, edited_at=timezone.now()
    )


def an_intake(here: World, _cast: Cast) -> None:
    make_intake(here.area, code=f"{2030 + next(_numbers)}YS")


def a_change(here: World, cast: Cast) -> None:
    here.intake.refresh_from_db()
    seen = Telling.of(here.intake)
    here.intake.notes_zh = f"说明 {next(_numbers)}"
    wanted = Telling.of(here.intake)
    change_telling(intake_id=here.intake.pk, staff=people.staff(cast.jiang), seen=seen, wanted=wanted)


def a_reason(here: World, cast: Cast) -> None:
    kind = ("M01", "M03", "M04", "M09")[next(_numbers) % 4]
    words = [Reason("own1", "缺公章", "No seal"), Reason("own2", "不清楚", "Not legible")]
    seen = reasons_digest(reasons_now(area_id=here.area.pk, kind=kind))
    keep_area_reasons(staff=people.staff(cast.jiang), area=here.area, kind=kind, seen=seen, reasons=words)


def a_waiting_one(here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.AT_SITE, cast=cast)


def one_for_the_counter(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    dossiers.return_(dossier, cast.chen, dossiers.replace_note("M09", 1, manner=Manner.ON_SITE))


def a_draft(here: World, _cast: Cast) -> None:
    dossiers.register(here)


def one_to_release(here: World, cast: Cast) -> None:
    """A decided one and a late one, in the batch in preparation."""
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    late = {one.pk: "仍在审核" for one in releasing.release_blockers(intake=here.intake, now=timezone.now())}
    releasing.prepare_release(intake=here.intake, staff=people.staff(cast.jiang), late_cases=late)


@dataclass(frozen=True)
class Listed:
    """A list: whose page, where, how a row comes into it; `pages` names the module with its PER_PAGE."""

    who: str
    address: str
    make: Make
    pages: str = ""


LISTS: Final = {
    "unreached": Listed("jiang", "/office/messages/unreached/", office_rows.unreached, "lists"),
    "rechecks": Listed("jiang", "/office/rechecks/", office_rows.recheck, "lists"),
    "doubts": Listed("jiang", "/office/doubts/", office_rows.doubt, "lists"),
    "extensions": Listed("jiang", "/office/extensions/", office_rows.extension, "lists"),
    "bindings": Listed("jiang", "/office/imports/bindings/", a_binding, "views.bindings"),
    "imports": Listed("jiang", "/office/imports/", an_import, "views.imports"),
    "accounts": Listed("system_admin", "/office/accounts/", an_account, "views.accounts"),
    "accounts asked for": Listed("system_admin", "/office/accounts/", an_asked_account),
    "account requests": Listed(
        "feng", "/office/accounts/requests/", an_asked_account, "views.account_requests"
    ),
    "roles": Listed("security_admin", "/office/roles/", an_account, "views.roles"),
    "audit": Listed("auditor", "/office/audit/", an_event, "views.audit"),
    "messages": Listed("jiang", "/office/messages/", a_mailing),
    "texts": Listed("jiang", "/office/messages/texts/", a_wording),
    "progress": Listed("jiang", "/office/", a_waiting_one),
    "days": Listed("jiang", "/office/intakes/{intake}/days/", a_waiting_one),
    "site": Listed("jiang", "/office/intakes/{intake}/sites/{site}/", a_waiting_one, "views.sites"),
    "releases": Listed("jiang", "/office/releases/", an_intake),
    "release": Listed("jiang", "/office/releases/{intake}/", one_to_release, "views.releases"),
    "rehearsal": Listed("jiang", "/office/releases/{intake}/rehearsal/", one_to_release, "views.rehearsal"),
    "setups": Listed("jiang", "/office/setup/", an_intake),
    "settings": Listed("jiang", "/office/setup/{intake}/", a_change),
    "reasons": Listed("jiang", "/office/reasons/?kind=M01", a_reason),
    "counter": Listed("feng", "/office/counter/", one_for_the_counter, "views.counter"),
    "counter search": Listed("feng", "/office/counter/?q=13270", a_draft, "views.counter"),
}


def address_of(listed: Listed, here: World) -> str:
    return listed.address.format(intake=here.intake.pk, site=here.site.pk)


@pytest.mark.parametrize("name", LISTS)
def test_three_rows_ask_no_more_than_one(here: World, cast: Cast, name: str) -> None:
    listed = LISTS[name]
    client, address, asked = clients.of_staff(getattr(cast, listed.who)), address_of(listed, here), []
    for more in (1, 2):
        for _ in range(more):
            listed.make(here, cast)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        asked.append(len(found))
    assert asked[0] == asked[1]
    assert asked[0] <= 10


@pytest.mark.parametrize("name", [name for name, listed in LISTS.items() if listed.pages])
def test_a_list_that_grows_is_paged(
    here: World, cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = LISTS[name]
    for _ in range(3):
        listed.make(here, cast)
    monkeypatch.setattr(import_module(f"kaosheng.web.office.{listed.pages}"), "PER_PAGE", 2)
    client, address = clients.of_staff(getattr(cast, listed.who)), address_of(listed, here)
    first: Any = client.get(address)
    assert "page=2" in first.content.decode()
    rows = {"rehearsal": "lines", "release": "blockers", "site": "blockers"}.get(name, "rows")
    shown = first.context[rows]
    assert len(shown) == 2
    asks_for = "&" if "?" in address else "?"
    second: Any = client.get(f"{address}{asks_for}page=2")
    assert second.status_code == 200
    assert second.content != first.content


@pytest.mark.harms
def test_ten_thousand_blockers_are_counted_and_paged(
    here: World, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    waiting = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    copies.of_waiting(waiting, 10_000)
    client = clients.of_staff(cast.jiang)
    client.get("/office/")
    for address in (
        f"/office/releases/{here.intake.pk}/",
        f"/office/intakes/{here.intake.pk}/sites/{here.site.pk}/",
    ):
        for page, shown in ((1, 100), (101, 1)):
            with django_assert_max_num_queries(10):
                context: Any = client.get(f"{address}?page={page}").context
            assert (context["blocking"], len(context["blockers"])) == (10_001, shown)


def test_late_cases_beyond_those_listed_are_counted(
    here: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        one_to_release(here, cast)
    monkeypatch.setattr("kaosheng.web.office.views.rehearsal.SHOWN_LATE", 1)
    page = clients.of_staff(cast.jiang).get(f"/office/releases/{here.intake.pk}/rehearsal/").content.decode()
    assert "列为迟办的 2 份" in page
    assert page.count("仍在审核") == 1
    assert "另有 1 份未列出" in page


def test_what_is_done_to_a_row_comes_back_to_the_list_as_it_was(here: World, cast: Cast) -> None:
    client = clients.of_staff(cast.jiang)
    for make, address in (
        (office_rows.unreached, "/office/messages/unreached/?site=1301&page=1"),
        (office_rows.extension, "/office/extensions/?only=open"),
    ):
        make(here, cast)
        page = client.get(address).content.decode()
        action = re.search(r'<form method="post" action="([^"]*(?:phoned|refuse)[^"]*)"', page)
        assert action is not None
        assert client.post(html.unescape(action[1]))["Location"] == address
