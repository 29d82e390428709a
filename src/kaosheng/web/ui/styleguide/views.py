"""Pages of the style guide."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kaosheng.domain.errors import Refusal
from kaosheng.pictures.checks import examine
from kaosheng.web.ui import components as ui
from kaosheng.web.ui.errors import HEADINGS, error_page
from kaosheng.web.ui.messages import sentence_of
from kaosheng.web.ui.page import base_template, set_page_facts
from kaosheng.web.ui.styleguide import pictures, samples
from kaosheng.web.ui.styleguide.samples import say

STATES = ("draft", "submitted", "returned", "passed", "failed", "lapsed")


def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state."""
    set_page_facts(request, samples.candidate_facts())
    context = {
        "chips": list(ui.CHIPS),
        "panels": [samples.panel(state) for state in STATES],
        "states": STATES,
        "returned": samples.cards("returned"),
        "draft": samples.cards("draft"),
        "notes": [
            samples.remark(),
            ui.Remark(text=say("已通知审核人员，如需补充会通知您。", "The reviewers know; you will be told if anything is needed."), subject=say("报名信息已变更", "Registration changed"), tone="note"),
        ],
        "facts": samples.registration(),
        "entries": samples.timeline(),
        "bars": samples.bars(),
        "tabs": samples.tabs(),
        "rows": samples.queue_rows(),
        "page_of_rows": Paginator(range(412), 20).page(3),
        "form": samples.form(),
        "receipt": samples.receipt(),
        "limits": samples.LIMITS,
        "queue": samples.QUEUE,
        "contact": samples.contact(),
        "errors": sorted(HEADINGS),
        "bytes": (204_800, 204_801, 320_000, 4_800_000),
    }  # fmt: skip
    return render(request, "ui/styleguide/components.html", context)


def candidate(request: HttpRequest, state: str) -> HttpResponse:
    """Show a whole candidate page in one state."""
    if state not in STATES:
        raise Http404
    set_page_facts(request, samples.candidate_facts())
    context = {
        "panel": samples.panel(state),
        "cards": samples.cards(state),
        "facts": samples.registration(),
        "entries": samples.timeline(),
        "contact": samples.contact(),
        "queue": samples.QUEUE,
        "open": state in {"draft", "returned"},
        "again": state == "returned",
    }
    return render(request, "ui/styleguide/candidate.html", context)


def upload(request: HttpRequest) -> HttpResponse:
    """Show the upload page; answer a try with the card or with a refusal, without keeping anything."""
    set_page_facts(request, samples.candidate_facts())
    card = samples.cards("draft")[0]
    digest, problem = _checked(request) if request.method == "POST" else ("", "")
    if digest:
        response = render(request, "ui/styleguide/card.html", {"card": samples.cards("returned")[0]})
        response.headers["X-Received-Digest"] = digest
        return response
    context = {
        "base": base_template(request),
        "card": card,
        "limits": samples.LIMITS,
        "problem": problem,
        "back": reverse("styleguide_candidate", args=["draft"]),
    }
    return render(request, "ui/styleguide/upload.html", context, status=422 if problem else 200)


def _checked(request: HttpRequest) -> tuple[str, str]:
    """Digest of the received file, or the sentence of the server's own check."""
    file = request.FILES.get("picture")
    if not isinstance(file, UploadedFile):
        return "", sentence_of(Refusal("file_missing"))
    try:
        return examine(file.read()).received_digest, ""
    except Refusal as refusal:
        return "", sentence_of(refusal)


def remove(request: HttpRequest) -> HttpResponse:
    """Show the question before a picture is deleted."""
    set_page_facts(request, samples.candidate_facts())
    if request.method == "POST":
        return render(request, "ui/styleguide/card.html", {"card": samples.cards("draft")[0]})
    context = {
        "base": base_template(request),
        "heading": say("删除这张图片？", "Delete this picture?"),
        "text": say("删除后可以重新上传。", "You can upload another one afterwards."),
        "action": reverse("styleguide_remove"),
        "yes": say("删除", "Delete"),
        "yes_class": "btn-refuse",
        "no_url": reverse("styleguide_candidate", args=["draft"]),
        "swap": "#material-M09",
    }
    return render(request, "ui/confirm_page.html", context)


def check(request: HttpRequest) -> HttpResponse:
    """Show the check page before submitting."""
    set_page_facts(request, samples.candidate_facts())
    context = {
        "cards": samples.cards("draft"),
        "form": samples.form(),
        "back": reverse("styleguide_candidate", args=["draft"]),
    }
    return render(request, "ui/styleguide/check.html", context)


def receipt(request: HttpRequest) -> HttpResponse:
    """Show the page after submitting."""
    set_page_facts(request, samples.candidate_facts())
    return render(
        request, "ui/styleguide/receipt.html", {"receipt": samples.receipt(), "contact": samples.contact()}
    )


def queue(request: HttpRequest) -> HttpResponse:
    """Show a staff list."""
    set_page_facts(request, samples.staff_facts(0))
    context = {
        "tabs": samples.tabs(),
        "rows": samples.queue_rows(),
        "page_of_rows": Paginator(range(412), 20).page(3),
        "bars": samples.bars(),
    }
    return render(request, "ui/styleguide/queue.html", context)


def workbench(request: HttpRequest) -> HttpResponse:
    """Show the reviewer's three panes."""
    set_page_facts(request, samples.staff_facts(1))
    reasons = (
        ("缺法定代表人签字", "No signature of the legal representative"),
        ("印章不清晰", "Seal not legible"),
        ("非当年有效", "Not valid this year"),
        ("画面不完整", "Picture cut off"),
    )
    context = {
        "cards": samples.cards("submitted")[:3],
        "facts": samples.registration(),
        "entries": samples.timeline(),
        "picture": reverse("styleguide_picture", args=["form"]),
        "reasons": [say(*words) for words in reasons],
        "name": say("试用期考核合格证明", "Probation assessment certificate"),
        "requirement": samples.cards("submitted")[0].requirement,
    }
    return render(request, "ui/styleguide/workbench.html", context)


def staff_form(request: HttpRequest) -> HttpResponse:
    """Show a staff form that came back with errors."""
    set_page_facts(request, samples.staff_facts(2))
    return render(request, "ui/styleguide/staff_form.html", {"form": samples.form()})


def error(request: HttpRequest, status: int) -> HttpResponse:
    """Show one error page."""
    if status not in HEADINGS:
        raise Http404
    set_page_facts(request, samples.candidate_facts())
    return error_page(request, status)


def picture(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with a drawn document."""
    return HttpResponse(pictures.document(kind), content_type="image/svg+xml")
