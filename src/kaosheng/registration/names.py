"""Names found by any part of them: 建国 finds 王建国.

PostgreSQL's trigrams say nothing about one or two characters, which is what people type of a Chinese name. So every
name is indexed by its single characters and its pairs (GIN over `registration_name_parts`, made by a migration).
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Lookup
from django.db.models.sql.compiler import SQLCompiler

FUNCTION: Final = "registration_name_parts"


class NameParts(Func):
    """The single characters and pairs of a name, in small letters."""

    function = FUNCTION


class NameField(CharField):  # type: ignore[type-arg]
    """A name that can be asked for by `name__has_part`."""


@NameField.register_lookup
class HasPart(Lookup[str]):
    """`name__has_part`: the text stands somewhere in the name, whatever the case of its letters."""

    lookup_name = "has_part"
    prepare_rhs = True

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """The parts by the index, then the whole text."""
        name, params = self.process_lhs(compiler, connection)
        text = str(self.rhs).lower()
        return (
            f"({FUNCTION}({name}) @> %s::text[] AND position(%s in lower({name})) > 0)",
            [*params, parts_of(text), text, *params],
        )


def parts_of(text: str) -> list[str]:
    """The pairs of a text; of a single character itself."""
    return [text[start : start + 2] for start in range(max(1, len(text) - 1))]
