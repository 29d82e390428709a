"""What a search of the trail means, and what the trail keeps of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.queries.queue import search_for_trail
from kaosheng.registration.models import Registration


def events_found(
    *,
    actor: str = "",
    about: str = "",
    name: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEvent]:
    """Events, newest first: whose, about what, of which name, from a day to a day, both included; what is empty asks nothing."""
    found = AuditEvent.objects.order_by("-pk")
    if actor:
        found = found.filter(_acted(actor))
    if about:
        found = found.filter(_concerned(about))
    if name:
        found = found.filter(name=name)
    if since:
        found = found.filter(at__date__gte=since)
    if until:
        found = found.filter(at__date__lte=until)
    return found


def _acted(who: str) -> Q:
    """Events of everybody this text may mean: accounts by user name or name, the candidate of a registration number.

    Numbers count up in each table, so an id is nobody's without its kind; a bare id, or "kind id" as the page
    shows it, finds those who bear it.
    """
    accounts = User.objects.filter(Q(username__iexact=who) | Q(name=who)).values_list("pk", flat=True)
    named = Q(actor_kind="staff", actor__in=[str(pk) for pk in accounts])
    registration = Registration.objects.filter(number=who).first()
    if registration is not None:
        named |= Q(actor_kind="candidate", actor=str(registration.candidate_id))
    if accounts or registration is not None:
        return named
    kind, _space, number = who.partition(" ")
    return Q(actor_kind=kind, actor=number) if number else Q(actor=who)


def _concerned(what: str) -> Q:
    """Events about everything this text may mean: of a registration number its dossier, registration and person too."""
    registration = Registration.objects.filter(number=what).select_related("dossier").first()
    if registration is None:
        accounts = User.objects.filter(username__iexact=what).values_list("pk", flat=True)
        return Q(object=what) | Q(object_kind="account", object__in=[str(pk) for pk in accounts])
    dossier = getattr(registration, "dossier", None)
    return (
        Q(object_kind="registration", object=registration.number)
        | Q(object_kind="dossier", object=str(dossier.pk if dossier else ""))
        | Q(object_kind="candidate", object=str(registration.candidate_id))
    )


def noted(text: str) -> str:
    """What the trail keeps of a text it was searched for: ids as they are, accounts by theirs, of all else its kind.

    Somebody looks for a candidate or a colleague by name too; the trail holds ids, never names.
    """
    accounts = User.objects.filter(Q(username__iexact=text) | Q(name=text)).order_by("pk")
    if ids := [str(pk) for pk in accounts.values_list("pk", flat=True)]:
        return " ".join(["account", *ids])
    return text if _stands_there(text) else search_for_trail(text)


def _stands_there(text: str) -> bool:
    """Whether the trail knows it as an id, alone or behind its kind as the page shows it."""
    kind, _space, number = text.partition(" ")
    known = (
        Q(actor=text) | Q(object=text) | Q(actor_kind=kind, actor=number) | Q(object_kind=kind, object=number)
    )
    return AuditEvent.objects.filter(known).exists()
