"""The uploaded sheet of an import: kept encrypted while the import runs, deleted with its end."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.crypto.digests import digest
from kaosheng.crypto.sealing import seal_bytes, unseal_bytes
from kaosheng.domain.errors import Refusal
from kaosheng.regions.models import Intake
from kaosheng.registration.models import RegistrationImport, SealedSheet

_LABEL: Final = "registration.sheet"
_ZIP: Final = b"PK\x03\x04"
_NAME: Final = 200


def keep_sheet(*, content: bytes, file_name: str, intake_id: int, by: User) -> RegistrationImport:
    """Store an import with its sealed sheet. Raises Refusal `not_found`, `import_not_xlsx`."""
    intake = Intake.objects.filter(pk=intake_id).select_related("area").first()
    if intake is None:
        raise Refusal("not_found")
    if not content.startswith(_ZIP):
        raise Refusal("import_not_xlsx")
    imported = RegistrationImport.objects.create(
        intake=intake,
        by=by,
        file_name=file_name[-_NAME:],
        file_digest=digest(content),
        uploaded_at=timezone.now(),
    )
    SealedSheet.objects.create(imported=imported, content=seal_bytes(content, label=_LABEL))
    return imported


def sheet_of(imported: RegistrationImport) -> bytes:
    """The bytes of the sheet. Raises Refusal `import_unreadable` when they are gone."""
    sealed = SealedSheet.objects.filter(imported=imported).first()
    if sealed is None:
        raise Refusal("import_unreadable")
    return unseal_bytes(bytes(sealed.content), label=_LABEL)


def drop_sheet(imported: RegistrationImport) -> None:
    """Delete the sheet."""
    SealedSheet.objects.filter(imported=imported).delete()
