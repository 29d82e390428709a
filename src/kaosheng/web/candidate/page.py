"""What the dossier page shows besides panel and cards."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kaosheng.casework.models import Dossier, RegistrationDoubt
from kaosheng.casework.queries.candidate import CandidateView, KindView
from kaosheng.casework.queries.candidate_story import Told
from kaosheng.domain.visibility import VisibleState
from kaosheng.regions.models import ExamSite
from kaosheng.registration.changes import Change
from kaosheng.registration.words import (
    OWN_LABELS,
    ChangedFact,
    changed_facts,
    facts_in_words,
    id_type_in_words,
    masked_id_number,
    masked_phone,
)
from kaosheng.web.candidate.advice import advice_url
from kaosheng.web.candidate.cards import alternatives, card_of, groups
from kaosheng.web.candidate.frame import contact_of_site, said
from kaosheng.web.candidate.panel import status_panel
from kaosheng.web.candidate.uploading import upload_queue
from kaosheng.web.candidate.words import TONES, event_text, kind_name
from kaosheng.web.ui import components as ui


def page_context(view: CandidateView) -> dict[str, Any]:
    """Everything the dossier page shows."""
    intake, site = view.dossier.intake, view.dossier.site
    return {
        **frame_context(view),
        "groups": groups(view),
        "notes": [
            (said(intake.area, "name"), said(intake, "notes")),
            (said(site, "name"), said(site, "notes")),
        ],
        "facts": registration_facts(view),
        "change": change_message(view),
        "doubt": doubt_of(view.dossier),
        "entries": [_entry(view, told) for told in view.told],
        "contact": contact_of_site(site),
        "receipts": receipt_links(view),
        "uploads": upload_queue(view.dossier),
        "view_url": reverse("candidate:dossier", args=[view.dossier.pk]),
    }


def frame_context(view: CandidateView) -> dict[str, Any]:
    """What changes with every picture: the panel and the button at the top right."""
    return {
        "view": view,
        "panel": status_panel(view),
        **unsent_context(view),
        "advice_url": advice_url(view),
    }


def unsent_context(view: CandidateView) -> dict[str, bool]:
    """What the red bar says: whether pictures wait for 提交审核, and whether for the first time."""
    return {"unsent": view.has_unsent, "again": view.visible.state is VisibleState.RETURNED}


def card_context(view: CandidateView, kind: KindView) -> dict[str, Any]:
    """The answer to a script: the changed card, and what changes with it."""
    return {
        **frame_context(view),
        "card": card_of(view, kind),
        "others": [card_of(view, other) for other in alternatives(view, kind) if _is_shown(view, other)],
    }


def _is_shown(view: CandidateView, other: KindView) -> bool:
    """Whether the page has a card of a kind that is asked as one of a group."""
    return view.visible.state is VisibleState.DRAFT or other.free_position is not None


def doubt_of(dossier: Dossier) -> RegistrationDoubt | None:
    """What the candidate told about his registration; the door has read it."""
    return getattr(dossier, "doubt", None)


def registration_facts(view: CandidateView) -> list[ui.Fact]:
    """我的报名信息: what the registration system told us, ID number and telephone masked."""
    registration = view.dossier.registration
    own = [
        (OWN_LABELS["name"], registration.name),
        (_("报名号"), registration.number),
        (OWN_LABELS["id_type"], id_type_in_words(registration.id_type)),
        (OWN_LABELS["id_number"], masked_id_number(registration.id_number)),
        (OWN_LABELS["phone"], masked_phone(registration.phone) or _("未登记")),
        (OWN_LABELS["site"], said(view.dossier.site, "name")),
        *facts_in_words(registration.facts),
    ]
    return [ui.Fact(label=str(label), value=value) for label, value in own]


def change_message(view: CandidateView) -> dict[str, Any] | None:
    """The registration change the candidate hasn't acknowledged, in words; None when there is none."""
    if view.change is None:
        return None
    waits = view.visible.state in {VisibleState.DRAFT, VisibleState.RETURNED}
    return {
        "facts": [
            *map(_changed_field, view.change.own),
            *changed_facts(view.change.before, view.change.after),
        ],
        "now_asked": _names(view, view.change.now_asked) if waits else [],
        "no_longer_asked": _names(view, view.change.no_longer_asked) if waits else [],
        "told_reviewers": view.visible.awaits_review,
    }


def _changed_field(change: Change) -> ChangedFact:
    """A field besides the facts; of an ID number only what the page shows anyway."""
    before, after = (_own_value(change.name, value) for value in (change.before, change.after))
    if before == after:
        before, after = "", _("%(value)s（隐藏的数字有变化）") % {"value": after}
    return ChangedFact(label=str(OWN_LABELS[change.name]), before=before, after=after)


def _own_value(name: str, value: object) -> str:
    if isinstance(value, ExamSite):
        return said(value, "name")
    return masked_id_number(str(value)) if name == "id_number" else str(value)


def _names(view: CandidateView, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (f"#material-{kind.code}", kind_name(kind.item.kind))
        for code in codes
        if (kind := view.kind(code)) is not None
    ]


def _entry(view: CandidateView, told: Told) -> ui.TimelineEntry:
    receipt = next((entry for entry in view.submissions if entry.ordinal == told.submission), None)
    return ui.TimelineEntry(
        what=event_text(told.event, told.count),
        at=told.at,
        text=receipt.number if receipt else "",
        tone=TONES.get(told.event, ""),  # type: ignore[arg-type]
    )


def receipt_links(view: CandidateView) -> list[tuple[str, str]]:
    """Address and number of every receipt, newest first."""
    return [
        (reverse("candidate:receipt", args=[view.dossier.pk, entry.ordinal]), entry.number)
        for entry in reversed(view.submissions)
    ]
