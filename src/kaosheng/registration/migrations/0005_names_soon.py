"""At most 128 kB of names wait to go into their index: a search reads through whatever waits (PostgreSQL: 4 MB)."""

import django.contrib.postgres.indexes
from django.db import migrations

import kaosheng.registration.names


class Migration(migrations.Migration):
    dependencies = [("registration", "0004_searching")]

    operations = [
        migrations.RemoveIndex(model_name="registration", name="registration_name_parts"),
        migrations.AddIndex(
            model_name="registration",
            index=django.contrib.postgres.indexes.GinIndex(
                kaosheng.registration.names.NameParts("name"),
                gin_pending_list_limit=128,
                name="registration_name_parts",
            ),
        ),
    ]
