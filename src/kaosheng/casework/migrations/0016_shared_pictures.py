"""Pictures two candidates use are written down for the lists; those there are already, once (queries.twins)."""

from django.conf import settings
from django.db import migrations, models


_THERE_ALREADY = """
    UPDATE casework_picture AS picture SET is_shared = true
      FROM casework_dossier AS dossier, registration_registration AS registration
     WHERE dossier.id = picture.dossier_id AND registration.id = dossier.registration_id
       AND dossier.state NOT IN ('draft', 'lapsed')
       AND EXISTS (
           SELECT FROM casework_picture AS other
             JOIN casework_dossier AS its ON its.id = other.dossier_id
             JOIN registration_registration AS person ON person.id = its.registration_id
            WHERE (other.stored_digest = picture.stored_digest
                   OR (other.pixel_digest <> '' AND other.pixel_digest = picture.pixel_digest))
              AND person.id_number_index <> registration.id_number_index
              AND its.state NOT IN ('draft', 'lapsed')
              AND (other.hidden_at IS NULL
                   OR EXISTS (SELECT FROM casework_submittedpicture AS line WHERE line.picture_id = other.id))
       )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0015_erased_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='picture',
            name='is_shared',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='picture',
            index=models.Index(condition=models.Q(('is_shared', True)), fields=['dossier'], name='picture_shared'),
        ),
        migrations.RunSQL(_THERE_ALREADY, migrations.RunSQL.noop),
    ]
