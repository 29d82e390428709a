"""Load the client, the signing key and the people with their registrations."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from registration_demo import oidc
from registration_demo.models import (
    Account,
    Consent,
    OutboxMessage,
    PhoneMessage,
    Registration,
    WechatFollower,
)

COLUMNS = (
    "source_version", "exam_batch", "area", "site", "cancelled", "name", "id_type", "id_number", "phone", "facts",
)  # fmt: skip


class Command(BaseCommand):
    """`load_people` adds what is missing and leaves what is there; `--reset` starts over."""

    help = "建立客户端、签名密钥，并载入考生及其报名信息"

    def add_arguments(self, parser: CommandParser) -> None:
        """--file and --reset."""
        parser.add_argument("--file", type=Path, default=settings.PEOPLE_FILE, help="people.json")
        parser.add_argument("--reset", action="store_true", help="先删除已有的考生、报名信息和消息")

    def handle(self, *args: object, **options: Any) -> None:
        """Read the file, then load it in one transaction."""
        try:
            people: list[dict[str, Any]] = json.loads(options["file"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"读不了 {options['file']}：{error}") from error
        call_command("createcachetable", verbosity=0)
        with transaction.atomic():
            if options["reset"]:
                for model in (OutboxMessage, PhoneMessage, WechatFollower, Registration, Consent, Account):
                    model.objects.all().delete()
            oidc.ensure_client()
            oidc.ensure_signing_key()
            added = self._load(people)
        total = Registration.objects.count()
        self.stdout.write(f"考生 {len(people)} 人，新增报名 {added} 条，共 {total} 条")

    def _load(self, people: list[dict[str, Any]]) -> int:
        # All demo accounts share one password: hashing it once a person would take a minute.
        hashes = {password: make_password(password) for password in {person["password"] for person in people}}
        added = 0
        for person in people:
            account, _ = Account.objects.get_or_create(
                username=person["username"],
                defaults={
                    "subject": person["subject"],
                    "name": person["name"],
                    "password": hashes[person["password"]],
                },
            )
            for item in person["registrations"]:
                _, created = Registration.objects.get_or_create(
                    number=item["number"],
                    defaults={"account": account, **{column: item[column] for column in COLUMNS}},
                )
                added += created
        return added
