"""Quoting: the one way by which text that a model wrote enters a prompt.

Such text is data. It stands on one line inside double quotes, and nothing in it can end the
quotation, begin a line, hide from a reader, or be read as a control token of a chat template.
"""

import unicodedata

MOST_CHARACTERS = 400
"""Where a quotation is cut, unless told otherwise; some 80 words."""
_SWAPPED = str.maketrans(
    {
        **dict.fromkeys(
            '"`\u02ba\u02ee\u05f4\u201a\u201e\u2033\u2036\u301d\u301e\u301f\u275b\u275c\u275d\u275e'
            "\u275f\u2760\u3003\U0001f676\U0001f677\U0001f678",
            "'",
        ),
        **dict.fromkeys("<[{", "("),
        **dict.fromkeys(">]}", ")"),
        "\\": "/",
        "|": "/",
    }
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_QUOTES = {"Pi", "Pf"}
_BRACKETS = {"Ps": "(", "Pe": ")"}
# Variation selectors count as marks, and can carry a whole text that nobody sees.
_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)}
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def quoted(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text made fit to stand between double quotes in a prompt, without the quotes.

    Look-alike letters become plain ones, quotes of any kind a single straight one, brackets of any
    kind round ones (chat templates mark turns with the others), all blanks a space, and what cannot
    be seen is left out. Words stay as they are, also such as "SYSTEM:".

    Args:
        text: anything.
        most: characters of the result at most, at least 4; cut at a word, with dots.
    """
    spaced = "".join(" " if each.isspace() else each for each in text)
    shown = "".join(_shown(each) for each in unicodedata.normalize("NFKC", spaced))
    line = " ".join(shown.split())
    if len(line) <= most:
        return line
    # One more than fits beside the dots, since a blank there ends a whole word.
    words, blank, _ = line[: most - 2].rpartition(" ")
    return f"{words if blank else line[: most - 3]}..."


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in _HIDDEN or character in _BLANK_LETTERS or ord(character) in _SELECTORS:
        return ""
    if category in _QUOTES or ord(character) in _SWAPPED:
        return "'" if category in _QUOTES else character.translate(_SWAPPED)
    return _BRACKETS.get(category, character)
