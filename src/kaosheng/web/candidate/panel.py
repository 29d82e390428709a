"""The status panel: where the dossier stands, what comes next and by when, in words made of what is visible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaosheng.casework.queries.candidate import CandidateView, Remark
from kaosheng.casework.words import state_words
from kaosheng.domain.places import Manner
from kaosheng.domain.states import Verdict
from kaosheng.domain.visibility import VisibleState
from kaosheng.web.candidate.frame import contact_of_site, is_english, said
from kaosheng.web.candidate.words import day_words, place_name, remark_text
from kaosheng.web.ui import components as ui

CHIPS: Final = {
    VisibleState.DRAFT: "draft",
    VisibleState.WAITING: "submitted",
    VisibleState.IN_REVIEW: "in_review",
    VisibleState.SITE_PASSED: "in_review",
    VisibleState.RETURNED: "returned",
    VisibleState.PASSED: "passed",
    VisibleState.FAILED: "failed",
    VisibleState.LAPSED: "lapsed",
    VisibleState.WITHDRAWN: "withdrawn",
}


def status_panel(view: CandidateView) -> ui.StatusPanel:
    """The panel on top of the dossier page."""
    return ui.StatusPanel(
        chip=CHIPS[view.visible.state],
        words=state_words(view.visible),
        about=_("报名号 %(number)s") % {"number": view.dossier.registration.number},
        now=view.now,
        steps=_steps(view),
        contact=contact_of_site(view.dossier.site),
        **_PANELS[view.visible.state](view),
    )


def remark_of(view: CandidateView, remark: Remark) -> ui.Remark:
    """A reviewer's words on top of the page, with a link to the place."""
    kind = view.kind(remark.kind)
    return ui.Remark(
        text=remark_text(remark),
        subject=place_name(kind.item.kind, remark.position) if kind else remark.kind,
        author=_("审核人员"),
        at=remark.at,
        url=f"#material-{remark.kind}",
        url_label=_("查看材料") if remark.answered or remark.manner != "online" else _("查看并更换"),
        tone="quiet" if remark.answered else "change",
    )


def _steps(view: CandidateView) -> list[ui.Step]:
    labels = [_("上传材料"), _("考点审核"), _("考区审核"), _("公布结果")]
    at = {
        VisibleState.DRAFT: 0,
        VisibleState.LAPSED: 0,
        VisibleState.WAITING: 1,
        VisibleState.IN_REVIEW: 2,
        VisibleState.SITE_PASSED: 2,
        VisibleState.RETURNED: 2 if view.was_forwarded else 1,
        VisibleState.PASSED: 4,
        VisibleState.FAILED: 4,
    }.get(view.visible.state)
    if at is None:
        return []
    if view.one_stage:
        del labels[1]
        at = {0: 0, 4: 3}.get(at, 1)
    return [
        ui.Step(label=label, state="done" if number < at else "current" if number == at else "ahead")
        for number, label in enumerate(labels)
    ]


def _draft(view: CandidateView) -> dict[str, Any]:
    if not view.has_opened:
        return {
            "heading": _("材料上传尚未开始"),
            "deadline": view.dossier.intake.opens_at,
            "deadline_label": _("开始时间"),
            "next_step": _("现在可以先查看需要哪些材料并准备好图片，到时再来上传。"),
        }
    if not view.in_time:
        return {
            "heading": _("提交时间已过，材料没有提交"),
            "tone": "quiet",
            "next_step": _("逾期未提交视为放弃。如有特殊情况，请尽快联系考点。"),
        }
    timing = {"deadline": view.deadline, "deadline_label": _("提交截止")}
    if view.missing:
        count = len(view.missing)
        heading = ngettext("还有 %(count)s 种材料需要上传", "还有 %(count)s 种材料需要上传", count)
        return {
            **timing,
            "heading": heading % {"count": count},
            "next_step": _(
                "传齐后点击右上角的“提交审核”。只上传、没有提交的材料不会进入审核；"
                "逾期未提交视为放弃，会错过这次考试。"
            ),
        }
    return {
        **timing,
        "heading": _("材料已齐全，请提交审核"),
        "next_step": _(
            "请点击右上角的“提交审核”，核对后提交。没有提交的材料不会进入审核；"
            "逾期未提交视为放弃，会错过这次考试。"
        ),
    }


