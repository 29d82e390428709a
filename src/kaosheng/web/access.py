"""The one door from an address to an object: the same answer for "none" and "not yours".

Views never look objects up themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Handover, Picture
from kaosheng.casework.queries.lines import in_conflict
from kaosheng.casework.queries.messages import unread_messages
from kaosheng.casework.queries.progress import intakes_of
from kaosheng.casework.services.handing_over import device_handover
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission, permissions_of
from kaosheng.regions.models import ExamArea, ExamSite, Intake
from kaosheng.registration.models import BindingConflict, Candidate, PhoneChange, RegistrationImport
from kaosheng.web.identity import candidate_id_of, staff_of

View = Callable[..., HttpResponseBase]
DEVICE_COOKIE = "kaosheng_phone"
"""The key of a device that redeemed a handover; it goes to the addresses below /phone/ alone."""
_SURROUNDINGS = ("registration__candidate", "intake__area", "site", "release", "doubt")


def for_candidates(view: View) -> View:
    """Only with a candidate's session; others are sent to the entrance."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if candidate_id_of(request) is None:
            if request.method not in {"GET", "HEAD"}:
                raise Refusal("login_needed")
            return redirect("candidate:entrance")
        return view(request, *args, **kwargs)

    return guarded


def for_staff(*permissions: Permission) -> Callable[[View], View]:
    """Only with a staff session that holds at least one of these permissions somewhere; without any named: any staff."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            staff = staff_of(request)
            if staff is None:
                if request.method not in {"GET", "HEAD"}:
                    raise Refusal("login_needed")
                return redirect(reverse("account_login") + "?" + urlencode({"next": request.get_full_path()}))
            if permissions and not staff.permissions & set(permissions):
                raise Refusal("not_found")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def staff_member(request: HttpRequest) -> Staff:
    """The staff member of a request that passed `for_staff`. Raises Refusal `login_needed`."""
    staff = staff_of(request)
    if staff is None:
        raise Refusal("login_needed")
    return staff


def held_handover(request: HttpRequest) -> Handover:
    """The handover the device at the other end holds, by its own key. Raises Refusal `handover_over`."""
    handover = device_handover(request.COOKIES.get(DEVICE_COOKIE, ""))
    if handover is None:
        raise Refusal("handover_over")
    return handover


def own_dossier(request: HttpRequest, dossier_id: UUID) -> Dossier:
    """The candidate's own dossier. Raises Refusal `not_found`."""
    dossiers = (
        Dossier.objects.filter(pk=dossier_id, registration__candidate=candidate_id_of(request))
        .annotate(unread=unread_messages())
        .select_related(*_SURROUNDINGS)
    )
    dossier = next(iter(dossiers), None)  # `first` would have it sorted, which costs more than reading it
    if dossier is None or candidate_id_of(request) is None:
        raise Refusal("not_found")
    return dossier


def owner_of_own(request: HttpRequest, dossier_id: UUID) -> Candidate:
    """The candidate of this session, if the dossier is his: the door for what needs nothing more of it before its lock.

    Raises Refusal `not_found`.
    """
    mine = Dossier.objects.filter(pk=dossier_id, registration__candidate=candidate_id_of(request))
    candidate = Candidate.objects.filter(pk__in=mine.values("registration__candidate")).first()
    if candidate is None or candidate_id_of(request) is None:
        raise Refusal("not_found")
    return candidate


def staff_dossier(
    request: HttpRequest, dossier_id: UUID, permission: Permission = Permission.DOSSIER_VIEW
) -> Dossier:
    """A dossier within the staff member's scope and that permission.

    Raises Refusal `not_found`, and `conflict_declared` where he declared a conflict of interest himself.
    """
    staff = staff_member(request)
    dossiers = Dossier.objects.select_related(*_SURROUNDINGS).annotate(in_conflict=in_conflict(staff))
    dossier = dossiers.filter(pk=dossier_id).first()
    if dossier is None:
        raise Refusal("not_found")
    roles = staff.roles_for(area_id=dossier.intake.area_id, site_id=dossier.site_id)
    if permission not in permissions_of(roles):
        raise Refusal("not_found")
    if dossier.in_conflict:
        raise Refusal("conflict_declared")
    return dossier


