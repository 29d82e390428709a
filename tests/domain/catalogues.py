"""Small catalogues to try the rules on."""

from __future__ import annotations

from typing import Any

from kaosheng.domain.materials import Catalogue, Effect, Item, Kind, Rule, checklist


def make_kind(code: str, minimum: int = 1, maximum: int = 3, **more: Any) -> Kind:
    return Kind(
        code=code,
        name_zh=f"样本材料{code}",
        name_en=f"Sample {code}",
        short_name_zh=code,
        short_name_en=code,
        requirement_zh="样本",
        requirement_en="sample",
        minimum=minimum,
        maximum=maximum,
        **more,
    )


def make_rule(kind: str, effect: Effect, when: dict[str, object] | None = None, **more: Any) -> Rule:
    return Rule(kind=kind, effect=effect, when=when or {}, reason_zh="样本", reason_en="sample", **more)


def items_of(
    kinds: list[Kind], rules: list[Rule], facts: dict[str, str | int | bool] | None = None
) -> tuple[Item, ...]:
    return checklist(Catalogue(version=1, kinds=tuple(kinds), rules=tuple(rules)), facts or {})


def item_of(kind: Kind, rules: list[Rule], facts: dict[str, str | int | bool] | None = None) -> Item:
    (item,) = items_of([kind], rules, facts)
    return item
