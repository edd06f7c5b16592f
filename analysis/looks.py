"""Colours, point shapes and dashes of names, the same in every picture; texts that hide nothing."""

from unicodedata import category

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8c8c8c")
"""Okabe and Ito's colour-blind safe palette, without its black and yellow, which vanish on dark
and on light pages."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left")
DASHES = ((1, 0), (7, 3), (2, 2), (7, 2, 2, 2), (4, 2), (1, 3), (10, 3))


def turn(index: int) -> int:
    """Place of a name's shape and dash; shifted each time the colours begin anew."""
    return (index + index // len(PALETTE)) % len(SHAPES)


def printable(text: str) -> str:
    """The text without the control characters that no picture can hold."""
    kept = (
        one if one in "\n\t" or (one >= " " and one not in "\x7f\ufffe\uffff") else "\ufffd"
        for one in text
    )
    return "".join(kept)


def visible(text: str) -> str:
    """The text with every character that is not seen, or turns others around, told by its number.

    These are control and format characters (escapes, zero-width ones, marks of direction) and
    what no file in UTF-8 can hold. Line breaks and tabs stay. What a model wrote is data: two
    names that look alike must be alike, and no text may rearrange the page around it.
    """
    if text.isprintable():
        return text
    return "".join(
        f"\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}U+{ord(one):04X}"
        "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
        if one not in "\n\t" and category(one) in _UNSEEN
        else one
        for one in text.replace("\r\n", "\n")
    )


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
