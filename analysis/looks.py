"""Colours, point shapes and dashes of names, the same in every picture."""

import unicodedata

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8c8c8c")
"""Okabe and Ito's colour-blind safe palette, without its black and yellow, which vanish on dark
and on light pages."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left")
DASHES = ((1, 0), (7, 3), (2, 2), (7, 2, 2, 2), (4, 2), (1, 3), (10, 3))


def turn(index: int) -> int:
    """Place of a name's shape and dash; shifted each time the colours begin anew."""
    return (index + index // len(PALETTE)) % len(SHAPES)


_STEERING = frozenset("\ufffe\uffff\u200b\u200e\u200f\u061c\u2028\u2029\u2060\ufeff") | frozenset(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
"""Marks that turn the direction of writing, break lines, or take no place at all."""


def printable(text: str) -> str:
    """The text with a replacement character for all that is not to be seen but does something.

    These are control characters (terminal escapes among them), halves of surrogate pairs, which no
    file can hold, and marks that turn the direction of writing or are invisible.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if _steers(one) else one for one in text)


def _steers(one: str) -> bool:
    return one not in "\n\t" and (unicodedata.category(one) in ("Cc", "Cs") or one in _STEERING)
