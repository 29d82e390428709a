"""Variables of a message that only its recipient may read."""

import kaosheng.crypto.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0002_messages_and_ways'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='secrets',
            field=kaosheng.crypto.fields.SealedTextField(blank=True),
        ),
    ]
