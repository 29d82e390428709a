"""How long data are kept, told to candidates."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('regions', '0002_recheck_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='intake',
            name='drafts_kept_days',
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name='intake',
            name='records_kept_months',
            field=models.PositiveSmallIntegerField(default=36),
        ),
    ]