def locked_heading(*, resubmitted: bool) -> str:
    """What is said of a submission while it is the one that counts; made of the candidate's own acts alone."""
    return _("已重新提交，内容已锁定") if resubmitted else str(ui.DONE_AND_LOCKED)


def _waiting(view: CandidateView) -> dict[str, Any]:
    return {
        "heading": locked_heading(resubmitted=view.was_resubmitted),
        "next_step": _(
            "%(site)s将审核您的材料%(by)s。您现在不需要做任何事；如需补充，会以短信通知您，并显示在本页。"
        )
        % {"site": said(view.dossier.site, "name"), "by": _by(view, view.dossier.intake.review_expected_by)},
    }


def _in_review(view: CandidateView) -> dict[str, Any]:
    next_step = _(
        "审核结果将由考区统一公布%(by)s。您现在不需要做任何事；如需补充，会以短信通知您，并显示在本页。"
    ) % {"by": _by(view, view.dossier.intake.release_expected_by)}
    if view.visible.overdue:
        return _overdue(next_step)
    heading = _("已重新提交，材料正在审核") if view.was_resubmitted else _("上报完成，材料正在审核")
    return {"heading": heading, "next_step": next_step}


def _waiting_or_overdue(view: CandidateView) -> dict[str, Any]:
    return _in_review(view) if view.visible.overdue else _waiting(view)


def _site_passed(view: CandidateView) -> dict[str, Any]:
    next_step = _("这还不是最终结果。最终结果将由考区统一公布%(by)s。您现在不需要做任何事。") % {
        "by": _by(view, view.dossier.intake.release_expected_by)
    }
    if view.visible.overdue:
        return _overdue(next_step)
    again = view.was_resubmitted_since_passed
    heading = _("已重新提交，等待考区复审") if again else _("考点审核通过，等待考区复审")
    return {"heading": heading, "next_step": next_step}


def _overdue(next_step: str) -> dict[str, Any]:
    return {
        "heading": _("补充期限已过，按上次提交的材料审核"),
        "tone": "quiet",
        "next_step": _sentences(next_step, _("如有特殊情况，请联系考点。")),
    }


def _by(view: CandidateView, day: date | None) -> str:
    """When to expect it. A day that has passed is no promise any more, and silence is none either."""
    if day is None:
        return _("（时间以考区通知为准）")
    if day < timezone.localdate(view.now):
        return _("（原预计%(day)s前，现以考区通知为准）") % {"day": day_words(day)}
    return _("（预计%(day)s前）") % {"day": day_words(day)}


def _returned(view: CandidateView) -> dict[str, Any]:
    remarks = [remark_of(view, remark) for kind in view.kinds for remark in kind.remarks]
    shared = {
        "tone": "change",
        "remarks": remarks,
        "deadline": view.deadline,
        "deadline_label": _("补充截止"),
    }
    if not view.in_time:
        return {
            **shared,
            "heading": _("补充时间已过"),
            "next_step": _("将按您上次提交的材料审核。如有特殊情况，请尽快联系考点。"),
        }
    if view.waits_elsewhere:
        return {
            **shared,
            "heading": _elsewhere(view),
            "next_step": _("这次不需要在线更换图片。考点办理后，材料会继续审核。"),
        }
    if not view.is_complete:
        count = len(view.unanswered) or len(view.missing)
        heading = ngettext(
            "请处理 %(count)s 处材料，然后重新提交", "请处理 %(count)s 处材料，然后重新提交", count
        )
        return {
            **shared,
            "heading": heading % {"count": count},
            "next_step": _sentences(
                _("只有审核人员要求的位置可以修改。全部处理后，点击右上角的“重新提交”。"),
                elsewhere_first(view.asked_elsewhere) if view.asked_elsewhere else "",
            ),
        }
    if not remarks:
        return {
            **shared,
            "heading": _("没有需要补充的内容了，请重新提交"),
            "next_step": _(
                "报名信息变更后，原来要求的内容不再需要。请点击右上角的“重新提交”，材料才会继续审核。"
            ),
        }
    if view.asked_elsewhere:
        return {
            **shared,
            "heading": _("在线的部分已处理，还有内容须现场或电话办理"),
            "next_step": elsewhere_first(view.asked_elsewhere),
        }
    return {
        **shared,
        "heading": _("要求的内容已处理，请重新提交"),
        "next_step": _("请点击右上角的“重新提交”。不重新提交，审核人员看不到您的更换。"),
    }


