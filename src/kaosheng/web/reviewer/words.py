"""What staff read: states, actions and verdicts in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaosheng.casework.models import Mark, Step
from kaosheng.domain.places import Manner
from kaosheng.domain.states import Action, Phase, Stage, Verdict

Text = str | Promise

STATES: Final[dict[Phase, tuple[str, Text]]] = {
    Phase.DRAFT: ("draft", _("未提交")),
    Phase.AT_SITE: ("submitted", _("待考点审核")),
    Phase.AT_AREA: ("in_review", _("待考区审核")),
    Phase.PROPOSED: ("proposal", _("待复查")),
    Phase.RETURNED: ("returned", _("待补充")),
    Phase.DECIDED: ("submitted", _("已决定，待公布")),
    Phase.RELEASED: ("submitted", _("已公布")),
    Phase.LAPSED: ("lapsed", _("逾期未提交")),
    Phase.WITHDRAWN: ("withdrawn", _("报名已取消")),
}
"""Chip and words of each phase, for those who see the 考区's work."""

_DECIDED: Final[dict[Verdict, tuple[str, Text]]] = {
    Verdict.PASS: ("passed", _("决定通过，待公布")),
    Verdict.FAIL: ("failed", _("决定不通过，待公布")),
}
_RELEASED: Final[dict[Verdict, tuple[str, Text]]] = {
    Verdict.PASS: ("passed", _("审核通过")),
    Verdict.FAIL: ("failed", _("审核不通过")),
}
_FORWARDED: Final = ("in_review", _("已上报考区"))


def state_of(phase: Phase, *, sees_area: bool, verdict: Verdict | None = None) -> tuple[str, Text]:
    """Chip and words of a dossier for this reader; site staff read 已上报考区 for all of the 考区's work."""
    if not sees_area and phase in {Phase.AT_AREA, Phase.PROPOSED, Phase.DECIDED}:
        return _FORWARDED
    if phase is Phase.DECIDED and verdict is not None:
        return _DECIDED[verdict]
    if phase is Phase.RELEASED and verdict is not None:
        return _RELEASED[verdict]
    return STATES[phase]


VERDICTS: Final[dict[Verdict, Text]] = {Verdict.PASS: _("通过"), Verdict.FAIL: _("不通过")}
RECOMMENDATIONS: Final[dict[Verdict, Text]] = {Verdict.PASS: _("建议通过"), Verdict.FAIL: _("建议不通过")}
RECOMMENDED: Final[dict[Verdict, Text]] = {
    Verdict.PASS: _("考点建议通过"),
    Verdict.FAIL: _("考点建议不通过"),
}
PROPOSALS: Final[dict[Verdict, Text]] = {Verdict.PASS: _("提议通过"), Verdict.FAIL: _("提议不通过")}
STAGES: Final[dict[str, Text]] = {Stage.SITE: _("考点"), Stage.AREA: _("考区")}
MARKS: Final[dict[str, Text]] = {
    Mark.Verdict.ACCEPTED: _("合格"),
    Mark.Verdict.REPLACE: _("需更换"),
    Mark.Verdict.MISSING: _("缺少此材料"),
}
MANNERS: Final[dict[str, Text]] = {
    Manner.ONLINE: _("在线更换"),
    Manner.ON_SITE: _("现场提交"),
    Manner.TELEPHONE: _("电话联系"),
}
ACTORS: Final[dict[str, Text]] = {
    "candidate": _("考生"),
    "clock": _("系统"),
    "gateway": _("报名系统"),
    "staff": _("工作人员"),
}
_STEPS: Final[dict[str, Text]] = {
    Action.SUBMIT: _("提交审核"),
    Action.RECEIVE: _("现场收到"),
    Action.OVERDUE: _("逾期未补充"),
    Action.RETURN: _("退回补充"),
    Action.FORWARD: _("上报考区"),
    Action.SEND_BACK: _("考区退回考点"),
    Action.DECIDE: _("决定通过"),
    Action.PROPOSE: _("提议"),
    Action.CONFIRM: _("确认提议"),
    Action.REJECT_PROPOSAL: _("不同意提议"),
    Action.WITHDRAW_PROPOSAL: _("撤回提议"),
    Action.REOPEN: _("重新打开"),
    Action.KEEP: _("维持决定"),
    Action.PROPOSE_CORRECTION: _("提议更正"),
    Action.CONFIRM_CORRECTION: _("确认更正"),
    Action.ASK_RECHECK: _("申请复核"),
    Action.UPHOLD: _("复核维持"),
    Action.LAPSE: _("逾期未提交"),
    Action.EXTEND: _("延期"),
    Action.WINDOW_EXTENDED: _("上传时间延长"),
    Action.REGISTRATION_CHANGED: _("报名信息已变更"),
    Action.REGISTRATION_CANCELLED: _("报名已取消"),
    Action.REGISTRATION_RESTORED: _("报名已恢复"),
}
_TONES: Final = {
    Action.RETURN.value: "change",
    Action.OVERDUE.value: "change",
    Action.SEND_BACK.value: "change",
    Action.REGISTRATION_CHANGED.value: "change",
    Action.FORWARD.value: "accepted",
    Action.DECIDE.value: "accepted",
    Action.CONFIRM.value: "accepted",
}


def step_in_words(step: Step) -> str:
    """One line of the history: 上报考区（建议通过）."""
    words = str(_STEPS[step.action])
    if not step.verdict:
        return words
    verdict = Verdict(step.verdict)
    table = {Action.FORWARD.value: RECOMMENDATIONS, Action.PROPOSE.value: PROPOSALS}.get(
        step.action, VERDICTS
    )
    if step.action == Action.PROPOSE:
        return str(table[verdict])
    if step.action == Action.DECIDE:
        return words
    return gettext("%(what)s（%(verdict)s）") % {"what": words, "verdict": table[verdict]}


def tone_of(step: Step) -> str:
    """The colour of a line of the history."""
    if step.verdict == Verdict.FAIL:
        return "refused"
    return _TONES.get(step.action, "")


def actor_in_words(step: Step) -> str:
    """Who: the staff member's name, or what acted."""
    return step.actor.name if step.actor is not None else str(ACTORS.get(step.actor_kind, step.actor_kind))
