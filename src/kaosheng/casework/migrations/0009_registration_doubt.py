"""我发现报名信息有误: what a candidate says about his registration."""

import django.db.models.deletion
import kaosheng.crypto.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0008_corrected_reports'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegistrationDoubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', kaosheng.crypto.fields.SealedTextField()),
                ('told_at', models.DateTimeField()),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='doubt', to='casework.dossier')),
            ],
        ),
    ]