def picture_in(dossier: Dossier, picture_id: UUID, *, for_candidate: bool) -> Picture:
    """A picture of a dossier that already passed its door; candidates don't see what was set aside for good.

    Raises Refusal `not_found`.
    """
    picture = dossier.pictures.filter(pk=picture_id).first()
    if picture is None or (
        for_candidate and picture.hidden_at is not None and not picture.submitted_as.exists()
    ):
        raise Refusal("not_found")
    return picture


def own_phone_change(request: HttpRequest, change_id: UUID) -> PhoneChange:
    """A change of number this candidate asked for. Raises Refusal `not_found`."""
    change = PhoneChange.objects.filter(pk=change_id, candidate=candidate_id_of(request)).first()
    if change is None:
        raise Refusal("not_found")
    return change


def staff_site(
    request: HttpRequest, intake_id: int, site_id: int, *permissions: Permission
) -> tuple[Intake, ExamSite]:
    """An intake and a site of its area that one of these permissions reaches. Raises Refusal `not_found`."""
    site = ExamSite.objects.filter(pk=site_id).select_related("area").first()
    staff = staff_member(request)
    reached = site is not None and (
        site.pk in staff.site_ids(*permissions) or site.area_id in staff.area_ids(*permissions)
    )
    intake = (
        Intake.objects.filter(pk=intake_id, area=site.area_id).select_related("area").first()
        if site
        else None
    )
    if site is None or intake is None or not reached:
        raise Refusal("not_found")
    return intake, site


def staff_import(request: HttpRequest, import_id: UUID) -> RegistrationImport:
    """An import into an area whose registrations he may import. Raises Refusal `not_found`."""
    areas = staff_member(request).area_ids(Permission.REGISTRATION_IMPORT)
    found = RegistrationImport.objects.filter(pk=import_id, intake__area__in=areas)
    imported = found.select_related("intake__area", "by").first()
    if imported is None:
        raise Refusal("not_found")
    return imported


def staff_conflict(request: HttpRequest, conflict_id: int) -> BindingConflict:
    """A disagreement about a registration of such an area. Raises Refusal `not_found`."""
    areas = staff_member(request).area_ids(Permission.REGISTRATION_IMPORT)
    found = BindingConflict.objects.filter(pk=conflict_id, registration__intake__area__in=areas)
    conflict = found.select_related("registration__intake__area", "registration__site").first()
    if conflict is None:
        raise Refusal("not_found")
    return conflict


def staff_intake_within(request: HttpRequest, intake_id: int, *permissions: Permission) -> Intake:
    """An intake of an area, or of a site's area, these permissions reach. Raises Refusal `not_found`."""
    intake = intakes_of(staff_member(request), *permissions).filter(pk=intake_id).first()
    if intake is None:
        raise Refusal("not_found")
    return intake


def staff_area(request: HttpRequest, code: str, *permissions: Permission) -> ExamArea:
    """An area one of these permissions reaches. Raises Refusal `not_found`."""
    area = ExamArea.objects.filter(code=code).first()
    if area is None or area.pk not in staff_member(request).area_ids(*permissions):
        raise Refusal("not_found")
    return area


def staff_intake(request: HttpRequest, intake_id: int, *permissions: Permission) -> Intake:
    """An intake of an area one of these permissions reaches. Raises Refusal `not_found`."""
    intake = Intake.objects.filter(pk=intake_id).select_related("area").first()
    if intake is None or intake.area_id not in staff_member(request).area_ids(*permissions):
        raise Refusal("not_found")
    return intake
