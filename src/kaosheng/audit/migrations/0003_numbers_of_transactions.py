import kaosheng.audit.models
from django.db import migrations, models


class Migration(migrations.Migration):
    """Numbers transactions by a function, so that a restored trail goes on counting upwards in a new cluster."""

    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION audit_number_of(transaction_id xid8) RETURNS bigint
            LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT transaction_id::text::bigint + 0'
            """,
            reverse_sql="DROP FUNCTION audit_number_of(xid8)",
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="transaction",
            field=models.BigIntegerField(db_default=kaosheng.audit.models.TransactionNumber()),
        ),
    ]
