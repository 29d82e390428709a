"""A request held between browser and service, while something else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from browser.guide.system import moments

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


class Held:
    """Holds the next request to such an address, until its answer is given; those after it pass."""

    def __init__(self, page: Page, address: str, *, method: str = "POST") -> None:
        self._page, self._method = page, method
        self._route: Route | None = None
        page.route(address, self._came)

    def _came(self, route: Route) -> None:
        if route.request.method == self._method and self._route is None:
            self._route = route
        else:
            route.fallback()

    def come(self) -> Route:
        """The request, once the browser has sent it."""
        for _ in moments():
            self._page.evaluate("null")  # what happened in the browser reaches this side with its next answer
            if self._route is not None:
                return self._route
        raise AssertionError("the request never came")
