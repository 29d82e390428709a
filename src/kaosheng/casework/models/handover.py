"""The one other device a candidate lets fill one kind."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from kaosheng.casework.models.dossier import Dossier


class Handover(models.Model):
    """手机扫码上传: until it expires, one other device may upload and delete in one kind of one dossier.

    A dossier has one at most; opening another replaces it, and a step of the dossier ends it (`revision`).
    Neither the secret nor the code nor the device's key is kept, only what they are found by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="handover")
    kind = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    secret_digest = models.CharField(max_length=80, unique=True)
    code_index = models.CharField(max_length=80, unique=True)
    device_digest = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        """Redeemed means a device has it."""

        constraints = (
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True, device_digest="")
                | Q(redeemed_at__isnull=False) & ~Q(device_digest=""),
                name="handover_redeemed_by_a_device",
            ),
            models.UniqueConstraint(
                fields=["device_digest"], condition=~Q(device_digest=""), name="handover_one_a_device"
            ),
        )

    def __str__(self) -> str:
        """Dossier and kind."""
        return f"{self.dossier_id} {self.kind}"
