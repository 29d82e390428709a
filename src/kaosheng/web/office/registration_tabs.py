"""The two pages about registrations that came in a sheet."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries.binding import conflicts_of
from kaosheng.web.ui.components import Tab


def tabs_for(staff: Staff, *, current: str) -> list[Tab]:
    """Both tabs; the second with what is still open."""
    waiting = conflicts_of(staff).filter(outcome="").count()
    return [
        Tab(label=_("导入"), url=reverse("office:imports"), current=current == "imports"),
        Tab(
            label=_("证件号码不一致"),
            url=reverse("office:bindings"),
            count=waiting,
            current=current == "bindings",
        ),
    ]
