"""A rule's source becomes words for candidates, in both languages; what stood there were keys of the demo's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_area_reasons")]

    operations = [
        migrations.RemoveField(model_name="materialrule", name="source"),
        migrations.AddField(
            model_name="materialrule", name="source_zh", field=models.CharField(blank=True, max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="materialrule", name="source_en", field=models.CharField(blank=True, max_length=300, default=""),
            preserve_default=False,
        ),
    ]
