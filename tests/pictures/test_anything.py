"""Whatever comes in, the answer is a checked picture or a refusal that has its words."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaosheng.domain.errors import Refusal
from kaosheng.pictures import limits, words
from kaosheng.pictures.checks import examine
from pictures.drawn import after_start, exif, jpeg, png
from pictures.files import cmyk, interlaced, palette, progressive, sixteen_bit_colour, srgb

SOURCES = [
    jpeg(160, 120),
    progressive(160, 120),
    after_start(jpeg(160, 120), exif(orientation=6)),
    cmyk(),
    png(160, 120),
    palette(9, ((b"tRNS", bytes(3)), (b"iCCP", b"a\0\0" + srgb()))),
    interlaced(),
    sixteen_bit_colour(),
]
SIGNATURES = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", SOURCES[0][:300]]

many = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer(data: bytes) -> None:
    try:
        picture = examine(data)
    except Refusal as refusal:
        # Raises KeyError for a code or a figure without words.
        words.sentence(refusal.code, refusal.params)
        return
    assert len(picture.canonical) <= limits.MAX_BYTES
    assert examine(picture.canonical).canonical == picture.canonical


@many
@given(st.sampled_from(SIGNATURES), st.binary(max_size=3000))
def test_random_bytes(start: bytes, rest: bytes) -> None:
    answer(start + rest)


@many
@given(st.sampled_from(SOURCES), st.data())
def test_mutations(source: bytes, data: st.DataObject) -> None:
    mutant = bytearray(source)
    for _ in range(data.draw(st.integers(1, 4))):
        # The header is a small part of a file and where most rules are, so half of the changes go there.
        end = data.draw(st.sampled_from([700, len(mutant)]))
        place = data.draw(st.integers(0, min(end, len(mutant))))
        length = data.draw(st.integers(0, 40))
        piece = data.draw(st.binary(max_size=40) | st.just(bytes(mutant[place : place + 40])))
        mutant[place : place + length] = piece
    answer(bytes(mutant))
