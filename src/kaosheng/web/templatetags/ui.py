"""Template tags of the components; docs/ui.md names each with its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.http import HttpRequest
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_vite.core.asset_loader import DjangoViteAssetLoader

from kaosheng.pictures.words import WORDS
from kaosheng.web.ui import components as ui
from kaosheng.web.ui import times
from kaosheng.web.ui.page import (
    Contact,
    PageFacts,
    page_facts,
    reopening_address,
    wants_elder,
    wants_fragment,
)

register = template.Library()
KILOBYTE: Final = 1024
_PICTURE_WORDS: Final = {
    "empty": "picture_empty",
    "type": "picture_wrong_type",
    "unknown": "picture_unknown_type",
    "damaged": "picture_damaged",
    "sides": "picture_sides",
}
"""Sentences the scripts of the upload page share with the server, by the name of their attribute."""
Text = str | Promise


# --- the frame ---------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True, name="page_facts")
def page_facts_tag(context: Context) -> PageFacts:
    """Return the facts of the frame around the page."""
    return page_facts(_request(context))


@register.simple_tag(takes_context=True, name="elder")
def elder_tag(context: Context) -> bool:
    """Tell whether the reader chose 长辈版."""
    return wants_elder(_request(context))


@register.simple_tag(takes_context=True, name="reopening_address")
def reopening_address_tag(context: Context) -> str:
    """Return where this page can be opened again."""
    request = _request(context)
    return reopening_address(request) if request is not None else "/"


@register.simple_tag(takes_context=True, name="wants_fragment")
def wants_fragment_tag(context: Context) -> bool:
    """Tell whether this is the answer to a script, which stands in the dialog of a page with cards."""
    return wants_fragment(_request(context))


def _request(context: Context) -> HttpRequest | None:
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None


# --- times -------------------------------------------------------------------------------------------------------
@register.filter
def moment(at: datetime | None) -> str:
    """Write a time as 1月26日 10:24."""
    return times.moment(at) if at else ""


@register.filter
def full_moment(at: datetime | None) -> str:
    """Write a time with its year."""
    return times.moment(at, year=True) if at else ""


@register.filter
def deadline(at: datetime | None) -> str:
    """Write the end of a time; midnight reads 24:00 of the day before."""
    return times.deadline(at) if at else ""


@register.filter
def time_left(until: datetime | None, now: datetime | None = None) -> str:
    """Write what is left until then: 还有 2 天 6 小时."""
    return times.time_left(until, now) if until else ""


@register.filter
def file_size(count: int) -> str:
    """Write bytes as the upload page does: 312.5 KB."""
    if count < KILOBYTE:
        return f"{count} B"
    kilobytes = count / KILOBYTE
    size, unit = (kilobytes, "KB") if kilobytes < KILOBYTE else (kilobytes / KILOBYTE, "MB")
    return f"{-(-size * 10 // 1) / 10:g} {unit}"


# --- small ones --------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, large: bool = False) -> SafeString:  # noqa: FBT001, FBT002 - a template argument
    """Draw an icon of the sprite; it is decoration, the words beside it carry the meaning."""
    return _icon(DjangoViteAssetLoader.instance(), name, large)


@lru_cache(maxsize=256)
def _icon(assets: DjangoViteAssetLoader, name: str, large: bool) -> SafeString:  # noqa: FBT001 - for the cache's key
    """Kept for as long as the built files are the same: a page with 30 pictures has a hundred of them."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        " icon--large" if large else "",
        assets.generate_vite_asset_url("src/icons.svg"),
        name,
    )


@register.simple_tag
def chip(state: str, words: Text = "", bare: bool = False) -> SafeString:  # noqa: FBT001, FBT002 - a template argument
    """Show a state word with its icon; `words` replaces the usual ones.

    Put together here rather than in a template: every picture of a page has one or two.
    """
    return _chip(DjangoViteAssetLoader.instance(), get_language(), state, str(words), bare)


@lru_cache(maxsize=512)
def _chip(
    assets: DjangoViteAssetLoader,
    language: str | None,
    state: str,
    words: str,
    bare: bool,  # noqa: FBT001 - for the cache's key
) -> SafeString:
    """Kept as long as the built files are the same, for each language."""
    look = ui.CHIPS[state]
    with override(language):
        return format_html(
            '<span class="chip chip--{}{}">{}{}</span>',
            look.tone,
            " chip--bare" if bare else "",
            _icon(assets, look.icon, large=False),
            words or look.words,
        )


@register.inclusion_tag("ui/parts/contact.html")
def contact(who: Contact | None, compact: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a template argument
    """Show whom to telephone; `compact` leaves the address out."""
    return {"who": who, "compact": compact}


@register.inclusion_tag("ui/parts/remark.html")
def remark(what: ui.Remark) -> dict[str, Any]:
    """Show what a person wrote."""
    return {"remark": what}


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Sequence[ui.Step]) -> dict[str, Any]:
    """Show the stages of the way; the present one is named for screen readers."""
    return {"items": items}


