"""`kaosheng staff bootstrap`: the first three people of an installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError

from kaosheng.accounts.services import FirstPerson, bootstrap
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Role

if TYPE_CHECKING:
    from argparse import ArgumentParser

THREE: Final = {
    Role.SYSTEM_ADMIN: ("system-admin", "系统管理员"),
    Role.SECURITY_ADMIN: ("security-admin", "安全管理员"),
    Role.AUDITOR: ("auditor", "审计员"),
}
WHY: Final = {
    "bootstrap_done": "The three administrators exist already; nothing was changed.",
    "username_taken": "The user name {username} is taken; name another with --ROLE USERNAME:NAME.",
    "account_incomplete": "User name or name is empty: give each as USERNAME:NAME.",
}


class Command(BaseCommand):
    """Creates 系统管理员, 安全管理员 and 审计员: three people, whose passwords are printed once."""

    help = "Create the three administrators (system, security, audit); prints their passwords once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb and, for each of the three, `USERNAME:NAME`."""
        parser.add_argument("verb", choices=("bootstrap",))
        for username, words in THREE.values():
            parser.add_argument(f"--{username}", metavar="USERNAME:NAME", default=f"{username}:{words}")

    def handle(self, *_args: object, **options: Any) -> None:
        """Create them and print user names and passwords; exit with 1 when one of the roles is held already."""
        people = []
        for role, (option, words) in THREE.items():
            username, _colon, name = str(options[option.replace("-", "_")]).partition(":")
            people.append(FirstPerson(role=role, username=username, name=name or words))
        try:
            made = bootstrap(people)
        except Refusal as refusal:
            raise CommandError(WHY.get(refusal.code, refusal.code).format(**refusal.params)) from refusal
        for account in made:
            self.stdout.write(f"{account.user.username}\t{account.password}\t{account.user.name}")
        self.stdout.write(
            "These passwords are shown once. Hand each to its own person: the first log-in asks for a password of one's own, "
            "then for the second factor."
        )
