"""A row of the history may go when the trail, which nobody can change, says that its dossier was erased."""

from django.db import migrations

_FUNCTION = """
CREATE FUNCTION refuse_change_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_dossier text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF TG_TABLE_NAME = 'casework_submittedpicture' THEN
      -- Of the two rows a line belongs to, one may have gone before it.
      SELECT COALESCE(
        (SELECT dossier_id FROM casework_picture WHERE id = OLD.picture_id),
        (SELECT dossier_id FROM casework_submission WHERE id = OLD.submission_id)
      )::text INTO of_dossier;
    ELSE
      of_dossier := OLD.dossier_id::text;
    END IF;
    IF EXISTS (SELECT 1 FROM audit_auditevent WHERE name = 'dossier:erased' AND object = of_dossier) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
_TABLES = ("casework_step", "casework_submission", "casework_submittedpicture")
_AGAIN = """
DROP TRIGGER {table}_append_only ON {table};
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {function}();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_doubt_answered"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            sql=_FUNCTION
            + "".join(_AGAIN.format(table=table, function="refuse_change_unless_erased") for table in _TABLES),
            reverse_sql="".join(_AGAIN.format(table=table, function="refuse_change") for table in _TABLES)
            + "DROP FUNCTION refuse_change_unless_erased();",
        )
    ]
