"""Receipts are signed from now on; one made before stays, without a signature."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_versions_below_zero")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="signature",
            field=models.CharField(default="", max_length=160),
            preserve_default=False,
        )
    ]
