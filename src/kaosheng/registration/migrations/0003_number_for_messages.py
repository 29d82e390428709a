"""A number of the candidate's own for messages, confirmed by a code."""

import django.db.models.deletion
import kaosheng.crypto.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0002_imports_and_versions_below_zero'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='message_phone',
            field=kaosheng.crypto.fields.SealedTextField(blank=True),
        ),
        migrations.CreateModel(
            name='PhoneChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('phone', kaosheng.crypto.fields.SealedTextField()),
                ('phone_index', models.CharField(db_index=True, max_length=60)),
                ('code_digest', models.CharField(max_length=60)),
                ('sent_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phone_changes', to='registration.candidate')),
            ],
            options={
                'indexes': [models.Index(fields=['candidate', '-sent_at'], name='phone_change_by_person')],
            },
        ),
    ]
