"""What stands around a candidate's page: whose it is, which 考区, whom to telephone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.candidate import CandidateView, candidate_view
from kaosheng.casework.queries.snapshot import snapshot
from kaosheng.domain.errors import Refusal
from kaosheng.regions.models import ExamArea, ExamSite
from kaosheng.registration.models import Candidate, Registration
from kaosheng.web.access import own_dossier
from kaosheng.web.areas import short_name
from kaosheng.web.identity import candidate_id_of, staff_of
from kaosheng.web.ui.page import Contact, PageFacts, page_facts, set_page_facts

_SEVERAL: Final = "several_registrations"


def said(row: object, name: str) -> str:
    """A text kept in both languages, in the reader's: `said(site, "name")`."""
    return str(getattr(row, f"{name}_{'en' if is_english() else 'zh'}"))


def is_english() -> bool:
    """Whether the page speaks English."""
    return get_language() == "en"


def contact_of_site(site: ExamSite) -> Contact:
    """Whom to telephone about one dossier."""
    return Contact(
        name=said(site, "name"),
        telephone=site.telephone,
        hours=said(site, "hours"),
        address=said(site, "address"),
    )


def contact_of_area(area: ExamArea) -> Contact:
    """Whom to telephone where no 考点 is known."""
    return Contact(name=said(area, "name"), telephone=area.telephone)


def home_area() -> ExamArea | None:
    """The 考区 of the entrance page: the first one of the installation."""
    return ExamArea.objects.order_by("code").first()


def open_dossier(request: HttpRequest, dossier_id: UUID) -> Dossier:
    """The candidate's own dossier, through the door, with the frame set. Raises Refusal `not_found`."""
    dossier = own_dossier(request, dossier_id)
    registration = dossier.registration
    set_page_facts(
        request,
        PageFacts(
            area=short_name(dossier.intake.area),
            intake=said(dossier.intake, "name"),
            person=registration.name,
            home=reverse("candidate:dossier", args=[dossier.pk]),
            logout=reverse("candidate:logout"),
            contact=contact_of_site(dossier.site),
            demo=settings.DEMO,
        ),
    )
    return dossier


def open_view(request: HttpRequest, dossier_id: UUID) -> CandidateView:
    """The candidate's own dossier through the door and all that a page shows of it, read in one moment.

    Without it a change that lands between the reads would show half of itself. Raises Refusal `not_found`.
    """
    with snapshot():
        return candidate_view(open_dossier(request, dossier_id), now=timezone.now())


def me(request: HttpRequest) -> Candidate:
    """The candidate of this session. Raises Refusal `login_needed`."""
    candidate_id = candidate_id_of(request)
    candidate = Candidate.objects.filter(pk=candidate_id).first() if candidate_id is not None else None
    if candidate is None:
        raise Refusal("login_needed")
    return candidate


def note_several(request: HttpRequest, count: int) -> None:
    """Keep with the session whether the person has more than one registration: no page has to ask again."""
    request.session[_SEVERAL] = count > 1


def has_several(request: HttpRequest) -> bool:
    """Whether there is something to choose between."""
    return bool(request.session.get(_SEVERAL, False))


def set_public_facts(request: HttpRequest, *, person: str = "") -> None:
    """The frame of a page that belongs to no dossier: entrance, chooser, log-in problems."""
    area = home_area()
    set_page_facts(
        request,
        PageFacts(
            area=short_name(area) if area else "",
            person=person,
            home=reverse("candidate:entrance"),
            logout=reverse("candidate:logout") if person else "",
            contact=contact_of_area(area) if area else None,
            demo=settings.DEMO,
        ),
    )


def set_facts_for_error(request: HttpRequest) -> None:
    """Give an error page its telephone when the view hadn't come to it: the candidate's 考点, else the 考区."""
    facts = page_facts(request)
    if facts.contact is not None or facts.navigation or not hasattr(request, "session"):
        return
    # What is refused before anybody was looked up can't be a staff page.
    if hasattr(request, "user") and staff_of(request) is not None:
        return
    candidate_id = candidate_id_of(request)
    registration = (
        Registration.objects.filter(candidate=candidate_id).select_related("site", "intake__area").first()
        if candidate_id is not None
        else None
    )
    if registration is None:
        set_public_facts(request)
        return
    set_page_facts(
        request,
        PageFacts(
            area=short_name(registration.intake.area),
            person=registration.name,
            home=reverse("candidate:entrance"),
            logout=reverse("candidate:logout"),
            contact=contact_of_site(registration.site),
            demo=settings.DEMO,
        ),
    )
