"""The table of Django's database cache, so that `migrate` alone makes a usable database."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CREATE = """
CREATE TABLE IF NOT EXISTS django_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS django_cache_expires ON django_cache (expires);
"""


class Migration(migrations.Migration):
    """Creates the cache table as `createcachetable` would."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [migrations.RunSQL(CREATE, "DROP TABLE django_cache")]
