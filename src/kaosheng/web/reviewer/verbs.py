"""The acts on a dossier, one line each: its rule, its form, its words, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.workbench import MAY_DECLARE
from kaosheng.casework.services import counter, deciding, handling, rechecking, reviewing
from kaosheng.casework.services.actors import Actor
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Verdict
from kaosheng.web.reviewer import forms

Text = str | Promise
Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """One act: its rule, its form, its words, and the service that does it."""

    action: Action | None
    form: type[forms.SeenForm]
    run: Callable[[UUID, Actor, Given], object]
    done: Text
    lead: Text
    look: str = "btn-primary"
    goes_on: Tab | None = None
    heading: Text = ""
    needs: frozenset[Permission] = frozenset()
    """Of an act that isn't in the table: the permissions of which it takes one."""
    leased: bool = False
    """The same: whether the dossier must be in his hands."""
    anywhere: bool = False
    """Whether it is his to do also while the dossier lies beyond him."""
    leaves: bool = False
    """Whether the dossier can't be opened afterwards."""


def _seen(dossier_id: UUID, actor: Actor, given: Given) -> dict[str, Any]:
    return {"dossier_id": dossier_id, "actor": actor, "seen_revision": given["revision"]}


def _return(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return reviewing.return_to_candidate(**_seen(dossier_id, actor, given))


def _forward(dossier_id: UUID, actor: Actor, given: Given) -> object:
    recommendation = Verdict(given["verdict"])
    return reviewing.forward(
        **_seen(dossier_id, actor, given), recommendation=recommendation, reason=given["reason"]
    )


def _send_back(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return reviewing.send_back(**_seen(dossier_id, actor, given), reason=given["reason"])


def _decide(dossier_id: UUID, actor: Actor, given: Given) -> object:
    if given["verdict"] != Verdict.PASS:
        raise Refusal("refusal_needs_two")
    return deciding.decide_pass(
        **_seen(dossier_id, actor, given), opinion=given["reason"], waiver=given.get("waiver", "")
    )


def _propose(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.propose(
        **_seen(dossier_id, actor, given),
        verdict=Verdict(given["verdict"]),
        opinion=given["reason"],
        waiver=given.get("waiver", ""),
    )


def _confirm(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.confirm(**_seen(dossier_id, actor, given))


def _reject(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.reject_proposal(**_seen(dossier_id, actor, given), reason=given["reason"])


def _withdraw(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.withdraw_proposal(**_seen(dossier_id, actor, given))


def _reopen(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.reopen(**_seen(dossier_id, actor, given), reason=given["reason"])


def _keep(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.keep(**_seen(dossier_id, actor, given))


def _receive(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return counter.receive(**_seen(dossier_id, actor, given), reason=given["reason"])


def _request_extension(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return counter.request_extension(
        dossier_id=dossier_id, actor=actor, until=given["until"], reason=given["reason"]
    )


def _extend(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return counter.extend(**_seen(dossier_id, actor, given), until=given["until"], reason=given["reason"])


def _propose_correction(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.propose_correction(
        **_seen(dossier_id, actor, given), verdict=Verdict(given["verdict"]), opinion=given["reason"]
    )


def _confirm_correction(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.confirm_correction(**_seen(dossier_id, actor, given))


def _uphold(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return rechecking.uphold(**_seen(dossier_id, actor, given), reason=given["reason"])


def _hold(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return handling.hold(**_seen(dossier_id, actor, given), reason=given["reason"])


def _conflict(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return handling.declare_conflict(dossier_id=dossier_id, actor=actor, reason=given["reason"])


VERBS: Final[dict[str, Verb]] = {
    "return": Verb(
        Action.RETURN, forms.SeenForm, _return, _("已退回补充，考生会收到短信。"),
        _("以下内容将发给考生，并开放这些位置。"), look="btn-change", goes_on=Tab.WAITING,
    ),
    "forward": Verb(
        Action.FORWARD, forms.RecommendForm, _forward, _("已上报考区。"),
        _("材料将连同标记和建议送考区审核，考点不能再修改。"), goes_on=Tab.WAITING,
    ),
    "send-back": Verb(
        Action.SEND_BACK, forms.ReasonForm, _send_back, _("已退回考点。"),
        _("材料将退回考点重新审核，考生看不到这一步。"), look="btn-change", goes_on=Tab.WAITING,
    ),
    "decide": Verb(
        Action.DECIDE, forms.DecideForm, _decide, _("已决定通过，公布前考生看不到结论。"),
        _("决定通过。结论在公布前对考生和考点保密。"), goes_on=Tab.WAITING,
    ),
    "propose": Verb(
        Action.PROPOSE, forms.DecideForm, _propose, _("已提议，等待另一位审核员复核。"),
        _("提议须由另一位考区审核员确认后才成为决定。"), goes_on=Tab.WAITING,
    ),
    "confirm": Verb(
        Action.CONFIRM, forms.SeenForm, _confirm, _("已确认提议，决定已形成。"),
        _("确认后形成决定。结论在公布前对考生和考点保密。"), goes_on=Tab.PROPOSALS,
    ),
    "reject": Verb(
        Action.REJECT_PROPOSAL, forms.ReasonForm, _reject, _("已否决提议，材料留在您手中继续审核。"),
        _("提议被否决后，材料回到待审，由您继续审核。"), look="btn-refuse",
    ),
    "withdraw": Verb(
        Action.WITHDRAW_PROPOSAL, forms.SeenForm, _withdraw, _("已撤回提议。"), _("撤回后材料回到待审，由您继续审核。"),
    ),
    "reopen": Verb(
        Action.REOPEN, forms.ReasonForm, _reopen, _("已重新打开，原决定作废。"),
        _("原决定作废，材料回到考区待审。"), look="btn-change",
    ),
    "keep": Verb(
        Action.KEEP, forms.SeenForm, _keep, _("已维持决定。"), _("报名信息变更后，维持原决定不变。"),
    ),
    "receive": Verb(
        Action.RECEIVE, forms.ReasonForm, _receive, _("已登记收到。"),
        _("登记考生已现场提交或电话办理。没有要求在线更换的，材料回到退回它的阶段继续审核。"),
    ),
    "request-extension": Verb(
        None, forms.UntilForm, _request_extension, _("已向考区申请延期。"), _("申请由考区管理员批准后生效。"),
        heading=_("申请延期"), needs=frozenset({Permission.EXTENSION_REQUEST}),
    ),
    "hold": Verb(
        None, forms.ShortReasonForm, _hold, _("已暂缓，可在“暂缓”列表中找到。"),
        _("材料暂时放下，不再分给任何人，例如等待电话回复。标记保留，考生看不到。"), look="btn-change",
        heading=_("暂缓"), needs=frozenset({Permission.DOSSIER_TAKE}), leased=True, leaves=True,
    ),
    "conflict": Verb(
        None, forms.ShortReasonForm, _conflict, _("已声明回避，这份材料不会再分给您。"),
        _("您与考生有亲属、师生、同事等利害关系时须回避。声明后您不能再打开这份材料，也不能撤回声明。"), look="btn-refuse",
        heading=_("声明回避"), needs=MAY_DECLARE, leaves=True, anywhere=True,
    ),
    "extend": Verb(
        Action.EXTEND, forms.UntilForm, _extend, _("已延期。"), _("批准后立即生效，考生在新的截止时间前可以提交。"),
    ),
    "propose-correction": Verb(
        Action.PROPOSE_CORRECTION, forms.CorrectionForm, _propose_correction, _("已提议更正，等待另一人确认。"),
        _("更正须由两名未参与原决定的人员完成，确认前考生看不到。"), look="btn-change",
    ),
    "confirm-correction": Verb(
        Action.CONFIRM_CORRECTION, forms.SeenForm, _confirm_correction, _("已更正，考生会收到通知。"),
        _("确认后立即生效：考生看到新结论，原结论显示为“更正前”，并收到通知。"), look="btn-refuse",
    ),
    "uphold": Verb(
        Action.UPHOLD, forms.ReasonForm, _uphold, _("已答复复核：维持原结论，考生会收到通知。"),
        _("维持原结论，理由会显示给考生。需要更正的，返回材料页提议更正。"),
    ),
}  # fmt: skip
