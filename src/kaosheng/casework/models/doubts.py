"""我发现报名信息有误: what a candidate says about a registration that only the registration system can correct."""

from __future__ import annotations

from django.db import models

from kaosheng.accounts.models import User
from kaosheng.casework.models.dossier import Dossier
from kaosheng.crypto.fields import SealedTextField


class RegistrationDoubt(models.Model):
    """报名信息有误: told to the 考点, shown to reviewers beside the registration; his own words, sealed.

    `answer` is what the 考点 says to it, for the candidate to read; with other words he asks anew.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="doubt")
    text = SealedTextField()
    told_at = models.DateTimeField()
    answer = SealedTextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        """The dossier; never the words."""
        return f"doubt of {self.dossier_id}"
