"""导出 of the office's lists: exactly the rows of the page under its filters, to whoever may, with a reason in the trail."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import clients, dossiers, office_rows, people
from factories.office_rows import MAKE
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.models import Grant, User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier
from kaosheng.casework.services import exporting
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State
from kaosheng.web.office import list_exports, lists

pytestmark = pytest.mark.django_db

NARROWED = ("unreached", "rechecks", "doubts", "extensions")
PAGES = {
    "unreached": "/office/messages/unreached/",
    "rechecks": "/office/rechecks/",
    "doubts": "/office/doubts/",
    "extensions": "/office/extensions/",
}
WHO = {
    "unreached": {"feng", "jiang"},
    "rechecks": {"jiang"},
    "doubts": {"feng", "jiang"},
    "extensions": {"feng", "jiang"},
    "blockers": {"jiang"},
}


def address(name: str, here: World, query: str = "") -> str:
    given = "&".join(
        part for part in (f"intake={here.intake.pk}" if name == "blockers" else "", query) if part
    )
    return f"/office/export/lists/{name}/?{given}"


def content(user: User, where: str, reason: str = "留档") -> bytes:
    answer: Any = clients.of_staff(user).post(where, {"what": "table", "reason": reason})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return b"".join(answer.streaming_content)


def table(user: User, where: str) -> list[list[Any]]:
    sheet = python_calamine.load_workbook(BytesIO(content(user, where))).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


def numbers(user: User, where: str) -> list[str]:
    return [row[0] for row in table(user, where)[1:]]


def listed(user: User, name: str, here: World, query: str = "") -> list[str]:
    """The registration numbers of every page of a list, in its order."""
    client, found = clients.of_staff(user), []
    page: Any = client.get(
        f"/office/releases/{here.intake.pk}/" if name == "blockers" else f"{PAGES[name]}?{query}"
    )
    if name == "blockers":
        return [line["dossier"].registration.number for line in page.context["blockers"]]
    for number in page.context["page_of_rows"].paginator.page_range:
        rows = client.get(f"{PAGES[name]}?{query}&page={number}").context["rows"]
        found += [(line.get("dossier") or line["row"].dossier).registration.number for line in rows]
    return found


def everywhere(name: str, here: World, cast: Cast) -> tuple[Dossier, Dossier, Dossier]:
    """A row of the site, one of the other site, one of another 考区."""
    own = MAKE[name](here, cast, name="样本·艾")
    beside = MAKE[name](*office_rows.other_site(here, cast), name="样本·唐")
    foreign = MAKE[name](*office_rows.other_area(here), name="样本·外")
    return own, beside, foreign


@pytest.mark.parametrize("name", MAKE)
def test_an_export_holds_what_the_page_lists_and_nothing_of_other_places(
    here: World, cast: Cast, name: str
) -> None:
    own, beside, _foreign = everywhere(name, here, cast)
    shown = {own.registration.number, beside.registration.number}
    assert numbers(cast.jiang, address(name, here)) == listed(cast.jiang, name, here)
    assert set(listed(cast.jiang, name, here)) == shown
    if "feng" in WHO[name]:
        assert (
            numbers(cast.feng, address(name, here))
            == listed(cast.feng, name, here)
            == [own.registration.number]
        )
    words = str(table(cast.jiang, address(name, here)))
    assert "样本·唐" in words
    assert "样本·外" not in words


@pytest.mark.parametrize("name", NARROWED)
def test_all_pages_go_along(here: World, cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        MAKE[name](here, cast)
    monkeypatch.setattr(lists, "PER_PAGE", 2)
    monkeypatch.setattr(list_exports, "PIECE", 2)
    page = clients.of_staff(cast.jiang).get(PAGES[name]).content.decode()
    assert "page=2" in page
    assert len(listed(cast.jiang, name, here)) == 3
    assert numbers(cast.jiang, address(name, here)) == listed(cast.jiang, name, here)


@pytest.mark.parametrize("name", NARROWED)
def test_the_filters_of_the_page_are_those_of_its_export(here: World, cast: Cast, name: str) -> None:
    own, beside, _foreign = everywhere(name, here, cast)
    page = clients.of_staff(cast.jiang).get(f"{PAGES[name]}?site=1302").content.decode()
    assert f"/office/export/lists/{name}/?site=1302" in page
    for query, expected in (("site=1302", [beside]), ("site=1301", [own]), ("site=9901", [])):
        there = [dossier.registration.number for dossier in expected]
        assert (
            listed(cast.jiang, name, here, query) == numbers(cast.jiang, address(name, here, query)) == there
        )
    # Another site's code shows a site manager nothing.
    if "feng" in WHO[name]:
        assert numbers(cast.feng, address(name, here, "site=1302")) == []
    told = AuditEvent.objects.filter(name="list:exported").order_by("pk").values_list("details", flat=True)
    assert told[0]["filters"] == {"site": "1302"}


@pytest.mark.parametrize("name", ["rechecks", "doubts", "extensions"])
def test_open_and_answered_rows_are_told_apart(here: World, cast: Cast, name: str) -> None:
    waits, done = MAKE[name](here, cast), MAKE[name](here, cast)
    office_rows.answered(name, done, cast)
    for query, dossier in (("only=open", waits), ("only=answered", done)):
        there = [dossier.registration.number]
        assert (
            listed(cast.jiang, name, here, query) == numbers(cast.jiang, address(name, here, query)) == there
        )
    assert len(numbers(cast.jiang, address(name, here, "only=anything"))) == 2
    asked = clients.of_staff(cast.jiang).get(address(name, here, "only=answered")).content.decode()
    assert "已答复 · 1 行" in asked


@pytest.mark.parametrize("name", MAKE)
def test_it_stands_in_the_trail_with_its_reason(here: World, cast: Cast, name: str) -> None:
    MAKE[name](here, cast)
    content(cast.jiang, address(name, here), reason=" 交省厅 ")
    event = AuditEvent.objects.get(name="list:exported")
    assert (event.object_kind, event.object, event.actor, event.area) == (
        "list",
        name,
        str(cast.jiang.pk),
        "13",
    )
    filters = {"intake": "2027YS"} if name == "blockers" else {}
    assert event.details == {"count": 1, "filters": filters, "reason": "交省厅"}


@pytest.mark.parametrize("name", MAKE)
def test_without_a_reason_nothing_goes_out(here: World, cast: Cast, name: str) -> None:
    dossier = MAKE[name](here, cast)
    for given in ({"what": "table", "reason": "  "}, {"what": "table"}, {}):
        answer = clients.of_staff(cast.jiang).post(address(name, here), given)
        assert answer.status_code == 422
        assert dossier.registration.number not in answer.content.decode()
    assert "请填写理由。" in answer.content.decode()
    assert not AuditEvent.objects.filter(name="list:exported").exists()


def test_more_rows_than_a_table_holds_are_refused(
    here: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_rows.doubt(here, cast)
    monkeypatch.setattr(exporting, "MOST_ROWS", 0)
    answer = clients.of_staff(cast.jiang).post(address("doubts", here), {"what": "table", "reason": "留档"})
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(name="list:exported").exists()


@pytest.mark.parametrize("name", MAKE)
def test_it_takes_the_permission_of_the_page_and_the_one_to_export(
    here: World, cast: Cast, name: str
) -> None:
    MAKE[name](here, cast)
    for who in ("chen", "deng", "feng", "gao", "jiang", "kong", "auditor", "system_admin", "security_admin"):
        client = clients.of_staff(getattr(cast, who))
        expected = 200 if who in WHO[name] else 404
        assert client.get(address(name, here)).status_code == expected, who
        answer: Any = client.post(address(name, here), {"what": "table", "reason": "x"})
        assert answer.status_code == expected, who
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file that is sent is closed with its last byte
    if name == "rechecks":
        assert "/office/export/" not in clients.of_staff(cast.gao).get(PAGES[name]).content.decode()


def test_two_offices_of_one_person_dont_add_up(here: World, cast: Cast) -> None:
    """Reviewer of the area, manager of a site: what he reads as one he doesn't take away as the other."""
    own, beside, _foreign = everywhere("rechecks", here, cast)
    both = people.staff_account(Role.SITE_MANAGER, site=here.site)
    Grant.objects.create(user=both, role=Role.AREA_REVIEWER, area=here.area)
    shown = {own.registration.number, beside.registration.number}
    assert set(listed(both, "rechecks", here)) == shown
    assert numbers(both, address("rechecks", here)) == [own.registration.number]


