"""The last error of a queued job."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0001_cache_table"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobFailure",
            fields=[
                ("job", models.BigIntegerField(primary_key=True, serialize=False)),
                ("task", models.CharField(max_length=200)),
                ("failed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("times", models.PositiveIntegerField(default=0)),
                ("trace", models.TextField()),
            ],
            options={
                "verbose_name": "job failure",
            },
        ),
    ]
