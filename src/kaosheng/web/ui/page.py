"""What every page shows around its content: whose page it is, which 考区 and intake, whom to telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest

ELDER_COOKIE = "kaosheng_display"
"""Cookie that keeps 长辈版; its value is `elder` or absent."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to ask: the 考点, else the 考区. Stands beside every state, remark and error."""

    name: str
    telephone: str = ""
    hours: str = ""
    address: str = ""

    @property
    def dialled(self) -> str:
        """Return the telephone as digits for a `tel:` address."""
        return "".join(sign for sign in self.telephone if sign.isdigit() or sign == "+")


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of the staff navigation."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """Facts of the frame around a page, in the reader's language; empty ones are left out.

    `area` is the short name in the title (河北), `intake` the line under it, `person` the candidate's or staff
    member's name, `role` his role and place, `home`, `account` (his own password and second factor) and `logout`
    addresses (log-out is a POST).
    """

    area: str = ""
    intake: str = ""
    person: str = ""
    role: str = ""
    home: str = "/"
    logout: str = ""
    account: str = ""
    contact: Contact | None = None
    navigation: Sequence[NavItem] = field(default=())
    demo: bool = False
    keys_off: bool = False
    """Whether this person switched the shortcuts off."""


def set_page_facts(request: HttpRequest, facts: PageFacts) -> None:
    """Keep the facts with the request; called as early as they are known, so that error pages have them too."""
    request.page_facts = facts  # type: ignore[attr-defined]


def amend_page_facts(request: HttpRequest, **changes: object) -> None:
    """Change single facts, e.g. the contact once the dossier's 考点 is known."""
    set_page_facts(request, replace(page_facts(request), **changes))  # type: ignore[arg-type]


def page_facts(request: HttpRequest | None) -> PageFacts:
    """Return the facts set for this request; empty ones when nobody set any."""
    facts = getattr(request, "page_facts", None)
    return facts if isinstance(facts, PageFacts) else PageFacts()


def wants_elder(request: HttpRequest | None) -> bool:
    """Tell whether the reader chose 长辈版."""
    return request is not None and request.COOKIES.get(ELDER_COOKIE) == "elder"


def reopening_address(request: HttpRequest) -> str:
    """Where a page can be opened again: its address, or for the answer to a form the page the form stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    formerly = urlsplit(request.headers.get("Referer", ""))
    same_place = formerly.netloc == request.get_host() and formerly.path != request.path
    return urlunsplit(("", "", formerly.path, formerly.query, "")) if same_place else page_facts(request).home


def wants_fragment(request: HttpRequest | None) -> bool:
    """Tell whether a script asked for a part of a page, which stands beside the rest of it."""
    return request is not None and request.headers.get("HX-Request") == "true"


def base_template(request: HttpRequest, full: str = "ui/candidate_base.html") -> str:
    """Return the template a page extends: `full`, or the bare dialog when a script asked for a fragment."""
    return "ui/dialog_base.html" if wants_fragment(request) else full
