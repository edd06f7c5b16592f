"""Colours, point shapes and dashes of names, the same in every picture."""

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
