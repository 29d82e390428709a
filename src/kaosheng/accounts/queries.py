"""Accounts as the administrators look for them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from kaosheng.accounts.models import User


def accounts_like(search: str) -> QuerySet[User]:
    """Accounts with a text in their user name or name, all of them for an empty one, by user name, with their grants."""
    found = User.objects.prefetch_related("grants__area", "grants__site").order_by("username")
    return found.filter(Q(username__icontains=search) | Q(name__icontains=search))
