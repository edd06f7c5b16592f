"""Valence: how pleasant the words of a text are, by a published lexicon.

One measure for what characters are told and for what they say, so that both can be held against
each other. It stands at the bottom because `agents` and `analysis` both need it and neither may
import the other. It counts words and looks for negations and boosters; it understands nothing.

Source: Hutto & Gilbert 2014, VADER, Proceedings of ICWSM 8(1):216-225.
"""

import re
from functools import cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

LENGTH_BOUND = 0.10
"""Largest relative difference of the mean lengths of texts that are compared (DESIGN section 5)."""
VALENCE_BOUND = 0.15
"""Largest difference of their mean valence, on [-1, 1]: this project's own choice.

Respondents' own texts spread about their cell's mean by .18 (benevolent), .36 (neutral) and .52
(hostile), standard deviations; so cells that match differ by less than one of them, and hostile
ones, the headline of the comparison, by less than a third.
"""
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words of a text, lower case; what joins letters (it's, well-being) is part of a word."""
    return [found.group(0).lower().replace("\u2019", "'") for found in _WORD.finditer(text)]


@cache
def valence(text: str) -> float:
    """VADER's compound score, in [-1, 1]; 0 for a text without a word of the lexicon."""
    return float(_analyser().polarity_scores(text)["compound"])


def word_valence(word: str) -> float | None:
    """The lexicon's rating of one word, in [-4, 4]; None for a word that it does not hold.

    Args:
        word: lower case.
    """
    rating = _analyser().lexicon.get(word)
    return None if rating is None else float(rating)


@cache
def _analyser() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
