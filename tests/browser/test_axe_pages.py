"""axe finds nothing on any page of the running system, and no page is wider than its window."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from browser.axe import complaints_of
from browser.guide.cast import CASES, GALLERY
from browser.guide.walking import STAFF_PASSWORD, Album, Staff
from factories.sheets import row, workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import BrowserContext, Page

    from browser.guide.system import System

pytestmark = pytest.mark.browser

MATRIX: Final = Path(__file__).parents[1] / "web" / "access_matrix.txt"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES: Final = ("zh-hans", "en")
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1440, "height": 900}

CANDIDATE_PAGES: Final[dict[str, tuple[str, ...]]] = {
    "draft": (
        "",
        "kinds/M01/upload/",
        "kinds/M02/upload/",
        "kinds/M09/promise/",
        "kinds/M09/explain/",
        "pictures/{picture}/delete/",
        "check/",
        "data/",
        "data/phone/",
        "data/wechat/",
        "messages/",
        "doubt/",
    ),
    "at_site": ("", "data/", "submissions/1/", "kinds/M01/upload/"),
    "returned": (
        "",
        "kinds/M01/explain/?position=2",
        "pictures/{asked}/delete/",
        "check/",
        "pictures/{asked}/restore/",
    ),
    "at_area": ("",),
    "passed": ("", "submissions/1/"),
    "failed": ("", "recheck/"),
    "lapsed": ("",),
    "withdrawn": ("",),
}
"""Below the candidate's own dossier."""

STAFF_PAGES: Final[dict[str, tuple[str, ...]]] = {
    "site-reviewer-1": (
        "/staff/queue/",
        "/staff/queue/?tab=returned",
        "/staff/queue/?q=没有这个人",
        "/staff/dossiers/{returned}/",
        "/staff/dossiers/{passed}/",
        "/staff/dossiers/{returned}/messages/",
        "/staff/account/logout/",
        "/staff/account/inactive/",
        "/staff/account/password/change/",
        "/staff/account/2fa/",
        "/staff/account/2fa/totp/activate/",
    ),
    "area-reviewer-2": (
        "/staff/queue/?tab=proposals",
        "/staff/dossiers/{proposed}/",
        "/staff/dossiers/{passed}/",
    ),
    "area-reviewer-3": ("/staff/dossiers/{failed}/propose-correction/",),
    "site-manager-1": (
        "/office/",
        "/office/intakes/{intake}/sites/{site}/",
        "/office/intakes/{intake}/sites/{site}/details/",
        "/staff/hand-over/",
        "/office/counter/",
        "/office/doubts/",
        "/office/accounts/requests/",
        "/office/extensions/",
        "/office/messages/",
        "/office/messages/unreached/",
        "/office/messages/broadcast/",
        "/staff/dossiers/{draft}/request-extension/",
    ),
    "area-manager-1": (
        "/office/",
        "/office/releases/",
        "/office/releases/{intake}/",
        "/office/extensions/",
        "/staff/dossiers/{draft}/extend/",
        "/office/messages/",
        "/office/messages/unreached/",
        "/office/messages/texts/",
        "/office/messages/texts/13/returned/",
        "/office/messages/broadcast/",
        "/office/imports/",
        "/office/imports/bindings/",
        "/office/reasons/",
        "/office/export/progress/{intake}/",
        "/office/export/lists/doubts/",
        "/office/export/lists/blockers/?intake={intake}",
        "/office/intakes/{intake}/days/",
        "/office/rechecks/",
        "/office/releases/{intake}/rehearsal/",
        "/office/setup/new/",
        "/office/setup/{intake}/",
        "/office/setup/{intake}/preview/",
        "/office/setup/{intake}/preview/?sample=real",
        "/office/setup/{intake}/catalogue/",
        "/office/setup/{intake}/catalogue/try/?sample=direct",
        "/office/export/?tab=all",
        "/office/export/dossiers/{passed}/",
    ),
    "system-admin": ("/office/accounts/",),
    "security-admin": ("/office/roles/", "/office/roles/{user}/"),
    "auditor": ("/office/audit/",),
}
"""By whom."""

IN_HAND: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "site-reviewer-1": (
        "at_site",
        ("", "?ask=1", "hold/", "conflict/", "forward/?verdict=pass", "forward/?verdict=fail"),
    ),
    "area-reviewer-1": ("at_area", ("", "decide/?verdict=pass", "propose/?verdict=fail", "send-back/")),
    "area-reviewer-2": ("proposed", ("", "confirm/", "reject/")),
}
"""Below a dossier, once its reviewer has taken it and marked its pictures."""

