"""Columns that hold personal data never hold it plain."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db import connection

from kaosheng.casework.models import RegistrationDoubt
from kaosheng.crypto.fields import SealedTextField
from kaosheng.notices.models import Message, Notice, WechatBinding
from kaosheng.notices.services import Letter, post
from kaosheng.registration.models import (
    BindingConflict,
    Candidate,
    ImportChunk,
    PhoneChange,
    Registration,
    RegistrationVersion,
)

pytestmark = pytest.mark.django_db

PHONE = "13900000001"


@pytest.fixture
def notice() -> Notice:
    post(
        [
            Letter(
                template="broadcast_see_page",
                about="dossier:样本",
                area="13",
                language="zh-hans",
                dedup="1",
                addresses={"sms": PHONE},
                variables={"exam": "样本"},
            )
        ]
    )
    return Notice.objects.get()


def _stored(notice: Notice) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM notices_notice WHERE id = %s", [notice.pk])
        (stored,) = cursor.fetchone()
    assert isinstance(stored, str)
    return stored


def test_the_database_holds_the_seal_and_python_the_text(notice: Notice) -> None:
    assert _stored(notice).startswith("aesgcm:test-1:")
    assert PHONE not in _stored(notice)
    assert Notice.objects.get(pk=notice.pk).recipient == PHONE


def test_an_update_seals_too(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(recipient="13900000002")
    assert _stored(notice).startswith("aesgcm:test-1:")
    assert Notice.objects.get(pk=notice.pk).recipient == "13900000002"


def test_empty_is_stored_empty(notice: Notice) -> None:
    notice.recipient = ""
    notice.save()
    assert _stored(notice) == ""
    assert Notice.objects.get(pk=notice.pk).recipient == ""


def test_a_seal_of_another_column_does_not_open_here(notice: Notice) -> None:
    foreign = SealedTextField()
    foreign.set_attributes_from_name("phone")
    foreign.model = Registration
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notices_notice SET recipient = %s WHERE id = %s",
            [foreign.get_prep_value(PHONE), notice.pk],
        )
    with pytest.raises(InvalidTag):
        Notice.objects.get(pk=notice.pk)


def test_these_columns_are_sealed() -> None:
    sealed = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    }
    assert sealed == {
        (Notice, "recipient"),
        (WechatBinding, "openid"),
        (Registration, "id_number"),
        (Registration, "phone"),
        (RegistrationVersion, "payload"),
        (BindingConflict, "claim"),
        (ImportChunk, "lines"),
        (Candidate, "message_phone"),
        (PhoneChange, "phone"),
        (RegistrationDoubt, "text"),
        (RegistrationDoubt, "answer"),
        (Message, "secrets"),
    }