# --- the candidate's page ----------------------------------------------------------------------------------------
@register.inclusion_tag("ui/parts/status_panel.html")
def status_panel(panel: ui.StatusPanel) -> dict[str, Any]:
    """Show where the dossier stands; holds the page's h1."""
    return {"panel": panel}


@register.inclusion_tag("ui/parts/material_card.html", takes_context=True)
def material_card(context: Context, card: ui.MaterialCard, *, swapped: bool = False) -> dict[str, Any]:
    """Show one kind with its pictures and free places; `swapped` into a page that a script has."""
    return {"card": card, "swapped": swapped, "request": context.get("request")}


@register.inclusion_tag("ui/parts/upload_form.html", takes_context=True)
def upload_form(
    context: Context,
    action: str,
    limits: ui.UploadLimits,
    card_id: str,
    name: Text = "",
    *,
    field_name: str = "picture",
    key: str = "",
    problem: Text = "",
) -> dict[str, Any]:
    """Show the file field, the prepared picture and 提交.

    `card_id` is the card of the kind, `name` what people call the place. Without scripts the form itself is sent:
    `key` is its idempotency key, `problem` a refusal of the try before. With scripts the page's `uploads` sends; on a
    page without, the form is sent with the prepared picture.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "fragment": wants_fragment(_request(context)),
        "action": action,
        "limits": limits,
        "card_id": card_id,
        "name": name,
        "sentences": {word: str(WORDS[code]) for word, code in _PICTURE_WORDS.items()},
        "field_name": field_name,
        "key": key,
        "problem": problem,
    }


@register.inclusion_tag("ui/parts/uploads.html", takes_context=True)
def uploads(
    context: Context, queue: ui.UploadQueue, page_url: str, *, leave_after: bool = False
) -> dict[str, Any]:
    """Show what is being uploaded, in the cards of the page or here; sends what waits in this browser.

    `page_url` shows the cards; with `leave_after` the reader goes there once everything is confirmed.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "queue": queue,
        "page_url": page_url,
        "leave_after": leave_after,
    }


@register.inclusion_tag("ui/parts/picture_rules.html")
def picture_rules(limits: ui.UploadLimits) -> dict[str, Any]:
    """Show the five rules of the guide that stand on every upload screen."""
    return {"limits": limits}


@register.inclusion_tag("ui/parts/receipt.html")
def receipt(proof: ui.Receipt) -> dict[str, Any]:
    """Show the proof of a submission."""
    return {"receipt": proof}


# --- lists -------------------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/parts/facts.html")
def facts(rows: Sequence[ui.Fact], plain: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a template argument
    """Show labels and values; `plain` without lines, for narrow panes."""
    return {"rows": rows, "plain": plain}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Sequence[ui.TimelineEntry]) -> dict[str, Any]:
    """Show 经过, newest first as given."""
    return {"entries": entries}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[ui.Tab], label: Text) -> dict[str, Any]:
    """Show views of one list as tabs; `label` names the group for screen readers."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/bars.html")
def bars(rows: Sequence[ui.Bar]) -> dict[str, Any]:
    """Show progress rows: 248 / 412."""
    return {"rows": rows}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], address: str = "") -> dict[str, Any]:
    """Show previous, next and where we are; keeps the filters of the address.

    `address` is the list's own, where a refused form shows it at another.
    """
    request = _request(context)
    query = request.GET.copy() if request is not None else None
    links = {}
    for name, there, number in (
        ("previous", page.has_previous(), page.number - 1),
        ("next", page.has_next(), page.number + 1),
    ):
        if there:
            if query is not None:
                query["page"] = str(number)
            asked = query.urlencode() if query is not None else f"page={number}"
            links[name] = f"{address}?{asked}"
    return {"page": page, "links": links}


# --- forms -------------------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/parts/errors.html")
def error_summary(problems: Sequence[ui.FieldProblem], title: Text = "") -> dict[str, Any]:
    """Show what is wrong on top of a form; takes the focus when scripts run. Nothing when there is no problem."""
    return {"problems": problems, "title": title or _("请先改正以下内容")}


@register.filter
def problems(form: Any) -> list[ui.FieldProblem]:
    """Turn a Django form's errors into lines of the error summary."""
    lines = [ui.FieldProblem(sentence=sentence) for sentence in form.non_field_errors()]
    for bound in form:
        lines += [
            ui.FieldProblem(sentence=s, field_id=bound.auto_id or bound.html_name) for s in bound.errors
        ]
    return lines


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, hint: Text = "", optional: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a template argument
    """Show one field: label, hint, its errors, the control; check boxes and radios in their own form."""
    widget = bound.field.widget
    described = [f"{bound.auto_id}-{part}" for part, there in (
        ("hint", hint or bound.help_text), ("error", bound.errors)) if there]  # fmt: skip
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = "input"
    if isinstance(widget, CheckboxInput):
        kind, attributes["class"] = "check", "form-check-input"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "choices"
    elif isinstance(widget, Select):
        attributes["class"] = "form-select"
    else:
        attributes["class"] = "form-control"
    return {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attributes) if kind != "choices" else "",
        "hint": hint or bound.help_text,
        "optional": optional,
    }