WITH_A_TEST_OF_THEIR_OWN: Final = frozenset(
    {
        "account_login",
        "candidate:choose",
        "candidate:entrance",
        "candidate:handover",
        "candidate:phone",
        "candidate:receipt_check",
        "office:catalogue-publish",
        "office:counter-dossier",
        "office:doubt",
        "office:import",
        "office:kind",
        "office:kind-new",
        "office:rule",
        "office:rule-new",
        "reviewer:bulk",
    }
)
LIKE_ONE_SHOWN: Final = frozenset(
    {
        "account_reauthenticate",
        "candidate:phone_confirm",
        "reviewer:confirm-correction",
        "reviewer:keep",
        "reviewer:receive",
        "reviewer:reopen",
        "reviewer:return",
        "reviewer:uphold",
        "reviewer:withdraw",
    }
)
"""The same form as a page that is looked at: the verbs of a dossier share one, the log-in and the telephone number another."""

NO_PAGES: Final = frozenset(
    {
        "candidate:advice",
        "candidate:handover-news",
        "candidate:own_pictures",
        "candidate:picture",
        "candidate:receipt_check_text",
        "candidate:receipt_pdf",
        "candidate:receipt_text",
        "candidate:thumbnail",
        "candidate:wechat-news",
        "office:import-form",
        "office:import-report",
        "reviewer:arrived",
        "reviewer:picture",
        "reviewer:thumbnail",
        "state",
    }
)
"""Pictures, files, and parts that scripts ask for."""

REGISTRATION_PAGES: Final = (
    "registrations/",
    "registrations/{number}/change/",
    "registrations/{number}/cancel/",
    "phone/",
)


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext], system: System) -> Callable[..., Page]:
    """Open a page that axe may look into, in a language and, for a candidate, as somebody logged in."""

    def opened(language: str, viewport: dict[str, int], *, person: dict[str, Any] | None = None) -> Page:
        context = new_context(bypass_csp=True, viewport=viewport)
        context.add_cookies([{"name": "kaosheng_language", "value": language, "url": system.service}])
        if person:
            session = str(person["session"])
            context.add_cookies([{"name": "kaosheng_session", "value": session, "url": system.service}])
        return context.new_page()

    return opened