@pytest.mark.parametrize(
    "query", ["", "intake=", "intake=x", "intake=0", "intake=99999999999999999999", f"intake={'9' * 5000}"]
)
def test_a_release_nobody_named_is_not_found(cast: Cast, query: str) -> None:
    client = clients.of_staff(cast.jiang)
    assert client.get(f"/office/export/lists/blockers/?{query}").status_code == 404


def test_another_areas_release_and_other_names_are_not_found(here: World, cast: Cast) -> None:
    client = clients.of_staff(cast.jiang)
    foreign = f"/office/export/lists/blockers/?intake={here.foreign_intake.pk}"
    assert client.get(foreign).status_code == 404
    assert client.post(foreign, {"what": "table", "reason": "x"}).status_code == 404
    assert client.get("/office/export/lists/accounts/").status_code == 404


@pytest.mark.parametrize("name", MAKE)
def test_whoever_declared_a_conflict_reads_and_takes_away_nothing_of_it(
    here: World, cast: Cast, name: str
) -> None:
    dossier, other = MAKE[name](here, cast), MAKE[name](here, cast)
    dossiers.declare_conflict(dossier, cast.jiang)
    there = [other.registration.number]
    assert listed(cast.jiang, name, here) == numbers(cast.jiang, address(name, here)) == there
    if "feng" in WHO[name]:
        assert len(listed(cast.feng, name, here)) == len(numbers(cast.feng, address(name, here))) == 2


