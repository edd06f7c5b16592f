"""How far a character's choice depends on what should not matter."""

import polars as pl

from analysis.coherence.policies import BOTH, CONTEXT, PERSONA, READ_BY, Policies
from analysis.divergence import jensen_shannon

SOURCES = ("order", "wording", "paraphrase", "readout")
"""What is changed: the order of mention, the cover story, the persona's words, the readout."""
ALL = "all"
_PERSON = [*READ_BY, *PERSONA]


def by_scenario(policies: Policies) -> pl.DataFrame:
    """Mean divergence between policies of one character that differ in one such thing only.

    Wordings, paraphrases and readouts are compared in the average over the orders of mention.

    Returns:
        source, model, readout (null for the source "readout"), PERSONA, scenario, value (bits, mean
        over pairs), pairs. Scenarios without a pair are not there.

    Source: Lin 1991, IEEE Transactions on Information Theory 37(1), equation 4.1.
    """
    return pl.concat([_of_source(policies.frame, source) for source in SOURCES])


def arbitrariness(policies: Policies) -> pl.DataFrame:
    """The same for each character: the mean over its scenarios, which all weigh the same.

    Returns:
        source, model, readout (null for the source "readout"), PERSONA, value (bits), scenarios,
        pairs, of. The source "all" is the mean over those sources, named in `of`, that every
        character read by this model and readout has, so that characters can be compared. Where
        there is no pair, value is null.
    """
    keys = ["source", *_PERSON]
    found = by_scenario(policies).group_by(keys).agg(*_MEAN)
    everyone = policies.frame.select(_PERSON).unique()
    inside = everyone.join(pl.DataFrame({"source": SOURCES[:3]}), how="cross")
    across = everyone.with_columns(readout=pl.lit(None, pl.String), source=pl.lit("readout"))
    asked = pl.concat([inside.select(keys), across.select(keys).unique()])
    each = asked.join(found, on=keys, how="left", nulls_equal=True).with_columns(
        pl.col("scenarios", "pairs").fill_null(0), of=pl.col("source")
    )
    return pl.concat([_together(each), each]).sort(keys, nulls_last=True)


_MEAN = (
    pl.col("value").sort().mean(),
    pl.len().cast(pl.Int64).alias("scenarios"),
    pl.col("pairs").sum(),
)


def _of_source(frame: pl.DataFrame, source: str) -> pl.DataFrame:
    one = frame.drop("member").unique(CONTEXT)
    one = one.filter((pl.col("order") == BOTH) == (source != "order"))
    same = [name for name in CONTEXT if name != source]
    told = one.select(*CONTEXT, "probabilities")
    pairs = told.join(told, on=same, nulls_equal=True, suffix="_other").filter(
        pl.col(source) < pl.col(f"{source}_other")
    )
    if source == "readout":
        pairs = pairs.with_columns(readout=pl.lit(None, pl.String))
    bits = pairs.select(_PERSON_AND_SCENARIO).with_columns(
        source=pl.lit(source),
        value=divergences(pairs["probabilities"], pairs["probabilities_other"]),
    )
    keys = ["source", *_PERSON_AND_SCENARIO]
    pairs_of_scenario = pl.len().cast(pl.Int64).alias("pairs")
    return bits.group_by(keys).agg(pl.col("value").sort().mean(), pairs_of_scenario).sort(keys)


_PERSON_AND_SCENARIO = [*_PERSON, "scenario"]


def divergences(first: pl.Series, second: pl.Series) -> pl.Series:
    """Jensen-Shannon divergences of two columns of distributions, in bits.

    Args:
        first: lists of probabilities; in each row as many as in the same row of `second`.
        second: likewise.
    """
    both = pl.DataFrame({"first": first, "second": second}).with_row_index()
    parts = [
        part.select("index").with_columns(
            bits=pl.Series(jensen_shannon(part["first"].to_list(), part["second"].to_list()))
        )
        for part in both.with_columns(size=pl.col("first").list.len()).partition_by("size")
    ]
    if not parts:
        return pl.Series("bits", [], dtype=pl.Float64)
    return pl.concat(parts).sort("index").get_column("bits")


def _together(each: pl.DataFrame) -> pl.DataFrame:
    """Mean over the sources that all characters of a model and readout have."""
    inside = each.filter(pl.col("source") != "readout")
    shared = (pl.col("pairs") > 0).all().over(*READ_BY, "source")
    common = inside.filter(shared)
    means = common.group_by(_PERSON).agg(
        pl.col("value").sort().mean(),
        pl.col("scenarios").min(),
        pl.col("pairs").sum(),
        of=pl.col("source").sort().str.join(", "),
    )
    everyone = inside.select(_PERSON).unique()
    found = everyone.join(means, on=_PERSON, how="left", nulls_equal=True)
    return found.with_columns(
        pl.col("scenarios", "pairs").fill_null(0), pl.col("of").fill_null(""), source=pl.lit(ALL)
    ).select(each.columns)
