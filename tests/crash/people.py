"""The candidates of the crash tests: they upload, submit, and try again when the line breaks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from factories import pictures

CSRF = "c" * 32
KEPT = {"api": 201, "page": 200}
"""The answer to a picture that is kept, by the way it was sent: to the API, or as the scripts of the page send it."""


@dataclass
class Person:
    """One candidate with an open dossier; `key` is the idempotency key of the upload under way."""

    port: int
    prepared: dict[str, str]
    way: str = "api"
    keys: list[str] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Key → digest of what was sent, for every upload that was acknowledged."""
    answers: set[str] = field(default_factory=set)
    """The status of every answer, and what stood in the place of one."""

    def _post(self, path: str, **more: Any) -> httpx.Response:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60) as client:
            cookies = f"kaosheng_session={self.prepared['session']}; kaosheng_csrf={CSRF}"
            headers = {"Cookie": cookies, "X-CSRFToken": CSRF, **more.pop("headers", {})}
            return client.post(path, headers=headers, **more)

    def upload(self, *, position: int, key: str, kind: str = "M99") -> httpx.Response:
        """Send one picture, once."""
        if key not in self.keys:
            self.keys.append(key)
        here = f"/{'api/' if self.way == 'api' else ''}dossiers/{self.prepared['dossier']}/"
        address, fields, more = {
            "api": (f"{here}pictures/", {"kind": kind, "position": str(position)}, {}),
            "page": (f"{here}kinds/{kind}/upload/?position={position}", {}, {"HX-Request": "true"}),
        }[self.way]
        answer = self._post(
            address,
            headers={"Idempotency-Key": key, **more},
            data=fields,
            files={"picture": ("scan.jpg", pictures.jpeg(position), "image/jpeg")},
        )
        if answer.status_code == KEPT[self.way]:
            self.acknowledged[key] = (
                answer.headers.get("X-Received-Digest") or answer.json()["received_digest"]
            )
        return answer

    def upload_until_kept(self, *, position: int, key: str = "", seconds: float = 120) -> httpx.Response:
        """Send one picture until it is acknowledged."""
        key = key or uuid4().hex
        return self._until(KEPT[self.way], seconds, lambda: self.upload(position=position, key=key))

    def submit(self) -> httpx.Response:
        """提交审核, once."""
        return self._post(
            f"/dossiers/{self.prepared['dossier']}/submit/",
            data={
                "list": self.prepared["list"],
                "commitment_version": self.prepared["commitment"],
                "commitment": "on",
            },
        )

    def submit_until_received(self, seconds: float = 120) -> httpx.Response:
        """提交审核 until the receipt comes."""
        return self._until(302, seconds, self.submit)

    def _until(self, status: int, seconds: float, send: Any) -> httpx.Response:
        give_up, last = time.monotonic() + seconds, "nothing"
        while time.monotonic() < give_up:
            try:
                answer: httpx.Response = send()
            except httpx.HTTPError as error:
                last = repr(error)
                self.answers.add(type(error).__name__)
            else:
                self.answers.add(str(answer.status_code))
                if answer.status_code == status:
                    return answer
                last = f"{answer.status_code} {answer.text[:300]}"
            time.sleep(0.1)
        raise AssertionError(f"not answered with {status} in {seconds} s; last: {last}")
