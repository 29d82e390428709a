"""The trail can only grow."""

from django.db import migrations

from kaosheng.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [append_only("audit_auditevent", "audit_auditseal")]
