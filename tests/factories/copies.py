"""Many dossiers like one, copied inside the database: for races and for measurements with a million of them."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection
from django.db.models import Model

from kaosheng.casework.models import Decision, Dossier, StatusPush, Step, Submission
from kaosheng.registration.models import Registration

SHARED_NAME: Final = "样本龘"
"""Of the first forty, however many there are: a search for it finds the same people in a table of any size."""
_NAMESAKES: Final = 40

_LEVELS: Final = "(ARRAY['note', 'hint', 'warning', 'severe'])[1 + (n %% 1000 * 7919) %% 4]"
_NUMBER: Final = "'9' || lpad(n::text, 9, '0')"
_REGISTERED: Final = f"JOIN {Registration._meta.db_table} r ON r.number = {_NUMBER}"


def of_waiting(dossier: Dossier, count: int, *, first: int = 1) -> None:
    """So many further dossiers like this one, with a registration, a pre-check level and an age each.

    Numbers count from `first`. Without pictures and steps: enough for whatever only looks at lines and lists.
    Rows are made by INSERT … SELECT: those that COPY would bring, without sending a million lines to the server.
    """
    numbered = _numbered(count, first)
    level = f"array_position(ARRAY['severe', 'warning', 'hint', 'note'], {_LEVELS})"
    _insert(
        Registration,
        f"{Registration._meta.db_table} t, {numbered} WHERE t.id = %s",
        [dossier.registration_id],
        number=_NUMBER,
        name=f"CASE WHEN n <= {_NAMESAKES} THEN '{SHARED_NAME}' ELSE '样本' || chr(19968 + n %% 5000) END",
        subject="'copy-' || n",
        candidate_id="NULL",
        facts=f"t.facts || jsonb_build_object('precheck', {_LEVELS})",
    )
    _insert(
        Dossier,
        f"{Dossier._meta.db_table} t, {numbered} {_REGISTERED} WHERE t.id = %s",
        [dossier.pk],
        id="gen_random_uuid()",
        registration_id="r.id",
        state_since="t.state_since + n * interval '1 second'",
        priority=f"309 + 10 * ({level} - 1) - CASE WHEN n %% 20 = 0 THEN 200 ELSE 0 END",
    )
    _analyze(Registration, Dossier, Submission)


def of_decided(dossier: Dossier, count: int) -> None:
    """So many further dossiers like this decided one, with its steps, its decision and its last status report each."""
    of_waiting(dossier, count)
    copies = (
        f"{_numbered(count, 1)} {_REGISTERED} JOIN {Dossier._meta.db_table} d ON d.registration_id = r.id"
    )
    last = dossier.status_pushes.order_by("serial").last()
    kept: tuple[tuple[type[Model], list[Any]], ...] = (
        (Step, [row.pk for row in dossier.steps.all()]),
        (Decision, [row.pk for row in dossier.decisions.filter(voided_at=None)]),
        (StatusPush, [last.pk] if last else []),
    )
    for model, ids in kept:
        _insert(model, f"{model._meta.db_table} t, {copies} WHERE t.id = ANY(%s)", [ids], dossier_id="d.id")
    _analyze(Step, Decision, StatusPush)


def _numbered(count: int, first: int) -> str:
    return f"generate_series({first}, {first + count - 1}) AS n"


def _analyze(*models: type[Model]) -> None:
    with connection.cursor() as cursor:
        for model in models:
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
