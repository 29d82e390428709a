"""How a rule says no."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A rule said no and nothing was changed.

    `code` names the rule; `params` carry what was received and what the rule allows. The sentence in
    the reader's language and the HTTP status belong to the code (`kaosheng.web.ui.messages`).
    """

    def __init__(self, code: str, **params: object) -> None:
        """Name the broken rule and what was received."""
        super().__init__(code, params)
        self.code = code
        self.params = params