def looked_at(page: Page, addresses: Iterable[str]) -> dict[str, Any]:
    """What is wrong with these pages, by address."""
    found: dict[str, Any] = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        # An open <details> shows axe what a press would.
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        wrong: list[Any] = []
        if answer.status != 200:
            wrong.append(answer.status)
        if (wider := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            wrong.append(f"{wider} pixels wider than the window")
        if said := complaints_of(page):
            wrong.append(said)
        if wrong:
            found[address] = wrong
    return found


def places(system: System) -> dict[str, str]:
    """What stands in addresses: the dossier of every case, and an intake, a site, a user."""
    ((site,),) = system.execute("SELECT id FROM regions_examsite WHERE code = '1301'")
    ((user,),) = system.execute("SELECT id FROM accounts_user WHERE username = 'site-reviewer-2'")
    dossiers = {name: system.people[name]["dossier"] for name in CASES}
    return {**dossiers, "intake": str(system.intake(GALLERY)), "site": str(site), "user": str(user)}


class _Any(dict[str, str]):
    """Stands for whatever an address names."""

    def __missing__(self, name: str) -> str:
        return "1" if name in {"intake", "site", "user"} else str(UUID(int=1))


def test_no_page_is_forgotten() -> None:
    """Whoever adds a page finds it missing here."""
    rows = [line.split() for line in MATRIX.read_text().splitlines()[2:]]
    pages = {name for method, name, *answers in rows if method == "GET" and {"200", "409"} & set(answers)}
    own, dossier = f"/dossiers/{UUID(int=1)}/", f"/staff/dossiers/{UUID(int=1)}/"
    paths = [own + path for paths in CANDIDATE_PAGES.values() for path in paths]
    paths += [path for paths in STAFF_PAGES.values() for path in paths]
    paths += [dossier + path for _case, paths in IN_HAND.values() for path in paths]
    looked = {resolve(path.format_map(_Any()).split("?")[0]).view_name for path in paths}
    assert pages - looked - WITH_A_TEST_OF_THEIR_OWN - LIKE_ONE_SHOWN - NO_PAGES == set()


def picture(system: System, name: str, position: int) -> str:
    """A picture of 身份证明 in the dossier of a case."""
    ((found,),) = system.execute(
        "SELECT id FROM casework_picture WHERE dossier_id = %s AND kind = 'M01' AND position = %s",
        system.people[name]["dossier"],
        position,
    )
    return str(found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CANDIDATE_PAGES)
def test_a_candidates_pages(system: System, open_page: Callable[..., Page], name: str, language: str) -> None:
    person = system.people[name]
    page = open_page(language, PHONE, person=person)
    pictures = {"picture": picture(system, name, 1), "asked": picture(system, name, 2)}
    own = f"{system.service}/dossiers/{person['dossier']}/"
    assert looked_at(page, [own + path.format(**pictures) for path in CANDIDATE_PAGES[name]]) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_before_and_between(
    system: System, open_page: Callable[..., Page], complaints: list[str], language: str
) -> None:
    page = open_page(language, PHONE)
    assert looked_at(page, [f"{system.service}/", f"{system.service}/staff/account/login/"]) == {}
    ((code,),) = system.execute(
        "SELECT code FROM casework_submission WHERE dossier_id = %s AND ordinal = 1",
        system.people["at_site"]["dossier"],
    )
    assert looked_at(page, [f"{system.service}/r/{code}/"]) == {}
    page = open_page(language, PHONE, person=system.people["draft"])
    assert looked_at(page, [f"{system.service}/choose/"]) == {}
    (lost,) = looked_at(page, [f"{system.service}/dossiers/nothing/"]).values()
    assert lost == [404]
    complaints.clear()  # the status of that page is one


def test_pages_of_a_handover(system: System, open_page: Callable[..., Page]) -> None:
    person = system.people["draft"]
    computer = open_page(LANGUAGES[0], DESKTOP, person=person)
    own = f"{system.service}/dossiers/{person['dossier']}/kinds/M01/handover/"
    for language in LANGUAGES:
        choose(computer, system, language)
        assert looked_at(computer, [own]) == {}
        computer.locator("button[form=handover-open]").click()
        digits = computer.locator(".handover__digits").inner_text()
        assert looked_at(computer, [own]) == {}
        phone = open_page(language, PHONE)
        assert looked_at(phone, [f"{system.service}/phone/"]) == {}
        phone.locator("#id_code").fill(digits)
        phone.locator("form .btn-primary").click()
        phone.wait_for_url("**/phone/upload/")
        delete = f"{system.service}/phone/pictures/{picture(system, 'draft', 1)}/delete/"
        assert looked_at(phone, [phone.url, delete]) == {}
        assert looked_at(computer, [own]) == {}
        computer.locator("button[form=handover-close]").click()
        computer.wait_for_url("**/#material-M01")


def test_pages_of_a_binding(system: System, open_page: Callable[..., Page]) -> None:
    person = system.people["draft"]
    page = open_page(LANGUAGES[0], PHONE, person=person)
    own = f"{system.service}/dossiers/{person['dossier']}/data/wechat/"
    for language in LANGUAGES:
        choose(page, system, language)
        page.goto(own)
        page.locator("button[form=wechat-open]").click()
        expect(page.locator(".handover__code")).to_be_visible()
        assert looked_at(page, [own]) == {}
        page.locator("button[form=wechat-cancel]").click()
        expect(page.locator(".handover__code")).to_have_count(0)


@pytest.mark.parametrize("username", STAFF_PAGES)
def test_staff_pages(system: System, open_page: Callable[..., Page], username: str) -> None:
    page = open_page(LANGUAGES[0], DESKTOP)
    log_in(page, system, username)
    values = places(system)
    addresses = [system.service + path.format(**values) for path in STAFF_PAGES[username]]
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, addresses) == {}


def test_pages_of_a_catalogue_in_preparation(system: System, open_page: Callable[..., Page]) -> None:
    page = open_page(LANGUAGES[0], DESKTOP)
    log_in(page, system, "area-manager-1")
    own = f"{system.service}/office/setup/{system.intake(GALLERY)}/catalogue/"
    page.goto(own)
    page.locator("form[action$='/begin/'] button").click()
    expect(page.locator("form[action$='/discard/']")).to_be_visible()
    paths = ("", "kinds/new/", "kinds/M01/", "kinds/M01/rules/new/", "rules/0/", "publish/")
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, [own + path for path in paths]) == {}


