
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_account_request'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='keys_off',
            field=models.BooleanField(default=False),
        ),
    ]
