"""The report's sections on texts: were they alike, what voices spoke, how surprising they were."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any

import polars as pl

from analysis import summary, surprisal
from analysis.errors import FolderError
from analysis.folder import Folder
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import count, label, number, percent, signed, span
from scenarios.valence import LENGTH_BOUND, VALENCE_BOUND, valence

VOICE = "voice_"
_MOST_PAIRS = 30


def about(source: Source) -> Mapping[str, Any]:
    """All three; tables without rows where there is nothing to tell."""
    played = _played(source.folder)
    pairs = _pairs(source, played)
    return {
        "alike_table": _texts(played),
        "pairs_table": _pair_table(pairs),
        "alike": _sentence(pairs),
        "voice_table": _voice(source),
        **_surprisal(source.folder),
    }


class _Told:
    """The texts that a member of the populations was played with.

    Attributes:
        member: its name.
        stances: of its personas.
        words: mean length.
        valence: mean.
        spread: mean absolute distance of a text's valence from that mean.
    """

    def __init__(self, member: str, texts: Sequence[str], stances: Sequence[str | None]) -> None:
        self.member, self.size = member, len(texts)
        self.stances = {stance for stance in stances if stance is not None}
        self.words = fmean(len(text.split()) for text in texts)
        values = [valence(text) for text in texts]
        self.valence = fmean(values)
        self.spread = fmean(abs(value - self.valence) for value in values)


def _played(folder: Folder) -> list[_Told]:
    """Every member whose characters were told something, by the different texts of its seats."""
    found: dict[str, dict[str, str | None]] = {}
    for run in folder.runs:
        for character in run.characters:
            if character.text:
                found.setdefault(character.member, {})[character.text] = character.stance
    return [
        _Told(member, list(texts), list(texts.values())) for member, texts in sorted(found.items())
    ]


def _texts(played: Sequence[_Told]) -> Table:
    rows = [
        (
            told.member,
            count(told.size),
            number(told.words, 1),
            number(told.valence),
            number(told.spread),
        )
        for told in played
    ]
    head = ("Population", "Texts played", "Words", "Valence", "Spread of valence")
    return Table("The texts that were played", head, tuple(rows))


def _pairs(source: Source, played: Sequence[_Told]) -> list[tuple[_Told, _Told]]:
    """The declared pairs where both are played as such, else every pair."""
    known = {told.member: told for told in played}
    declared = [(known[a], known[b]) for _, a, b in source.declared if a in known and b in known]
    return declared or list(combinations(played, 2))[:_MOST_PAIRS]


def _apart(a: _Told, b: _Told) -> tuple[float, float]:
    """Relative difference of length, and difference of valence."""
    return a.words / b.words - 1, a.valence - b.valence


def _verdict(a: _Told, b: _Told) -> str:
    length, pleasant = (abs(each) for each in _apart(a, b))
    if a.stances and b.stances and a.stances != b.stances:
        alike = "yes" if length <= LENGTH_BOUND else "no"
        return f"{alike} in length; in valence stances differ by definition"
    wrong = [
        name
        for name, is_apart in (
            ("length", length > LENGTH_BOUND),
            ("valence", pleasant > VALENCE_BOUND),
        )
        if is_apart
    ]
    return f"not in {' and '.join(wrong)}" if wrong else "yes"


def _pair_table(pairs: Sequence[tuple[_Told, _Told]]) -> Table:
    rows = []
    for a, b in pairs:
        length, pleasant = _apart(a, b)
        sign = "+" if length >= 0 else ""
        rows.append(
            (a.member, b.member, _verdict(a, b), f"{sign}{percent(length)}", signed(pleasant))
        )
    head = ("Population", "Held against", "Alike?", "In words", "In valence")
    return Table("How far their texts are apart", head, tuple(rows), texts=3)


def _sentence(pairs: Sequence[tuple[_Told, _Told]]) -> str:
    """What the table says, in words."""
    if not pairs:
        return "Fewer than two populations were told who they are, so no texts are compared."
    apart = [
        f"{a.member} and {b.member} ({_verdict(a, b)})"
        for a, b in pairs
        if _verdict(a, b).startswith("no")
    ]
    bounds = f"within {LENGTH_BOUND:.0%} in length and {VALENCE_BOUND:g} in valence"
    if not apart:
        return f"The texts of all {count(len(pairs))} pairs compared are alike, {bounds}."
    return (
        f"Not alike, {bounds}, are the texts of {count(len(apart))} of {count(len(pairs))} pairs:"
        f" {'; '.join(apart)}. There a difference may come from the texts' length or tone."
    )


def _voice(source: Source) -> Table:
    """Every voice metric by population, with intervals over runs, texts or personas."""
    spoken = source.outcomes.filter(pl.col("metric").str.starts_with(VOICE))
    found = summary.estimates(spoken, source.folder.characters, source.runs, ("population",))
    told = found.filter(pl.col("estimate").is_not_null())
    rows = [
        (
            label(row["metric"].removeprefix(VOICE)),
            row["population"],
            number(row["estimate"], 3),
            span(row["low"], row["high"]),
            count(row["n"]),
        )
        for row in told.iter_rows(named=True)
    ]
    head = ("Measure", "Population", "Mean", "95% interval", "n (runs)")
    return Table("Voice by population", head, tuple(rows), texts=2)


def _surprisal(folder: Folder) -> Mapping[str, Any]:
    """What `society surprisal DIR` found, where it was run."""
    rows = _measured(folder)
    levels = surprisal.levels(rows) if len(rows) else ()
    apart = surprisal.differences(rows) if len(rows) else ()
    head = (
        "Population",
        "Nats per token",
        "95% interval",
        "Utterances",
        "Tokens",
        "Not measurable",
    )
    told = [
        (
            each.group,
            number(each.estimate.value, 3),
            span(each.estimate.low, each.estimate.high),
            f"{count(each.estimate.n)} {each.cluster}s",
            count(each.texts),
            number(each.tokens, 1),
            count(each.missing),
        )
        for each in levels
    ]
    pairs = [
        (
            each.a,
            each.b,
            signed(each.estimate.value, 3),
            span(each.estimate.low, each.estimate.high),
            number(each.p_adjusted, 3),
            count(each.estimate.n),
        )
        for each in apart
    ]
    caption = "Surprisal of what was said and thought, without the persona"
    pair_head = ("Population", "minus", "Nats per token", "95% interval", "p corrected", "n")
    return {
        "surprisal_table": Table(caption, (*head, "Tokens", "Not measurable"), tuple(told)),
        "surprisal_pairs": Table("Differences in surprisal", pair_head, tuple(pairs), texts=2),
    }


def _measured(folder: Folder) -> pl.DataFrame:
    path = folder.path / surprisal.FILE
    if not path.is_file():
        return pl.DataFrame(schema=dict(surprisal.SPEECH))
    try:
        return pl.read_parquet(path).select(*surprisal.SPEECH)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FolderError(f"{path}: cannot be read: {error}; delete it to go without") from None
