"""The English catalogue: `messages.py update` adds new words, `check` lists what has no English, `compile` makes the .mo.

The words on the screen are the message ids, in Chinese; they are collected from the templates and the Python files
of the service without GNU gettext: Django's own `templatize` turns a template into text that Babel reads.
"""

from __future__ import annotations

import io
import re
import sys
from collections import defaultdict
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCE = CHECKOUT / "src" / "kaosheng"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def used_words() -> dict[tuple[str | None, str | tuple[str, ...]], list[str]]:
    """Return every message id in use (context, id or ids of singular and plural) with the files that use it."""
    found: dict[tuple[str | None, str | tuple[str, ...]], list[str]] = defaultdict(list)
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What stood between the messages is blanked out, but not its indentation, which Babel would reject.
            text = re.sub(r"(?m)^[ \t]+", "", templatize(text, origin=str(path)))
        for _line, ids, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            place = path.relative_to(CHECKOUT).as_posix()
            if place not in found[context, ids]:
                found[context, ids].append(place)
    return found


def catalogue() -> Catalog:
    """Read the English catalogue; an empty one when there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="kaosheng", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """Return the words in use that have no English, or only a guessed one, each with a file that uses it."""
    present = {(m.context, m.id): m for m in catalogue() if m.id}
    problems = []
    for (context, ids), places in used_words().items():
        message = present.get((context, ids))
        strings = (
            [] if message is None else [message.string] if isinstance(message.string, str) else message.string
        )
        if message is None or message.fuzzy or not strings or not all(strings):
            problems.append(f"{ids!r} in {places[0]}")
    return problems


def update() -> None:
    """Bring the catalogue to the words in use: new ones empty, unused ones dropped."""
    old = catalogue()
    new = Catalog(locale="en", project="kaosheng", version="", fuzzy=False, creation_date=old.creation_date)
    for (context, ids), places in sorted(used_words().items(), key=lambda item: (item[1], str(item[0]))):
        kept = old.get(ids, context)
        new.add(ids, kept.string if kept else None, [(place, 0) for place in places], context=context)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=110, include_lineno=False)


def compile_catalogue() -> None:
    """Write the .mo beside the .po."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue())


def main() -> int:
    """Run the named step; `check` exits with 1 when something is missing."""
    step = sys.argv[1] if len(sys.argv) == 2 else ""  # noqa: PLR2004 - the program and its one argument
    if step == "update":
        update()
    elif step == "compile":
        compile_catalogue()
    elif step == "check":
        problems = missing()
        print("\n".join(problems) or "Every word has its English.")
        return 1 if problems else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
