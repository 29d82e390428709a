"""Many dossiers like one, copied inside the database: for races and for measurements with a million of them."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from kaosheng.casework.models import Dossier, Submission
from kaosheng.registration.models import Registration

_LEVELS: Final = "(ARRAY['note', 'hint', 'warning', 'severe'])[1 + (n %% 1000 * 7919) %% 4]"


def of_waiting(dossier: Dossier, count: int, *, first: int = 1) -> None:
    """So many further dossiers like this one, with a registration, a pre-check level and an age each.

    Numbers count from `first`. Without pictures and steps: enough for whatever only looks at lines and lists.
    """
    numbered = f"generate_series({first}, {first + count - 1}) AS n"
    level = f"array_position(ARRAY['severe', 'warning', 'hint', 'note'], {_LEVELS})"
    _insert(
        Registration,
        f"{Registration._meta.db_table} t, {numbered} WHERE t.id = %s",
        [dossier.registration_id],
        number="'9' || lpad(n::text, 9, '0')",
        name="'样本' || chr(19968 + n %% 5000)",
        subject="'copy-' || n",
        candidate_id="NULL",
        facts=f"t.facts || jsonb_build_object('precheck', {_LEVELS})",
    )
    _insert(
        Dossier,
        f"{Dossier._meta.db_table} t, {numbered} JOIN {Registration._meta.db_table} r "
        "ON r.number = '9' || lpad(n::text, 9, '0') WHERE t.id = %s",
        [dossier.pk],
        id="gen_random_uuid()",
        registration_id="r.id",
        state_since="t.state_since + n * interval '1 second'",
        priority=f"309 + 10 * ({level} - 1) - CASE WHEN n %% 20 = 0 THEN 200 ELSE 0 END",
    )
    with connection.cursor() as cursor:
        for model in (Registration, Dossier, Submission):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _insert(model: Any, source: str, params: list[Any], **changed: str) -> None:
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if not field.primary_key or field.column in changed
    ]
    values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source}"  # noqa: S608 - own tables
        cursor.execute(statement, params)
