"""Receipts: the page after submitting, its PDF, the signed text, and the public page behind the QR code."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaosheng.casework.queries.receipts import Receipt, receipt_by_code
from kaosheng.crypto.signatures import UnknownKeyError, is_genuine, key_id_of, public_keys
from kaosheng.domain.visibility import VisibleState
from kaosheng.pictures.store import get_store
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.frame import contact_of_site, open_dossier, open_view, set_public_facts
from kaosheng.web.candidate.panel import locked_heading, status_panel
from kaosheng.web.candidate.receipt_pdf import receipt_pdf
from kaosheng.web.candidate.receipts import Sheet, find_submission, sheet_of, split_digest
from kaosheng.web.ui import components as ui

_OPEN_AGAIN = frozenset({VisibleState.RETURNED, VisibleState.DRAFT, VisibleState.LAPSED})


@require_safe
@for_candidates
def receipt(request: HttpRequest, dossier_id: UUID, ordinal: int) -> HttpResponse:
    """上报完成（已重新提交），内容已锁定: number, time, the list with digests and signature; to be printed and kept."""
    view = open_view(request, dossier_id)
    dossier = view.dossier
    submission = find_submission(dossier, ordinal)
    newest = submission.ordinal == len(view.submissions)
    locked = newest and view.visible.state not in _OPEN_AGAIN
    sheet = sheet_of(dossier, submission)
    context = {
        "receipt": ui.Receipt(
            number=sheet.number,
            at=sheet.at,
            heading=locked_heading(resubmitted=view.was_resubmitted) if locked else _("提交回执"),
            lines=sheet.counted,
            next_step=status_panel(view).next_step if locked and view.visible.published is None else "",
        ),
        "sheet": sheet,
        "locked": locked,
        "dossier": dossier,
        "ordinal": ordinal,
        "back": reverse("candidate:dossier", args=[dossier.pk]),
        "contact": contact_of_site(dossier.site),
    }
    return render(request, "candidate/receipt.html", context)


@require_safe
@for_candidates
def pdf(request: HttpRequest, dossier_id: UUID, ordinal: int) -> HttpResponse:
    """The same receipt as a file."""
    sheet = _own_sheet(request, dossier_id, ordinal)
    store = get_store()
    thumbnails = [store.read(line.picture.thumbnail_key) for line in sheet.lines]
    return _file(receipt_pdf(sheet, thumbnails), "application/pdf", f"receipt-{sheet.number}.pdf")


@require_safe
@for_candidates
def text(request: HttpRequest, dossier_id: UUID, ordinal: int) -> HttpResponse:
    """The signed text, for whoever checks a receipt without asking us."""
    return _signed_text(_own_sheet(request, dossier_id, ordinal).receipt)


@require_safe
def check(request: HttpRequest, receipt_code: str) -> HttpResponse:
    """What the QR code opens, for anybody: number, time, digests and whether the signature holds."""
    set_public_facts(request)
    found = receipt_by_code(receipt_code)
    key_id = key_id_of(found.signature)
    context = {
        "receipt": found,
        "lines": [split_digest(digest) for digest in found.digests],
        "genuine": _holds(found),
        "key_id": key_id,
        "public_key": public_keys().get(key_id, ""),
        "signature": found.signature.rpartition(":")[2],
        "text_url": reverse("candidate:receipt_check_text", args=[receipt_code]),
    }
    response = render(request, "candidate/receipt_check.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@require_safe
def check_text(request: HttpRequest, receipt_code: str) -> HttpResponse:
    """The signed text behind the code; it holds no more than the page."""
    set_public_facts(request)
    return _signed_text(receipt_by_code(receipt_code))


def _own_sheet(request: HttpRequest, dossier_id: UUID, ordinal: int) -> Sheet:
    dossier = open_dossier(request, dossier_id)
    return sheet_of(dossier, find_submission(dossier, ordinal))


def _holds(receipt: Receipt) -> bool:
    try:
        return is_genuine(receipt.body.encode(), receipt.signature)
    except UnknownKeyError:
        return False


def _signed_text(receipt: Receipt) -> HttpResponse:
    return _file(receipt.text.encode(), "text/plain; charset=utf-8", f"receipt-{receipt.number}.txt")


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
        },
    )
