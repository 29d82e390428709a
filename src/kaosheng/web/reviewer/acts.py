"""The buttons above a dossier: what the rules allow now, in words, with keys and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kaosheng.casework.queries.workbench import Workbench
from kaosheng.domain.states import Action, Verdict
from kaosheng.web.reviewer import words
from kaosheng.web.ui.messages import sentence_of


@dataclass(frozen=True, slots=True)
class Act:
    """One button of the bar. `refused` says why it can't be pressed now.

    `way` is what the script does with it: `direct` sends it after 5 seconds, `ask` shows what will be sent and asks
    first, empty opens its page.
    """

    label: str
    url: str
    key: str = ""
    look: str = ""
    refused: str = ""
    way: str = ""
    verdict: str = ""


_ACTS: Final[tuple[tuple[Action, Verdict | None, str, str, str], ...]] = (
    (Action.RETURN, None, "return", "R", ""),
    (Action.SEND_BACK, None, "send-back", "B", ""),
    (Action.FORWARD, Verdict.FAIL, "forward", "D", "btn-refuse"),
    (Action.FORWARD, Verdict.PASS, "forward", "Enter", "btn-primary"),
    (Action.PROPOSE, Verdict.FAIL, "propose", "D", "btn-refuse"),
    (Action.PROPOSE, Verdict.PASS, "propose", "Enter", "btn-primary"),
    (Action.DECIDE, Verdict.PASS, "decide", "Enter", "btn-primary"),
    (Action.WITHDRAW_PROPOSAL, None, "withdraw", "W", ""),
    (Action.REJECT_PROPOSAL, None, "reject", "D", "btn-refuse"),
    (Action.CONFIRM, None, "confirm", "Enter", "btn-primary"),
    (Action.RECEIVE, None, "receive", "", "btn-primary"),
    (Action.EXTEND, None, "extend", "", ""),
    (Action.REOPEN, None, "reopen", "", ""),
    (Action.KEEP, None, "keep", "", "btn-primary"),
    (Action.PROPOSE_CORRECTION, None, "propose-correction", "", ""),
    (Action.CONFIRM_CORRECTION, None, "confirm-correction", "", "btn-primary"),
    (Action.UPHOLD, None, "uphold", "", "btn-primary"),
)

_LEAVES_HANDS: Final = frozenset(
    {Action.RETURN, Action.SEND_BACK, Action.FORWARD, Action.PROPOSE, Action.DECIDE, Action.CONFIRM}
)

_RETURN_KEYS: Final = "R Enter"


def label_of(action: Action, verdict: Verdict | None) -> str:
    """The words of a button."""
    labels = {
        Action.RETURN: _("退回补充"),
        Action.SEND_BACK: _("退回考点"),
        Action.DECIDE: _("通过"),
        Action.WITHDRAW_PROPOSAL: _("撤回提议"),
        Action.REJECT_PROPOSAL: _("不同意"),
        Action.CONFIRM: _("确认提议"),
        Action.RECEIVE: _("现场收到"),
        Action.EXTEND: _("延期"),
        Action.REOPEN: _("重新打开"),
        Action.KEEP: _("维持决定"),
        Action.PROPOSE_CORRECTION: _("提议更正"),
        Action.CONFIRM_CORRECTION: _("确认更正"),
        Action.UPHOLD: _("复核维持"),
    }
    if verdict is not None and action is Action.FORWARD:
        return str(words.RECOMMENDATIONS[verdict])
    if verdict is not None and action is Action.PROPOSE:
        return str(words.PROPOSALS[verdict])
    return labels[action]


def acts(bench: Workbench) -> list[Act]:
    """The buttons of the bar, the usual one last; what needs the lease is left out until the dossier is taken.

    Once something is asked for, returning is the usual act: Enter must not send a dossier on past it.
    """
    asks = bool(bench.marks_to_send)
    shown = []
    for action, verdict, page, key, look in _ACTS:
        offer = bench.offer(action, verdict)
        if offer is None or (offer.refused is not None and offer.refused.code == "lease_needed"):
            continue
        way = _way(bench, action, verdict)
        shown.append(
            Act(
                label=label_of(action, verdict),
                url=_address(bench, page, verdict, asks_first=way != "direct"),
                key=_key(action, key, asks=asks),
                look=_look(action, look, asks=asks),
                refused=sentence_of(offer.refused) if offer.refused else "",
                way=way,
                verdict=verdict or "",
            )
        )
    if asks:
        shown.sort(key=lambda act: act.key == _RETURN_KEYS)
    return shown


def _address(bench: Workbench, page: str, verdict: Verdict | None, *, asks_first: bool) -> str:
    """A page that asks first is told what its reader has seen, so that it asks nobody about something newer."""
    asked = {"verdict": verdict.value} if verdict else {}
    seen = {"revision": str(bench.dossier.revision)} if asks_first else {}
    address = reverse(f"reviewer:{page}", args=[bench.dossier.pk])
    return f"{address}?{urlencode(asked | seen)}" if asked | seen else address


def _way(bench: Workbench, action: Action, verdict: Verdict | None) -> str:
    """A pass with nothing to say or to confirm goes at once; what else leaves one's hands asks first.

    Passing what the 考点 recommended to refuse is never a matter of one key.
    """
    if not bench.holds_lease or action not in _LEAVES_HANDS:
        return ""
    advised = bench.recommendation
    unquestioned = advised is None or advised.verdict == Verdict.PASS
    plain = verdict is Verdict.PASS and not bench.marks_to_send and not bench.changes
    return "direct" if plain and unquestioned and not bench.facts.open_promises else "ask"


def _key(action: Action, key: str, *, asks: bool) -> str:
    if not asks:
        return key
    return _RETURN_KEYS if action is Action.RETURN else key.replace("Enter", "")


def _look(action: Action, look: str, *, asks: bool) -> str:
    if not asks:
        return look
    return "btn-primary" if action is Action.RETURN else look.replace("btn-primary", "")
