"""Voice: what characters say and think in their own words (analysis/utterances.py), in numbers.

All are pooled over a character's utterances of a run, since single ones are short. A flat voice,
"monotone", is a small spread of sentiment and a low diversity.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, means, subjects
from analysis.metrics.rows import Real, Rows, Whole
from scenarios.valence import valence, word_valence, words

DRAWN = 42
"""Words in the samples of HD-D, and so the fewest that it is defined for."""
FIRST_PERSON = frozenset({"i", "me", "my", "mine", "myself", "i'm", "i'd", "i'll", "i've"})


def voice_length(rows: Rows) -> list[Score]:
    """Mean number of words of an utterance."""
    agents, spoken = _spoken(rows)
    return means(rows, agents, np.array([len(told) for told in spoken], dtype=float))


def voice_diversity(rows: Rows) -> list[Score]:
    """HD-D over all words of a character."""
    agents, spoken = _spoken(rows)
    pooled: list[list[str]] = [[] for _ in rows.members]
    for agent, told in zip(agents, spoken, strict=True):
        pooled[agent] += told
    found = [hdd(told) for told in pooled]
    return _over_agents(rows, found, [len(told) for told in pooled])


def voice_emotion(rows: Rows) -> list[Score]:
    """Share of words that the lexicon rates at all."""
    return _share(rows, lambda word: word_valence(word) is not None)


def voice_positive(rows: Rows) -> list[Score]:
    """Share of words that it rates above 0."""
    return _share(rows, lambda word: (word_valence(word) or 0.0) > 0)


def voice_negative(rows: Rows) -> list[Score]:
    """Share of words that it rates below 0."""
    return _share(rows, lambda word: (word_valence(word) or 0.0) < 0)


def voice_first_person(rows: Rows) -> list[Score]:
    """Share of words that are I, me, my, mine, myself, and I with a verb."""
    return _share(rows, FIRST_PERSON.__contains__)


def voice_sentiment(rows: Rows) -> list[Score]:
    """Mean valence of an utterance."""
    agents, values = _valences(rows)
    return means(rows, agents, values)


def voice_sentiment_spread(rows: Rows) -> list[Score]:
    """Standard deviation of the valence of a character's utterances."""
    agents, values = _valences(rows)
    own = [values[agents == agent] for agent in range(len(rows.members))]
    found = [float(each.std(ddof=1)) if len(each) > 1 else None for each in own]
    return _over_agents(rows, found, [len(each) for each in own])


def hdd(told: Sequence[str]) -> float | None:
    """Mean share of different words in samples of 42 words drawn without replacement.

    Args:
        told: words, in any order.

    Returns:
        In (0, 1]; None for fewer words than a sample has.

    Source: McCarthy & Jarvis 2010, Behavior Research Methods 42(2):381-392 (HD-D).
    """
    if len(told) < DRAWN:
        return None
    counts = np.array(sorted(Counter(told).values()))
    absent = stats.hypergeom.pmf(0, len(told), counts, DRAWN)
    return float(np.sum(1 - absent) / DRAWN)


def _spoken(rows: Rows) -> tuple[Whole, list[list[str]]]:
    """Who said each utterance, and its words; utterances without a word are left out."""
    said = rows.utterances
    both = [
        (agent, told)
        for agent, text in said.select("agent", "text").iter_rows()
        if (told := words(text))
    ]
    return np.array([agent for agent, _ in both], dtype=np.int64), [told for _, told in both]


def _valences(rows: Rows) -> tuple[Whole, Real]:
    said = rows.utterances
    values = [valence(text) for text in said["text"].to_list()]
    return said["agent"].to_numpy().astype(np.int64), np.array(values, dtype=float)


def _share(rows: Rows, counts: Callable[[str], bool]) -> list[Score]:
    """Share of a subject's words for which something holds; n is the number of words."""
    agents, spoken = _spoken(rows)
    sizes = [len(told) for told in spoken]
    flags = np.array([counts(word) for told in spoken for word in told], dtype=float)
    return means(rows, np.repeat(agents, sizes), flags)


def _over_agents(rows: Rows, values: Sequence[float | None], sizes: Sequence[int]) -> list[Score]:
    """A character's own value, and its mean over the characters of a member and of the run.

    Args:
        rows: the run.
        values: of each agent.
        sizes: what each value rests on; undefined values count in no mean.
    """
    found = []
    for subject in subjects(rows):
        known = [(values[a], sizes[a]) for a in subject.agents if values[a] is not None]
        n = sum(size for _, size in known)
        if subject.scope == "agent" and not known:
            n = sizes[int(subject.agents[0])]
        mean = float(np.mean([value for value, _ in known])) if known else None
        found.append(Score(subject.scope, subject.name, mean, n))
    return found


_LEXICON = "Hutto & Gilbert 2014 (VADER), Proceedings of ICWSM 8(1):216-225."
_SILENT = "Nobody said or thought anything in own words."
_WORDS = "words of all utterances"
_SAID = "utterances"


def _metric(
    measure: Callable[[Rows], list[Score]], unit: str, definition: str, about: tuple[str, str, str]
) -> Metric:
    denominator, undefined, source = about
    return Metric(
        name=measure.__name__,
        unit=unit,
        definition=definition,
        denominator=denominator,
        undefined=undefined,
        source=source,
        better=None,
        scopes=EVERY_SCOPE,
        measure=measure,
    )


VOICE: tuple[Metric, ...] = (
    _metric(
        voice_length,
        "words",
        "Mean number of words of what a character says or thinks in its own words.",
        (_SAID, _SILENT, "this project"),
    ),
    _metric(
        voice_diversity,
        "share",
        "Lexical diversity of a character's words (HD-D): mean share of different words in samples"
        " of 42; of a member and a run the mean over characters.",
        (
            _WORDS,
            "Fewer than 42 words.",
            "McCarthy & Jarvis 2010, Behavior Research Methods 42(2):381-392.",
        ),
    ),
    _metric(
        voice_emotion,
        "share",
        "Share of words that the VADER lexicon rates.",
        (_WORDS, _SILENT, _LEXICON),
    ),
    _metric(
        voice_positive,
        "share",
        "Share of words that the VADER lexicon rates as pleasant.",
        (_WORDS, _SILENT, _LEXICON),
    ),
    _metric(
        voice_negative,
        "share",
        "Share of words that the VADER lexicon rates as unpleasant.",
        (_WORDS, _SILENT, _LEXICON),
    ),
    _metric(
        voice_first_person,
        "share",
        "Share of words in the first person singular: I, me, my, mine, myself, I'm and alike.",
        (_WORDS, _SILENT, "after the category of first person singular in LIWC (Pennebaker)"),
    ),
    _metric(
        voice_sentiment,
        "valence",
        "Mean valence (VADER compound, from -1 to 1) of an utterance.",
        (_SAID, _SILENT, _LEXICON),
    ),
    _metric(
        voice_sentiment_spread,
        "valence",
        "Standard deviation of the valence of a character's utterances: small where it is monotone;"
        " of a member and a run the mean over characters.",
        (_SAID, "Fewer than two utterances.", "this project, on " + _LEXICON),
    ),
)
