"""An upload asks the database a fixed number of things, however many pictures there are."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories import clients, dossiers, pictures, world
from kaosheng.casework.models import Dossier, Picture

pytestmark = pytest.mark.django_db(transaction=True)


def upload(client: Client, dossier: Dossier, position: int) -> None:
    file = SimpleUploadedFile("scan.jpg", pictures.jpeg(position), "image/jpeg")
    answer = client.post(
        f"/api/dossiers/{dossier.pk}/pictures/",
        {"kind": "M99", "position": str(position), "picture": file},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 201


def test_an_upload_takes_twelve_statements() -> None:
    """Session, owner; begin, intake's lock, registration, dossier, pictures, version, three rows, commit."""
    dossier = dossiers.register(world())
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    counts = []
    for position in (1, 2, 3):
        with CaptureQueriesContext(connection) as asked:
            upload(client, dossier, position)
        counts.append(len(asked))
    assert counts[1:] == [12, 12]
    assert Picture.objects.filter(dossier=dossier).count() == 3
