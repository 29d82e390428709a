"""The status reports to the registration system."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaosheng.casework.models.dossier import Dossier


class StatusPush(models.Model):
    """One visible state on its way to the registration system; `serial` counts a dossier's visible changes.

    `corrected_at` tells a corrected verdict from the released one: only the opinion may differ.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="status_pushes")
    serial = models.PositiveIntegerField()
    status = models.CharField(max_length=20)
    text_zh = models.CharField(max_length=80)
    text_en = models.CharField(max_length=120)
    corrected_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Serials count up; the undelivered are found by age."""

        constraints = (models.UniqueConstraint(fields=["dossier", "serial"], name="status_serial_once"),)
        indexes = (
            models.Index(
                fields=["created_at"], name="status_undelivered", condition=Q(delivered_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        """Serial and status."""
        return f"{self.dossier_id}#{self.serial} {self.status}"
