"""How long a text is for a carrier: its encoding, units and parts (GSM 03.38, 3GPP TS 23.040)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["gsm7", "ucs2"]

# The default alphabet; the escape itself is not a character that a text can hold.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes an escape and a second septet.
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")

# Units in a text of one part, and in each of several parts, whose header takes six octets.
LIMITS: dict[Encoding, tuple[int, int]] = {"gsm7": (160, 153), "ucs2": (70, 67)}


@dataclass(frozen=True)
class Parts:
    """What a text costs to carry. `units` are septets ("gsm7") or UTF-16 code units ("ucs2")."""

    encoding: Encoding
    units: int
    parts: int


def count_parts(text: str) -> Parts:
    """Measure `text` exactly as it stands. An empty text is one part of no units."""
    encoding, pieces = _encode(text)
    return Parts(encoding, sum(width for _, width in pieces), sum(1 for _ in _packed(encoding, pieces)))


def split(text: str) -> tuple[str, ...]:
    """The parts of `text`, which concatenate to it. No part ends inside an escape or a surrogate pair."""
    return tuple(_packed(*_encode(text)))


def _encode(text: str) -> tuple[Encoding, list[tuple[str, int]]]:
    """The encoding that carries the whole text, and each character with its width in units."""
    if all(character in GSM_BASIC or character in GSM_EXTENSION for character in text):
        return "gsm7", [(character, 1 + (character in GSM_EXTENSION)) for character in text]
    return "ucs2", [(character, 1 + (ord(character) > 0xFFFF)) for character in text]


def _packed(encoding: Encoding, pieces: list[tuple[str, int]]) -> Iterator[str]:
    # Packing is not division: a character of two units that does not fit leaves the last unit of a part
    # empty.
    whole, each = LIMITS[encoding]
    if sum(width for _, width in pieces) <= whole:
        yield "".join(character for character, _ in pieces)
        return
    part: list[str] = []
    used = 0
    for character, width in pieces:
        if used + width > each:
            yield "".join(part)
            part, used = [], 0
        part.append(character)
        used += width
    yield "".join(part)
