"""A model field that is sealed in the database and plain in Python."""

from __future__ import annotations

from typing import Any

from django.db import models

from kaosheng.crypto.sealing import seal, unseal


class SealedTextField(models.TextField[str, str]):
    """Text kept encrypted; its label is table and column. It can't be searched: keep a blind index beside it."""

    @property
    def _label(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"  # noqa: SLF001 - documented by Django

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way into the database."""
        return seal(str(value), label=self._label) if value else ""

    def from_db_value(self, value: str | None, *_args: object) -> str:
        """Open on the way out."""
        return unseal(value or "", label=self._label)
