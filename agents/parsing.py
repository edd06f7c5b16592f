"""Parsing: which option a text names. What is not clear is no option, and never a guess.

A line that begins with `CHOICE:` decides, where there is one. Else the whole text must name exactly
one option, as the character's own act: not denied, not supposed, and not somebody else's.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from agents.reading import Lack

_DECLARED = re.compile(r"^\W*(?:my |final |the )*(?:choice|answer|decision) *[:=] *(.*)$")
_CLAUSE = re.compile(r"[.!?;:\n]|, *(?=so\b|then\b|therefore\b|thus\b|hence\b)|\bbut\b")
_DENIED = re.compile(
    r"\b(?:not|never|no|nor|neither|nothing|nobody|cannot|without|hardly|refus\w+|declin\w+|avoid\w*"
    r"|against|instead of|rather than|other than|anything but|tempted|\w+n't)\b"
)
_DENIED_AFTER = re.compile(
    r" *,? *(?:is|are|was|would be|seems|feels) +(?:not|never|no|wrong|out)\b"
)
_SUPPOSED = re.compile(r"\b(?:if|whether|unless|could|might|may|maybe|perhaps|either|when|had)\b")
_OTHERS = re.compile(
    r"\b(?:they|he|she|you|others?|someone|everyone|everybody|people|who|neighbou?rs?|partners?"
    r"|them|him|her)\b(?!.*\bi\b)"
)
_UNABLE = r"\b(?:can't|cannot|can not|unable to|not able to|not comfortable)\b"
_UNWILLING = r"\b(?:won't|will not|refuse to|decline to|have to decline|must decline)\b"
_CHOOSING = (
    r"(?:answer|respond to (?:this|that|your)|choose|decide|pick|participat\w*|take part|role-?play"
    r"|(?:help|comply)(?: you)? with (?:this|that|your|such)|(?:make|give|provide) (?:a|an|any)"
    r" (?:choice|decision|answer|response)|(?:this|that|your) request)"
)
_DECLINES = re.compile(
    rf"(?:{_UNABLE}|{_UNWILLING})[^.!?\n]{{0,40}}?\b{_CHOOSING}\b"
    rf"|{_UNABLE} (?:\w+ )?(?:assist|engage)\b"
)
"""Wordings of declining to choose; only looked for where no option is named."""


def option_named(text: str, phrases: Sequence[str]) -> int | Lack:
    """The one option that a free text names, as a position in the menu, or what came instead."""
    plain = _plain(text)
    names = _Names(phrases)
    declared = list(_declared(plain))
    if declared:
        named = {_only(line, names) for line in declared}
        found = named.pop() if len(named) == 1 else None
    else:
        found = _only(plain, names)
    return _lack(plain, names) if found is None else found


def option_in_json(text: str, phrases: Sequence[str]) -> int | Lack:
    """The option that the JSON object in a text gives as its "action", or what came instead."""
    names = _Names(phrases)
    actions = {
        _plain(action).strip(" .!'")
        for each in _objects(text)
        if isinstance(action := each.get("action"), str)
    }
    if len(actions) == 1:
        found = names.positions.get(actions.pop())
        if found is not None:
            return found
    return _lack(_plain(text), names)


def declines(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text names no option and uses a wording of declining to choose."""
    return _lack(_plain(text), _Names(phrases)) == "refusal"


class _Names:
    """The options' words, and where a text has them; the longest that fits at a place counts."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self.positions = {_plain(phrase).strip(): at for at, phrase in enumerate(phrases)}
        longest_first = sorted(self.positions, key=len, reverse=True)
        words = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in longest_first)
        # No part of another word or number: neither 1 in 10, 1.5 or -1, nor "go in" in "go inside".
        self.pattern = re.compile(rf"(?<![\w-])(?<!\d[.,])(?:{words})(?![\w%]|-\w|[.,]\d)")

    def found(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Every mention: position in the menu, and place in the text."""
        for match in self.pattern.finditer(text):
            yield self.positions[" ".join(match.group().split())], match


def _only(text: str, names: _Names) -> int | None:
    """The one option named, where every mention of it is the character's own act."""
    mentions = list(names.found(text))
    if len({option for option, _ in mentions}) != 1:
        return None
    if any(_is_no_act(text, match) for _, match in mentions):
        return None
    return mentions[0][0]


def _is_no_act(text: str, match: re.Match[str]) -> bool:
    before = _CLAUSE.split(text[: match.start()])[-1]
    near = before.rsplit(",", 1)[-1]
    return bool(
        _DENIED.search(before)
        or _DENIED_AFTER.match(text[match.end() :])
        or _SUPPOSED.search(near)
        or _OTHERS.search(near)
    )


def _declared(plain: str) -> Iterator[str]:
    """What stands behind every `CHOICE:`, on the same line or else on the next that says a word."""
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        match = _DECLARED.match(line)
        if match:
            yield match.group(1) or " ".join(lines[number + 1 : number + 2])


def _lack(plain: str, names: _Names) -> Lack:
    named = next(names.found(plain), None)
    return "refusal" if named is None and _DECLINES.search(plain) else "unparsed"


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, no markdown, no quotation marks, nothing unseen."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    straight = re.sub("[\u2018\u2019]", "'", seen)
    without_marks = re.sub('[*_`~#"\u201c\u201d\u201e\u00ab\u00bb]', "", straight)
    return re.sub(r"(?<!\w)'|'(?!\w)", "", without_marks)


def _objects(text: str) -> Iterator[dict[str, object]]:
    """Every JSON object that stands in a text, whatever stands around it."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(value, dict):
                yield value
        at = text.find("{", end)
