"""Who did or saw what. Rows are only ever added; triggers refuse everything else (see the first migration)."""

from __future__ import annotations

from django.db import models


class CurrentTransaction(models.Func):
    """The server's own number of the transaction: what the first migration gave new rows."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class TransactionNumber(models.Func):
    """The number of the transaction that writes the row, given by the database itself.

    `audit_number_of` is the server's own number plus what `sealing.continue_numbers` found to be needed.
    """

    template = "audit_number_of(pg_current_xact_id())"
    output_field = models.BigIntegerField()


class AuditEvent(models.Model):
    """One thing somebody did or saw, written in the transaction that did it.

    Actor and object are text, not foreign keys: the trail outlives both. `transaction` is the number of the
    PostgreSQL transaction, by which the sealer knows that no earlier row can still appear.
    """

    at = models.DateTimeField()
    transaction = models.BigIntegerField(db_default=TransactionNumber())
    name = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=40)
    object = models.CharField(max_length=80)
    area = models.CharField(max_length=10, blank=True)
    site = models.CharField(max_length=10, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        """Searched by object and by actor, newest first."""

        indexes = (
            models.Index(fields=["object_kind", "object", "-id"], name="audit_by_object"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["transaction", "id"], name="audit_by_transaction"),
        )

    def __str__(self) -> str:
        """Name and object, for logs; never personal data."""
        return f"{self.name} {self.object_kind}:{self.object}"


class AuditSeal(models.Model):
    """One block of settled events: their ids, the digest over them and over the seal before."""

    sealed_at = models.DateTimeField()
    event_ids = models.JSONField()
    settled_below = models.BigIntegerField()
    """Every event of a transaction below this one is in this seal or an earlier one."""
    digest_before = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        """Number and digest."""
        return f"{self.pk} {self.digest}"
