"""What axe says of an open page: WCAG 2.2 AA, with the rule it leaves out unless told (2.5.8, target size)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

OPTIONS: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
# A colour halfway between a button that waits and one that can be pressed is nobody's to read.
SETTLE: Final = """() => {
  for (const one of document.getAnimations()) {
    if (Number.isFinite(one.effect?.getComputedTiming().endTime)) one.finish();
  }
}"""


def complaints_of(page: Page) -> str:
    """Everything axe finds wrong, as a report, once what moves has arrived; empty when nothing is."""
    page.evaluate(SETTLE)
    results = Axe().run(page, options=OPTIONS)
    return str(results.generate_report()) if results.violations_count else ""
