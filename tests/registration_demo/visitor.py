"""A browser without scripts: follows redirects as far as it is asked, fills in forms, keeps cookies."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx


class FormParser(HTMLParser):
    """Collects the address and the hidden fields of each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append((values.get("action") or "", {}))
        elif tag == "input" and values.get("type") == "hidden":
            self.forms[-1][1].setdefault(values.get("name") or "", []).append(values.get("value") or "")


class Browser:
    """One person's browser at the registration system under `base`."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.Client(base_url=base, timeout=10)

    def open(self, url: str) -> httpx.Response:
        """GET an address, following redirects as long as they stay in this system."""
        return self._follow(self.http.get(url))

    def send(self, page: httpx.Response, fields: dict[str, str], *, form: int = -1) -> httpx.Response:
        """Send a form of a page with its hidden fields and these, then follow."""
        parser = FormParser()
        parser.feed(page.text)
        action, hidden = parser.forms[form]
        url = page.url.join(action) if action else page.url
        return self._follow(self.http.post(url, data={**hidden, **fields}))

    def log_in(self, page: httpx.Response, username: str, password: str) -> httpx.Response:
        """Fill in the log-in page."""
        return self.send(page, {"username": username, "password": password})

    def _follow(self, response: httpx.Response) -> httpx.Response:
        while response.is_redirect and str(response.url.join(response.headers["location"])).startswith(
            self.base
        ):
            response = self.http.get(response.url.join(response.headers["location"]))
        return response

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
