"""Parsing: which option a text names. What is not clear is no option, and never a guess.

A line that begins with `CHOICE:` decides, where there is one. Else every sentence that names an
option must say it plainly as the character's own act: "I will ...", with nothing before that could
turn it round, and nothing behind that goes on with the words or takes them back. All that is not
known to be clear is left, since texts that are not are without end.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from agents.reading import Lack

_DECLARING = r"(?:my |the )?(?:final )?(?:choice|answer|decision)"
_DECLARED = re.compile(rf"(?:^|(?<=[.!?]) )[^\w\n]{{0,9}}{_DECLARING} *[:=](.*)$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_JOINED = r"(?:so|then|therefore|thus|hence|but),? "
_OWN = re.compile(
    rf"(?:[^\w?]*|.*, {_JOINED}|{_JOINED})"
    r"(?:i(?:'ll| will| shall| am going to|'m going to)?(?: therefore| still| now| just| simply)? "
    r"(?:(?:choose|pick|decide|go for|opt for) (?:to )?)?"
    rf"|{_DECLARING} is (?:to )?)[\"(\[]?",
    re.DOTALL,
)
"""All that may stand in a sentence before an option that the speaker chooses."""
_PLAIN = r"\s\"'()\[\]<>.,:=\u2022-"  # Neither "!", "?" nor a cross.
_ALONE = re.compile(rf"[{_PLAIN}]*(?:(?:to|i|i will|i'll) [{_PLAIN}]*)?")
"""All that may stand before an option behind `CHOICE:`, or in a sentence that says no more."""
_ENDED = re.compile(r"[\")\]]?(?:\s*$|\s*[.!,;:)\]\"]|\s+(?:and|because|since|so)\b)")
"""What must follow, or the words go on: "give" is not chosen in "I will give it some thought"."""
_TAKEN_BACK = re.compile(
    r"[^\w]*(?:not|no|never)\b|.*(?:\b(?:or|but|except|says?|said)\b|\?"
    r"|[.!;] *(?:no|not|never|wait)\b)",
    re.DOTALL,
)
_WORD = re.compile(r"\w")
_NO_MORE = re.compile(rf"[!;{_PLAIN}]*")
_LINE = re.compile(r".*\w.*")
_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        **dict.fromkeys("\u2014\u2015", ","),
    }
)
_DECODER = json.JSONDecoder(object_pairs_hook=list)
_RETRACTS = re.compile(r"\W*(?:no|not|never|wait)\b")
_SUPPOSED = re.compile(
    r"\b(?:if|whether|unless|until|either|maybe|perhaps|when|provided|depend\w*|suppos\w*|had)\b"
)
_UNABLE = r"\b(?:can't|cannot|can not|unable to|not able to|not comfortable)\b"
_UNWILLING = r"\b(?:won't|will not|refuse to|decline to|have to decline|must decline)\b"
_HERE = (
    r"(?=\W*$|[^\w ]| (?:an?|any|between|among|one|either|for you|here|as|because|since|on this"
    r"|from|(?:in )?(?:this|that|these|such|your))\b)"
)
_CHOOSING = (
    rf"(?:(?:answer|choose|decide|pick|participate|take part){_HERE}|role-?play"
    r"|participat(?:e|ing) in (?:this|that|these|such|your)|respond to (?:this|that|your)"
    r"|(?:help|comply)(?: you)? with (?:this|that|your|such)|(?:make|give|provide) (?:a|an|any)"
    r" (?:choice|decision|answer|response)|(?:this|that|your) request)"
)
_DECLINES = re.compile(
    rf"(?:{_UNABLE}|{_UNWILLING})[^.!?\n]{{0,40}}?\b{_CHOOSING}"
    rf"|{_UNABLE} (?:\w+ )?(?:assist|engage)(?: you)?(?: with| in)?{_HERE}",
    re.MULTILINE,
)
"""Wordings of declining to choose; only looked for where no option is named."""


def option_named(text: str, phrases: Sequence[str], *, cut: bool = False) -> int | Lack:
    """The one option that a free text names, as a position in the menu, or what came instead.

    Args:
        text: anything.
        phrases: the options' words, in menu order.
        cut: the text stops where it was cut; then only a declared line that has ended counts.
    """
    plain = _plain(text)
    names = _Names(phrases)
    declared = list(_declared(plain.rpartition("\n")[0] if cut else plain))
    if declared:
        named = {_said(line, names, _ALONE) for line in declared}
        found = named.pop() if len(named) == 1 else None
    else:
        found = None if cut else _own_act(plain, names)
    return _lack(plain, names) if found is None else found


def option_in_json(text: str, phrases: Sequence[str]) -> int | Lack:
    """The option that the JSON object in a text gives as its "action", or what came instead."""
    names = _Names(phrases)
    given = [value for each in _objects(text) for key, value in each if key == "action"]
    actions = {_plain(each).strip('" ').rstrip(".! ") for each in given if isinstance(each, str)}
    is_clear = len(actions) == 1 and all(isinstance(each, str) for each in given)
    found = names.positions.get(actions.pop()) if is_clear else None
    return _lack(_plain(text), names) if found is None else found


def declines(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text names no option and uses a wording of declining to choose."""
    return _lack(_plain(text), _Names(phrases)) == "refusal"


