"""Candidates with open dossiers and sessions, and the upload requests they would send."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from system import CHECKOUT

DOSSIERS: Final = 300
PICTURES_EACH: Final = 12
KIND: Final = "M99"
"""The kind with room for 30 pictures."""


@dataclass(frozen=True)
class Candidates:
    """Dossiers with the session key of the candidate they belong to."""

    dossiers: list[tuple[UUID, str]]
    csrf: str

    @classmethod
    def registered(cls) -> Candidates:
        """Register candidates as the tests do: through the services."""
        sys.path.append(str(CHECKOUT / "tests"))
        from django.conf import settings  # noqa: PLC0415 - Django must be set up first

        from factories import clients, dossiers, world  # noqa: PLC0415 - the same

        place = world()
        found = []
        for _ in range(DOSSIERS):
            dossier = dossiers.register(place)
            client = clients.of_candidate(dossiers.candidate_of(dossier))
            found.append((dossier.pk, client.cookies[settings.SESSION_COOKIE_NAME].value))
        return cls(found, secrets.token_hex(16))

    def requests(self) -> list[dict[str, Any]]:
        """Return every upload these dossiers have room for, neighbours of different candidates."""
        from django.conf import settings  # noqa: PLC0415 - Django must be set up first

        return [
            {
                "path": f"/api/dossiers/{dossier}/pictures/",
                "headers": {
                    "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.csrf}",
                    "X-CSRFToken": self.csrf,
                    "Idempotency-Key": str(uuid4()),
                },
                "fields": {"kind": KIND, "position": str(position)},
            }
            for position in range(1, PICTURES_EACH + 1)
            for dossier, session in self.dossiers
        ]

    def remove_pictures(self) -> None:
        """Empty all dossiers again."""
        from kaosheng.casework.models import Picture  # noqa: PLC0415 - Django must be set up first

        Picture.objects.all().delete()
