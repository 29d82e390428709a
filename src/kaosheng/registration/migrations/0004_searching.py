"""Names by any part of them, and the pre-check level: what lists are searched and narrowed by."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F
from django.db.models.fields.json import KeyTransform

import kaosheng.registration.names

PARTS = """
    CREATE FUNCTION registration_name_parts(name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT coalesce(array_agg(DISTINCT substr(lower(name), start, size)), '{}')
        FROM generate_series(1, length(name)) AS start, generate_series(1, 2) AS size
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("registration", "0003_number_for_messages")]

    operations = [
        migrations.RunSQL(PARTS, "DROP FUNCTION registration_name_parts(text)"),
        migrations.AddIndex(
            model_name="registration",
            index=django.contrib.postgres.indexes.GinIndex(
                kaosheng.registration.names.NameParts("name"), name="registration_name_parts"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                KeyTransform("precheck", "facts"), F("number"), name="registration_by_precheck"
            ),
        ),
        migrations.AlterField(
            model_name="registration", name="name", field=kaosheng.registration.names.NameField(max_length=80)
        ),
    ]
