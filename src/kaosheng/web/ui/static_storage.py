"""Names and compression of static files."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage that leaves Vite's files their names: they carry a digest already and name each other."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """Return the name to serve `name` under."""
        if name.startswith("assets/"):
            return name
        return str(super().hashed_name(name, content, filename))