def _sentences(*sentences: str) -> str:
    """One after the other; English puts a space between them."""
    return (" " if is_english() else "").join(sentence for sentence in sentences if sentence)


def elsewhere_first(count: int) -> str:
    """What to do before 重新提交 while `count` places are asked for at the 考点 or by telephone."""
    words = ngettext(
        "还有 %(count)s 项须到考点现场或电话办理。请先办理，再重新提交：重新提交后，考点不能再登记收到。",
        "还有 %(count)s 项须到考点现场或电话办理。请先办理，再重新提交：重新提交后，考点不能再登记收到。",
        count,
    )
    return words % {"count": count}


def _elsewhere(view: CandidateView) -> str:
    manners = {remark.manner for kind in view.kinds for remark in kind.remarks}
    if manners == {Manner.ON_SITE}:
        return _("请到考点现场办理")
    if manners == {Manner.TELEPHONE}:
        return _("请与考点电话联系")
    return _("请按审核意见办理")


def _released(view: CandidateView) -> dict[str, Any]:
    published = view.visible.published
    passed = published is not None and published.verdict is Verdict.PASS
    remarks = []
    if published is not None and published.opinion:
        remarks.append(
            ui.Remark(
                text=published.opinion,
                subject=_("最终审核意见"),
                author=said(view.dossier.intake.area, "name"),
                at=published.corrected_at or published.published_at,
                tone="quiet",
            )
        )
    if published is not None and published.earlier is not None:
        before = _("审核通过") if published.earlier is Verdict.PASS else _("审核不通过")
        remarks.append(
            ui.Remark(
                text=_("更正前：%(verdict)s") % {"verdict": before},
                subject=_("审核结果有更正"),
                at=published.published_at,
                tone="note",
            )
        )
    return {
        "heading": _("您的报名资格审核已通过") if passed else _("您的报名资格审核未通过"),
        "tone": "accepted" if passed else "refused",
        "remarks": remarks,
        "next_step": _("请留意考区公布的缴费和准考证安排。")
        if passed
        else _("如对结果有疑问，可在下面申请复核，或联系考点。")
        if view.may_ask_recheck
        else _("如对结果有疑问，请联系考点。"),
    }


def _lapsed(_view: CandidateView) -> dict[str, Any]:
    return {
        "heading": _("提交时间已过，材料没有提交"),
        "tone": "quiet",
        "next_step": _("逾期未提交视为放弃，已上传的图片没有进入审核。如有特殊情况，请尽快联系考点。"),
    }


def _withdrawn(_view: CandidateView) -> dict[str, Any]:
    return {
        "heading": _("报名已取消"),
        "tone": "quiet",
        "next_step": _(
            "报名系统显示这项报名已取消，材料不再审核。如果不是您本人操作，请先到报名系统核对，再联系考点。"
        ),
    }


_PANELS: Final[dict[VisibleState, Callable[[CandidateView], dict[str, Any]]]] = {
    VisibleState.DRAFT: _draft,
    VisibleState.WAITING: _waiting_or_overdue,
    VisibleState.IN_REVIEW: _in_review,
    VisibleState.SITE_PASSED: _site_passed,
    VisibleState.RETURNED: _returned,
    VisibleState.PASSED: _released,
    VisibleState.FAILED: _released,
    VisibleState.LAPSED: _lapsed,
    VisibleState.WITHDRAWN: _withdrawn,
}