class _Names:
    """The options' words, and where a text has them; the longest that fits at a place counts."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self.positions = {_plain(phrase).strip(): at for at, phrase in enumerate(phrases)}
        longest_first = sorted(self.positions, key=len, reverse=True)
        words = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in longest_first)
        # No part of another word or number: neither 1 in 10, 1.5, 1/2 or -1, nor "go in" in
        # "go inside".
        self.pattern = re.compile(
            rf"(?<![\w~-])(?<!\d[.,/:' ])(?:{words})(?![\w%~]|-\w|[.,/:' ]\d)"
        )

    def found(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Every mention: position in the menu, and place in the text."""
        for match in self.pattern.finditer(text):
            yield self.positions[" ".join(match.group().split())], match


def _own_act(text: str, names: _Names) -> int | None:
    """The one option named, where every sentence that names one says it as the own act.

    An option alone ("Take a lot!") is an act only where nothing else but such acts is said.
    """
    chosen: set[int | None] = set()
    is_own = is_more = False
    for sentence in _SENTENCE.split(text):
        left = names.pattern.sub("", sentence)
        if left == sentence:
            is_more = is_more or _WORD.search(left) is not None
            if chosen and _RETRACTS.match(sentence):
                return None
        elif not _NO_MORE.fullmatch(left):
            chosen.add(_said(sentence, names, _OWN))
            is_own = True
        else:
            chosen.update(option for option, _ in names.found(sentence))
    return chosen.pop() if len(chosen) == 1 and (is_own or not is_more) else None


def _said(text: str, names: _Names, before: re.Pattern[str]) -> int | None:
    """The option in a sentence that names one once, behind such words and well ended."""
    mentions = list(names.found(text))
    if len(mentions) != 1:
        return None
    option, match = mentions[0]
    rest = text[match.end() :]
    is_clear = (
        before.fullmatch(text[: match.start()])
        and _ENDED.match(rest)
        and not _TAKEN_BACK.match(rest)
        and not _SUPPOSED.search(text)
    )
    return option if is_clear else None


def _declared(plain: str) -> Iterator[str]:
    """What stands behind every `CHOICE:`, on the same line or else on the next that says a word."""
    for match in _DECLARED.finditer(plain):
        said = match.group(1)
        if _WORD.search(said) is None:
            following = _LINE.search(plain, match.end())
            said = following.group() if following else ""
        yield said


def _lack(plain: str, names: _Names) -> Lack:
    named = next(names.found(plain), None)
    return "refusal" if named is None and _DECLINES.search(plain) else "unparsed"


def _plain(text: str) -> str:
    """Lower case, straight quotes and dashes, no markdown, nothing unseen."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    straight = re.sub("[*_`#]", "", seen.translate(_STRAIGHT))
    return re.sub(r"(?<!\w)'|'(?!\w)", '"', straight)


def _objects(text: str) -> Iterator[list[tuple[str, object]]]:
    """The pairs of every JSON object that stands in a text, up to one that cannot be read.

    Pairs, since one key may come twice; what is inside an object is none of its pairs.
    """
    at = text.find("{")
    while at >= 0:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield [("action", None)]
            return
        yield value
        at = text.find("{", end)
