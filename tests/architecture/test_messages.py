"""Every word on a screen has its English."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_every_word_has_its_english() -> None:
    check = subprocess.run(
        [sys.executable, CHECKOUT / "tools" / "messages.py", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.stdout, check.returncode) == ("Every word has its English.\n", 0), (
        check.stdout + check.stderr
    )


def test_no_word_is_hidden_from_the_catalogue() -> None:
    """The tool that collects words doesn't look into the braces of an f-string."""
    hidden = [
        f"{path.relative_to(CHECKOUT)}:{call.lineno}"
        for path in sorted((CHECKOUT / "src" / "kaosheng").rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "gettext", "ngettext"}
    ]
    assert hidden == []
