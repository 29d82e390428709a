"""How advice fared: what reviewers thought of the pictures it was about, from the log they leave by marking."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kaosheng.casework.models import AdviceAnswer, AdviceOutcome, Mark
from kaosheng.domain.advice import REASONS, Advice

_FROM_READING = frozenset({Advice.OTHER_PAPER, Advice.NAME_NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Fared:
    """One kind of advice under one model version, counted over given marks.

    `advised` pictures had it; of those reviewers returned `returned`, `agreed` for a reason that says the same.
    `missable` pictures were returned for such a reason, of which `found` had advice that says it. `confirmed` is how
    many candidates had said that their advised picture is in order.
    """

    model_version: str
    code: Advice
    advised: int
    returned: int
    agreed: int
    missable: int
    found: int
    confirmed: int


def how_advice_fared() -> list[Fared]:
    """Every kind of advice, by model version."""
    counts: dict[str, Counter[tuple[Advice, str]]] = {}
    rows = AdviceOutcome.objects.order_by("model_version", "pk").values_list(
        "model_version", "codes", "confirmed", "has_read", "mark__verdict", "mark__reason_code"
    )
    for version, codes, confirmed, has_read, verdict, reason in rows.iterator():
        returned = verdict == Mark.Verdict.REPLACE
        of_version = counts.setdefault(version, Counter())
        said = {Advice(code) for code in codes}
        same = {code for code in Advice if returned and reason in REASONS[code]}
        for code in Advice:
            of_version[code, "advised"] += code in said
            of_version[code, "returned"] += code in said and returned
            of_version[code, "agreed"] += code in said & same
            could_tell = code in same and (has_read or code not in _FROM_READING)
            of_version[code, "missable"] += could_tell
            of_version[code, "found"] += could_tell and bool(said & same)
            of_version[code, "confirmed"] += code in said and code in confirmed
    return [
        Fared(version, code, *(of_version[code, name] for name in Fared.__slots__[2:]))
        for version, of_version in counts.items()
        for code in Advice
    ]


def what_candidates_did() -> Counter[tuple[str, str]]:
    """How often each kind of advice was answered how: (code, answer)."""
    counted: Counter[tuple[str, str]] = Counter()
    for codes, answer in AdviceAnswer.objects.values_list("codes", "answer").iterator():
        counted.update((code, answer) for code in codes)
    return counted
