
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0003_picture_preparation'),
        ('regions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AreaReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('code', models.CharField(max_length=40)),
                ('order', models.PositiveSmallIntegerField()),
                ('text_zh', models.CharField(max_length=200)),
                ('text_en', models.CharField(max_length=300)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='regions.examarea')),
            ],
            options={
                'ordering': ('kind', 'order'),
                'constraints': [models.UniqueConstraint(fields=('area', 'kind', 'code'), name='area_reason_once'), models.CheckConstraint(condition=models.Q(('text_zh', ''), _negated=True), name='area_reason_has_sentence')],
            },
        ),
    ]
