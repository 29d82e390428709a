"""Lines of the queue, reserved leases, and the house's own handling: holds, notes, conflicts, looks, bulk runs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kaosheng.audit.append_only import append_only

_LINE_UP = """
UPDATE casework_dossier d SET
  line = CASE WHEN d.state = 'at_site' THEN 'site'
    WHEN EXISTS (SELECT 1 FROM casework_proposal p WHERE p.dossier_id = d.id AND p.outcome = 'pending') THEN 'second'
    ELSE 'area' END,
  priority = 109 + 10 * COALESCE(array_position(
      ARRAY['severe', 'warning', 'hint', 'note'], r.facts->>'precheck') - 1, 4)
    + CASE WHEN EXISTS (SELECT 1 FROM casework_submission s WHERE s.dossier_id = d.id AND s.ordinal > 1)
      THEN 0 ELSE 200 END
FROM registration_registration r
WHERE r.id = d.registration_id AND d.state IN ('at_site', 'at_area')
"""
"""As `domain.queueing` does; promises that are due are found by the clock."""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0006_recheck"),
        ("catalogue", "0001_initial"),
        ("regions", "0001_initial"),
        ("registration", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("excluded", models.CharField(blank=True, max_length=40)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(choices=[("forward", "Forward"), ("decide", "Decide")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(choices=[("site", "site"), ("area", "area")], max_length=4)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(choices=[("site", "site"), ("area", "area")], max_length=4)),
                ("at", models.DateTimeField()),
                ("text", models.CharField(max_length=1000)),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("before", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="dossier",
            name="line",
            field=models.CharField(
                blank=True,
                choices=[("", ""), ("site", "site"), ("area", "area"), ("second", "second")],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="priority",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="lease",
            name="reserved",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="picture",
            name="pixel_digest",
            field=models.CharField(blank=True, db_index=True, max_length=80),
        ),
        migrations.AlterField(
            model_name="picture",
            name="stored_digest",
            field=models.CharField(db_index=True, max_length=80),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("line", "site")),
                fields=["site", "priority", "deadline", "state_since", "id"],
                name="dossier_site_line",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("line__in", ["area", "second"])),
                fields=["intake", "line", "priority", "deadline", "state_since", "id"],
                name="dossier_area_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="lease",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reserved", True)), fields=("holder",), name="reserved_once"
            ),
        ),
        migrations.AddField(
            model_name="bulkitem",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.dossier"
            ),
        ),
        migrations.AddField(
            model_name="bulkrun",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bulkitem",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="casework.bulkrun"
            ),
        ),
        migrations.AddField(
            model_name="conflict",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="declared_conflicts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="conflict",
            name="registration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="declared_conflicts",
                to="registration.registration",
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="casework.dossier"
            ),
        ),
        migrations.AddField(
            model_name="internalnote",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="internalnote",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="internal_notes",
                to="casework.dossier",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="casework.dossier"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_at__isnull", True),
                    ("finished_at__gte", models.F("confirmed_at")),
                    _connector="OR",
                ),
                name="bulk_finished_was_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.UniqueConstraint(fields=("run", "dossier"), name="bulk_item_once"),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at__isnull", True), ("excluded", ""), _connector="OR"),
                name="bulk_excluded_is_not_done",
            ),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.UniqueConstraint(fields=("registration", "by"), name="conflict_once"),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="conflict_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["by"], name="hold_open_by_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("dossier",), name="hold_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="hold_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.UniqueConstraint(fields=("dossier", "by"), name="look_once"),
        ),
        append_only("casework_internalnote"),
        migrations.RunSQL(_LINE_UP, migrations.RunSQL.noop),
    ]