def test_pages_of_an_import(system: System, open_page: Callable[..., Page]) -> None:
    page = open_page(LANGUAGES[0], DESKTOP)
    log_in(page, system, "area-manager-1")
    page.goto(f"{system.service}/office/imports/")
    page.locator("input[type=file]").set_input_files(
        {"name": "样本.xlsx", "mimeType": XLSX, "buffer": workbook([row()])}
    )
    page.locator("form .btn-primary").click()
    page.wait_for_url(re.compile("/office/imports/[0-9a-f-]{36}/"))
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, [page.url]) == {}


def test_pages_of_a_doubt(system: System, open_page: Callable[..., Page]) -> None:
    person = system.people["at_site"]
    candidate = open_page(LANGUAGES[0], PHONE, person=person)
    candidate.goto(f"{system.service}/dossiers/{person['dossier']}/doubt/")
    candidate.locator("textarea").fill("毕业年份有误。")
    candidate.locator("main form .btn-primary").click()
    candidate.wait_for_url(f"**/dossiers/{person['dossier']}/**")
    page = open_page(LANGUAGES[0], DESKTOP)
    log_in(page, system, "site-manager-1")
    for language in LANGUAGES:
        choose(page, system, language)
        own = f"{system.service}/office/doubts/"
        assert looked_at(page, [own, f"{own}{person['dossier']}/"]) == {}


def test_pages_of_a_bulk_run(system: System, open_page: Callable[..., Page]) -> None:
    page = open_page(LANGUAGES[0], DESKTOP)
    log_in(page, system, "site-reviewer-1")
    page.goto(f"{system.service}/staff/queue/")
    page.locator("form[action$='/bulk/'] button").first.click()
    page.wait_for_url("**/staff/bulk/*/")
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, [page.url]) == {}


def test_pages_of_help_at_the_counter(system: System, open_page: Callable[..., Page]) -> None:
    page = open_page(LANGUAGES[0], DESKTOP)
    log_in(page, system, "site-manager-1")
    own = f"{system.service}/office/counter/{system.people['draft']['dossier']}/"
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, [f"{system.service}/office/counter/?q=1327", own]) == {}
    page.goto(own)
    page.get_by_label("Poor sight or limited movement").check()
    page.get_by_label("The candidate is here").check()
    page.get_by_role("button", name="Start uploading for the candidate").click()
    expect(page.get_by_text("Poor sight or limited movement")).to_be_visible()
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, [own, f"{own}kinds/M01/upload/?position=1"]) == {}


@pytest.mark.parametrize("username", IN_HAND)
def test_pages_of_a_dossier_in_hand(system: System, open_page: Callable[..., Page], username: str) -> None:
    name, paths = IN_HAND[username]
    page = open_page(LANGUAGES[0], DESKTOP)
    # What is loaded ahead is kept for its reviewer: the next test's dossier must stay free.
    page.route("**/staff/queue/reserve/", lambda route: route.fulfill(status=204))
    log_in(page, system, username)
    dossier = f"{system.service}/staff/dossiers/{system.people[name]['dossier']}/"
    page.goto(dossier)
    page.locator("form[action$='/take/'] button").click()
    expect(page.locator("form[action$='/give-back/']")).to_be_visible()
    Staff(page, system, Album.of(username, "")).accept_all()
    for language in LANGUAGES:
        choose(page, system, language)
        assert looked_at(page, [dossier + path for path in paths]) == {}


def choose(page: Page, system: System, language: str) -> None:
    """Switch the language as the button at the top does."""
    page.context.add_cookies([{"name": "kaosheng_language", "value": language, "url": system.service}])


def log_in(page: Page, system: System, username: str) -> None:
    """Log in by name and password."""
    page.goto(f"{system.service}/staff/account/login/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(STAFF_PASSWORD)
    page.locator("form .btn-primary").click()
    page.wait_for_url(lambda address: "login" not in address)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_of_the_registration_system(
    system: System, open_page: Callable[..., Page], viewport: dict[str, int]
) -> None:
    person = system.people["passed"]
    page = open_page("zh-hans", viewport)
    assert looked_at(page, [f"{system.registration}/login/"]) == {}
    page.get_by_label("用户名").fill(person["username"])
    page.get_by_label("密码").fill(person["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/registrations/")
    number = person["registrations"][0]["number"]
    paths = [path.format(number=number) for path in REGISTRATION_PAGES]
    assert looked_at(page, [f"{system.registration}/{path}" for path in paths]) == {}
