"""The virtual candidates of the rehearsal, in a process of their own: a plan from stdin, what they saw to stdout, both JSON."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import re
import secrets
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from load import form

TIMEOUT = 60
TOO_LARGE, TAKEN = "file too large", "place taken"
MISTAKES = {TOO_LARGE: 413, TAKEN: 409}


@dataclass
class Plan:
    """When who arrives: `arrivals` in seconds, one a subject. `checklist` are the places everybody fills, in order."""

    port: int
    seed: int
    arrivals: list[float]
    subjects: list[str]
    pictures: list[str]
    checklist: list[tuple[str, int]]
    think: float
    mistakes: float


@dataclass
class Step:
    """One answered request: name, when it was sent (seconds from the beginning), how long it took."""

    name: str
    at: float
    ms: float


@dataclass
class Seen:
    """What all of them saw. `acknowledged` are subject, kind, position, digest of the bytes sent."""

    steps: list[Step] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    acknowledged: list[tuple[str, str, int, str]] = field(default_factory=list)
    retries: int = 0
    mistakes: int = 0
    submitted: int = 0
    cpu: float = 0.0


class Candidate:
    """One person at one connection."""

    def __init__(self, plan: Plan, number: int, seen: Seen, began: float, pictures: list[bytes]) -> None:
        self.plan, self.seen, self.began, self.pictures = plan, seen, began, pictures
        self.subject = plan.subjects[number]
        self.chance = random.Random(plan.seed + number)  # noqa: S311 - a rehearsal to be repeated
        self.line = http.client.HTTPConnection("127.0.0.1", plan.port, timeout=TIMEOUT)
        self.cookies: dict[str, str] = {}

    def play(self) -> None:
        """Log in, upload, submit; the first thing that goes wrong, whatever it is, ends it and is noted."""
        try:
            dossier = self._log_in()
            self._ask("page", "GET", f"/dossiers/{dossier}/")
            for number, (kind, position) in enumerate(self.plan.checklist):
                self._wait()
                self._upload(
                    dossier,
                    kind,
                    position,
                    self.pictures[(number + self.chance.randrange(97)) % len(self.pictures)],
                )
            self._submit(dossier)
        except Exception as fault:  # noqa: BLE001 - nobody may be missing from the rehearsal unsaid
            self.seen.errors.append(f"{type(fault).__name__}: {fault}")
        finally:
            self.line.close()

    def _wait(self) -> None:
        time.sleep(self.chance.expovariate(1 / self.plan.think))

    def _log_in(self) -> str:
        self._ask("entrance", "GET", "/")
        asked = self._ask("log in", "GET", "/enter/", expected=302)
        query = parse_qs(urlsplit(asked["location"]).query)
        code = {"code": f"{self.subject}~{query['nonce'][0]}", "state": query["state"][0]}
        answer = self._ask("log in", "GET", f"/oidc/callback/?{urlencode(code)}", expected=302)
        found = re.search(r"/dossiers/([0-9a-f-]{36})/", answer["location"])
        if found is None:
            raise ValueError(f"the log-in led to {answer['location']}")
        return found[1]

    def _upload(self, dossier: str, kind: str, position: int, data: bytes) -> None:
        path = f"/dossiers/{dossier}/kinds/{kind}/upload/?position={position}"
        luck = self.chance.random()
        if luck < self.plan.mistakes:
            self.seen.mistakes += 1
            self._send(path, data + bytes(250_000), secrets.token_hex(16), TOO_LARGE)
        elif luck < 2 * self.plan.mistakes:
            self._lose_an_answer(path, data)
            return self._note_kept(kind, position, data)
        self._send(path, data, secrets.token_hex(16), "upload")
        self._note_kept(kind, position, data)
        if luck > 1 - self.plan.mistakes:
            self.seen.mistakes += 1
            self._send(path, data, secrets.token_hex(16), TAKEN)
        return None

    def _note_kept(self, kind: str, position: int, data: bytes) -> None:
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self.seen.acknowledged.append((self.subject, kind, position, digest))

    def _lose_an_answer(self, path: str, data: bytes) -> None:
        """The line breaks after the picture was sent: the same is sent again under the same key."""
        self.seen.retries += 1
        key = secrets.token_hex(16)
        body, headers = self._upload_of(data, key)
        self.line.request("POST", path, body, {**headers, "Cookie": self._cookies()})
        # Read and thrown away: the picture is in the store, the candidate's phone doesn't know.
        self.line.getresponse().read()
        self.line.close()
        self._send(path, data, key, "upload")

    def _send(self, path: str, data: bytes, key: str, name: str) -> None:
        body, headers = self._upload_of(data, key)
        answer = self._ask(name, "POST", path, body=body, headers=headers, expected=MISTAKES.get(name, 200))
        if name == "upload" and answer["x-received-digest"] != "sha256:" + hashlib.sha256(data).hexdigest():
            raise ValueError("the digest acknowledged isn't that of what was sent")

    def _upload_of(self, data: bytes, key: str) -> tuple[bytes, dict[str, str]]:
        body, kind = form({}, data)
        return body, {"Content-Type": kind, "HX-Request": "true", "Idempotency-Key": key, **self._token()}

    def _submit(self, dossier: str) -> None:
        self._wait()
        page = self._ask("check page", "GET", f"/dossiers/{dossier}/check/")["body"]
        fields = {name: _field(page, name) for name in ("list", "commitment_version")}
        self._wait()
        self._ask(
            "submit",
            "POST",
            f"/dossiers/{dossier}/submit/",
            body=urlencode({**fields, "commitment": "on"}).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded", **self._token()},
            expected=302,
        )
        self.seen.submitted += 1

    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self.cookies["kaosheng_csrf"]}

    def _cookies(self) -> str:
        return "; ".join(f"{key}={value}" for key, value in self.cookies.items())

    def _ask(
        self,
        name: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        expected: int = 200,
    ) -> dict[str, str]:
        sent = time.perf_counter()
        self.line.request(method, path, body or None, {**(headers or {}), "Cookie": self._cookies()})
        answer = self.line.getresponse()
        text = answer.read().decode(errors="replace")
        took = (time.perf_counter() - sent) * 1000
        for value in answer.headers.get_all("Set-Cookie", []):
            key, _, rest = value.partition("=")
            self.cookies[key] = rest.partition(";")[0]
        if answer.status != expected:
            raise ValueError(f"{name}: {answer.status} instead of {expected}: {text[:200]}")
        self.seen.steps.append(Step(name, sent - self.began, took))
        return {**{key.lower(): value for key, value in answer.headers.items()}, "body": text}


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise ValueError(f"the check page has no field {name}")
    return found[1]


def main() -> None:
    """Let everybody arrive at his time."""
    plan = Plan(**json.load(sys.stdin))
    pictures = [Path(name).read_bytes() for name in plan.pictures]
    seen, began, cpu = Seen(), time.perf_counter(), time.process_time()
    threads: list[Any] = []
    for number, arrival in enumerate(plan.arrivals):
        time.sleep(max(0.0, began + arrival - time.perf_counter()))
        threads.append(threading.Thread(target=Candidate(plan, number, seen, began, pictures).play))
        threads[-1].start()
    for thread in threads:
        thread.join()
    seen.cpu = (time.process_time() - cpu) / (time.perf_counter() - began)
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
