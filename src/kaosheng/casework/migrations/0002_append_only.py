"""History can only grow: steps, submissions and their lists."""

from django.db import migrations

from kaosheng.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("audit", "0002_append_only")]

    operations = [append_only("casework_step", "casework_submission", "casework_submittedpicture")]
