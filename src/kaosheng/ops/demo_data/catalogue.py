"""The catalogue of the demonstration as the rules read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kaosheng.domain.materials import DEFAULT_LONG_SIDE_FLOOR, Catalogue, Effect, Kind, Rule
from kaosheng.ops.demo_data import read_toml

_KEY: Final = re.compile(r"\[([\w-]+)~?\]")
"""A key of `[sources]` in a rule's `source`; the first is the one candidates read."""


def demo_catalogue() -> Catalogue:
    """Kinds and rules of catalogue.toml; `sample` of a kind is the code its 示例 is drawn for."""
    tables = read_toml("catalogue")
    return Catalogue(
        version=tables["version"],
        kinds=tuple(_kind(table, tables["reasons"]) for table in sorted(tables["kind"], key=_order)),
        rules=tuple(_rule(table, tables["sources"]) for table in tables["rule"]),
    )


def _order(table: Mapping[str, Any]) -> int:
    order: int = table["order"]
    return order


def _kind(table: Mapping[str, Any], reasons: Mapping[str, Mapping[str, str]]) -> Kind:
    return Kind(
        code=table["code"],
        name_zh=table["name_zh"],
        name_en=table["name_en"],
        short_name_zh=table["short_name_zh"],
        short_name_en=table["short_name_en"],
        requirement_zh=table["requirement_zh"],
        requirement_en=table["requirement_en"],
        minimum=table["min"],
        maximum=table["max"],
        count_fact=table.get("count_fact", ""),
        labels_zh=tuple(label["zh"] for label in table["positions"]),
        labels_en=tuple(label["en"] for label in table["positions"]),
        may_promise=table["may_promise"],
        sample=table["sample"],
        reasons=tuple((code, reasons[code]["zh"], reasons[code]["en"]) for code in table["reasons"]),
        source=table["source"],
        long_side_floor=table.get("long_side_floor", DEFAULT_LONG_SIDE_FLOOR),
        grey=table.get("grey", False),
    )


def _rule(table: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> Rule:
    found = _KEY.search(table["source"])
    source = sources[found.group(1) if found else "proposal"]
    return Rule(
        kind=table["kind"],
        effect=Effect(table["effect"]),
        when=table["when"],
        reason_zh=table["reason_zh"],
        reason_en=table["reason_en"],
        group=table.get("group", ""),
        minimum=table.get("min"),
        source_zh=source["zh"],
        source_en=source["en"],
    )
