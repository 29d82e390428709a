"""Tables whose rows can't be changed or deleted: the triggers, for migrations (docs/security.md, Traces)."""

from __future__ import annotations

from django.db.migrations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

_TRIGGERS = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

_REVERSE = """
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_never_emptied ON {table};
"""


def append_only(*tables: str) -> RunSQL:
    """The migration operation that makes these tables append-only."""
    return RunSQL(
        sql=_FUNCTION + "".join(_TRIGGERS.format(table=table) for table in tables),
        reverse_sql="".join(_REVERSE.format(table=table) for table in tables),
    )
