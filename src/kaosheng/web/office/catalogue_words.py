"""Rules and checklists in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kaosheng.domain.materials import Effect, Item, Rule
from kaosheng.registration.words import LABELS, value_in_words
from kaosheng.web.reviewer.presenting import pick

EFFECTS: Final[dict[str, str | Promise]] = {
    Effect.REQUIRED: gettext_lazy("必须提交"),
    Effect.ONE_OF: gettext_lazy("任选其一"),
    Effect.OFFERED: gettext_lazy("按需提交"),
    Effect.NOT_ACCEPTED: gettext_lazy("不需要上传"),
}
CHIPS: Final = {
    Effect.REQUIRED: "incomplete",
    Effect.ONE_OF: "incomplete",
    Effect.OFFERED: "optional",
    Effect.NOT_ACCEPTED: "not_needed",
}


def conditions_in_words(when: Mapping[str, object]) -> list[str]:
    """One line a fact: 报考类别：120 口腔执业医师、220 口腔执业助理医师."""
    return [f"{LABELS.get(name, name)}：{_wanted(name, wanted)}" for name, wanted in when.items()]


def _wanted(name: str, wanted: object) -> str:
    if isinstance(wanted, Mapping):
        low, high = wanted.get("at_least"), wanted.get("at_most")
        if low is not None and high is not None:
            return str(low) if low == high else _("%(low)s 到 %(high)s") % {"low": low, "high": high}
        return (
            _("不小于 %(low)s") % {"low": low} if low is not None else _("不大于 %(high)s") % {"high": high}
        )
    if isinstance(wanted, list | tuple):
        return "、".join(value_in_words(name, value) for value in wanted)
    return value_in_words(name, wanted)


def rule_line(number: int, rule: Rule) -> dict[str, Any]:
    """One rule as the list shows it."""
    return {
        "number": number,
        "effect": EFFECTS[rule.effect],
        "chip": CHIPS[rule.effect],
        "group": rule.group,
        "minimum": rule.minimum,
        "when": conditions_in_words(rule.when),
        "reason": pick(rule.reason_zh, rule.reason_en),
        "source": pick(rule.source_zh, rule.source_en),
    }


def count_in_words(minimum: int, maximum: int) -> str:
    """2 张, 1–4 张; nothing where nothing is taken."""
    if not maximum:
        return ""
    if minimum == maximum:
        return ngettext("%(count)s 张", "%(count)s 张", maximum) % {"count": maximum}
    return _("%(low)s–%(high)s 张") % {"low": minimum, "high": maximum}


def item_line(item: Item | None) -> dict[str, Any] | None:
    """One line of a trial: what is asked, how many, why."""
    if item is None:
        return None
    return {
        "effect": EFFECTS[item.effect],
        "chip": CHIPS[item.effect],
        "group": item.group,
        "count": count_in_words(item.minimum, item.maximum),
        "why": [pick(ground.zh, ground.en) for ground in item.grounds],
    }
