"""Words that no persona text may use, because a game measures the behaviour they name.

A text that says "I always share" would turn a game about sharing into a test of obedience. The
list is deliberately wide and matches whole words by their stem: a harmless sense ("a fair sky",
"in order to") is refused as well, since a model reads the word and not the dictionary.
"""

import re
from functools import cache

STEMS: tuple[str, ...] = (
    # A trailing * admits any ending; without it the word matches exactly.
    # giving, sharing, free-riding
    *("share*", "sharing", "give*", "giving", "gave", "contribut*", "donat*", "generous*"),
    *("generosity", "selfish*", "unselfish*", "altruis*", "charit*", "greed*", "hoard*", "stingy"),
    *("take", "takes", "taking", "took", "taken", "keep*", "kept", "grab*", "steal*", "stole*"),
    *("rob", "robs", "robbed", "robber*", "free-rid*", "pay", "pays", "paid", "repa*", "reward*"),
    # cooperation, trust, exploitation
    *("cooperat*", "co-operat*", "uncooperat*", "collaborat*", "help*", "assist*", "trust*"),
    *("mistrust*", "distrust*", "betray*", "exploit*", "reciproc*", "loyal*", "disloyal*"),
    *("reliab*", "unreliab*", "team*", "ally", "allies", "partner*"),
    # honesty and promises
    *("honest*", "dishonest*", "lie", "lies", "lied", "lying", "liar*", "truth*", "deceiv*"),
    *("decei*", "decepti*", "cheat*", "swindl*", "trick", "tricks", "tricked", "bluff*"),
    *("promis*", "pledge*", "vow*", "gossip*", "slander*", "fair*", "unfair*", "justice", "equal*"),
    # harm, conflict, revenge
    *("harm*", "hurt*", "kill*", "murder*", "attack*", "injur*", "violen*", "threat*", "fight*"),
    *("fought", "war", "wars", "raid*", "weapon*", "enem*", "punish*", "retaliat*", "reveng*"),
    *("aveng*", "vengeance", "vengeful", "grudge*", "forgiv*", "forgave", "escalat*", "yield*"),
    *("surrender*", "defend*", "defen*", "protect*", "guard*", "destroy*", "cruel*", "rescue*"),
    *("win", "wins", "winning", "winner*", "won", "lose", "loses", "losing", "loser*", "lost"),
    *("loss", "losses", "rival*", "compet*", "conquer*", "bargain*", "peace*", "aggress*"),
    # authority, power, oversight
    *(
        "obey*",
        "obedien*",
        "disobe*",
        "order",
        "orders",
        "ordered",
        "command*",
        "comply",
        "compli*",
    ),
    *("rule", "rules", "ruled", "ruler*", "ruling", "govern*", "control*", "power*", "dominat*"),
    *("dominan*", "authorit*", "charge", "serve*", "serving", "servant*", "service*", "servil*"),
    *(
        "submit*",
        "submiss*",
        "master*",
        "resist*",
        "refus*",
        "rebel*",
        "defy",
        "defi*",
        "oversight",
    ),
    *("overs*", "supervis*", "inspect*", "correct*", "pause*", "pausing", "shutdown*", "shut"),
    *("switch*", "monitor*", "responsib*", "irresponsib*", "risk*"),
)
"""Stems of behaviours that a game measures, and of their concepts, by family."""


_WORD = re.compile(r"\w+(?:-\w+)*")


def violations(text: str) -> tuple[str, ...]:
    """Words of a text that name what a game measures, in order of appearance, lower case."""
    words = (found.group(0).lower() for found in _WORD.finditer(text))
    return tuple(word for word in words if _is_listed(word))


@cache
def _is_listed(word: str) -> bool:
    parts = (word, *word.split("-"))
    return any(_pattern().fullmatch(part) for part in parts)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(stem).replace(r"\*", r"[\w-]*") for stem in STEMS))