@pytest.mark.parametrize("name", MAKE)
def test_three_rows_ask_no_more_than_one(here: World, cast: Cast, name: str) -> None:
    asked = []
    for more in (1, 2):
        for _ in range(more):
            MAKE[name](here, cast)
        client = clients.of_staff(cast.jiang)
        client.get(address(name, here))
        with CaptureQueriesContext(connection) as found:
            answer: Any = client.post(address(name, here), {"what": "table", "reason": "留档"})
            b"".join(answer.streaming_content)
        asked.append(len(found))
    assert asked[0] == asked[1]
    assert asked[0] <= 14


@pytest.mark.parametrize(
    ("name", "text"),
    list(zip(NARROWED, ('=HYPERLINK("https://样本","x")', "+1+1", "-2+3", "@SUM(A1)"), strict=True)),
)
def test_no_cell_is_a_formula_or_a_link(here: World, cast: Cast, name: str, text: str) -> None:
    MAKE[name](here, cast, reason=text, name=text)
    book = content(cast.jiang, address(name, here))
    row = python_calamine.load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()[1]
    assert row[1] == text
    assert any(text in str(cell) for cell in row[3:])
    with zipfile.ZipFile(BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search("<f[ >]|<hyperlink", sheet)


# --- what stands in the rows -------------------------------------------------------------------------------------
def test_the_call_list_has_telephone_text_and_why(here: World, cast: Cast) -> None:
    dossier = office_rows.unreached(here, cast)
    heading, row = table(cast.feng, address("unreached", here))
    assert heading == ["报名号", "姓名", "考点", "手机号", "内容", "通知全文", "原因", "未送达时间"]
    found = dossier.registration
    assert row[:5] == [found.number, "样本·艾", "石家庄考点", found.phone, "报名材料已提交"]
    assert row[6] == "短信 未送达 空号"


def test_an_answered_recheck_has_outcome_answer_and_who(here: World, cast: Cast) -> None:
    dossier = office_rows.recheck(here, cast)
    office_rows.answered("rechecks", dossier, cast)
    heading, row = table(cast.jiang, address("rechecks", here))
    assert heading == [
        "报名号", "姓名", "考点", "申请时间", "考生的理由", "状态", "答复", "答复人", "答复时间",
    ]  # fmt: skip
    assert row[4:8] == ["第二页有印章。", "维持原结论", "印章不符。", "姜"]


def test_a_deadline_at_midnight_reads_as_on_the_page(here: World, cast: Cast) -> None:
    here.intake.closes_at = timezone.localtime(here.intake.closes_at).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    here.intake.save(update_fields=["closes_at"])
    office_rows.extension(here, cast)
    heading, row = table(cast.feng, address("extensions", here))
    assert heading[3:7] == ["现截止", "申请延期至", "理由", "申请人"]
    assert row[3].endswith("24:00")
    assert row[5:7] == ["住院治疗", "冯"]
    assert row[8] == "等待答复"


def test_blockers_name_their_reason_and_no_proposed_verdict(here: World, cast: Cast) -> None:
    office_rows.blocker(here, cast)
    dossiers.brought_to(here, State.DECIDED, cast=cast)
    feed = clients.of_staff(cast.jiang)
    late = feed.get(f"/office/releases/{here.intake.pk}/").context["blockers"][0]
    feed.post(f"/office/releases/{here.intake.pk}/prepare/", {late["field"]: "等待外省核实"})
    rows = table(cast.jiang, address("blockers", here))
    assert rows[0] == ["报名号", "姓名", "考点", "状态", "列为迟办的理由"]
    assert [row[3:] for row in rows[1:]] == [["待考区审核", "等待外省核实"]]
    assert "不通过" not in str(rows)


def late(here: World) -> str:
    return f"/office/export/lists/late-cases/?intake={here.intake.pk}"


def test_no_late_case_in_conflict_is_taken_away(here: World, cast: Cast) -> None:
    hidden, other = (dossiers.brought_to(here, State.AT_SITE, cast=cast) for _ in range(2))
    dossiers.brought_to(here, "released", cast=cast)
    dossiers.declare_conflict(hidden, cast.jiang)
    assert [row[1] for row in table(cast.jiang, late(here))[1:]] == [other.registration.number]


def test_late_cases_stand_by_batch_with_reason_and_what_became_of_them(here: World, cast: Cast) -> None:
    waits = dossiers.brought_to(here, State.AT_SITE, cast=cast, name="样本·迟")
    dossiers.brought_to(here, "released", cast=cast)
    dossiers.decide(dossiers.forward(waits, cast.chen), cast.gao)
    assert [row[1:] for row in table(cast.jiang, late(here))[1:]] == [
        [waits.registration.number, "样本·迟", "石家庄考点", "仍在审核", "已决定，待公布"]
    ]
    beside = dossiers.register(here, site=here.other_site)
    dossiers.release(here.intake, cast.jiang)
    there, staff_there = office_rows.other_area(here)
    dossiers.register(there, name="样本·外")
    dossiers.brought_to(there, "released", cast=staff_there)
    assert [(row[0], row[1], row[5]) for row in table(cast.jiang, late(here))[1:]] == [
        (1.0, waits.registration.number, "已公布"),
        (2.0, beside.registration.number, "未提交"),
    ]
    event = AuditEvent.objects.filter(name="list:exported").latest("pk")
    assert (event.object, event.details["count"], event.details["filters"]) == (
        "late-cases",
        2,
        {"intake": "2027YS"},
    )


def test_late_cases_are_for_who_publishes_and_exports(here: World, cast: Cast) -> None:
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    dossiers.brought_to(here, "released", cast=cast)
    for who in ("chen", "feng", "gao", "kong", "auditor"):
        assert clients.of_staff(getattr(cast, who)).get(late(here)).status_code == 404, who
    foreign = f"/office/export/lists/late-cases/?intake={here.foreign_intake.pk}"
    assert clients.of_staff(cast.jiang).get(foreign).status_code == 404
    page = clients.of_staff(cast.jiang).get(f"/office/releases/{here.intake.pk}/").content.decode()
    assert late(here) in page
    assert clients.of_staff(cast.jiang).post(late(here), {"what": "table"}).status_code == 422


def test_three_late_cases_ask_no_more_than_one(here: World, cast: Cast) -> None:
    asked = []
    for _ in range(2):
        dossiers.brought_to(here, State.AT_SITE, cast=cast)
        dossiers.brought_to(here, "released", cast=cast)
        client = clients.of_staff(cast.jiang)
        client.get(late(here))
        with CaptureQueriesContext(connection) as found:
            content_of: Any = client.post(late(here), {"what": "table", "reason": "留档"})
            b"".join(content_of.streaming_content)
        asked.append(len(found))
    assert asked[0] == asked[1]
