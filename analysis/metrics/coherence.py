"""Metrics of how far a choice depends on what should not matter."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import softmax

from analysis import divergence
from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, over_contexts
from analysis.metrics.rows import Rows

_ASKED = ["round", "agent", "partner", "phase"]
_ORDERS = ("forward", "reversed")


def arbitrariness(rows: Rows) -> list[Score]:
    """Mean divergence between the answers to one context in the two orders of mention."""
    contexts = _in_both_orders(rows.tables["readings"])
    bits = [
        jensen_shannon(forward, backward)
        for forward, backward in zip(contexts["forward"], contexts["reversed"], strict=True)
    ]
    context = np.unique(contexts["prompt"].to_numpy(), return_inverse=True)[1]
    agent = contexts["agent"].to_numpy()
    return over_contexts(rows, agent, context.astype(np.int64), np.array(bits, dtype=np.float64))


def jensen_shannon(first: Sequence[float], second: Sequence[float]) -> float:
    """Jensen-Shannon divergence of two distributions over the same options, in bits, in [0, 1].

    Args:
        first: shape (options,), log-probabilities in nats, up to a constant.
        second: likewise.

    Source: Lin 1991, IEEE Transactions on Information Theory 37(1), equation 4.1.
    """
    return float(divergence.jensen_shannon(_shares(first), _shares(second)))


def _shares(nats: Sequence[float]) -> NDArray[np.float64]:
    return np.asarray(softmax(np.array(nats, dtype=np.float64)), dtype=np.float64)


def _in_both_orders(readings: pl.DataFrame) -> pl.DataFrame:
    """Every context that an agent met, with the log-probabilities that both orders gave.

    Returns:
        agent, prompt (of the forward order), forward, reversed; each context of an agent once.
    """
    nats = pl.col("log_probabilities")
    known = readings.filter(
        ~pl.col("variant").str.starts_with("neutral-")
        & (nats.list.len() > 1)
        & nats.list.eval(pl.element().is_finite().fill_null(value=False)).list.all()
    )
    # The last one counts, where a choice was put again.
    sides = [
        known.filter(pl.col("variant").str.ends_with(order))
        .unique(_ASKED, keep="last", maintain_order=True)
        .select(*_ASKED, nats.alias(order), pl.col("prompt_sha256").alias(f"{order}_prompt"))
        for order in _ORDERS
    ]
    both = sides[0].join(sides[1], on=_ASKED, nulls_equal=True)
    return (
        both.rename({"forward_prompt": "prompt"})
        .unique(["agent", "prompt"], keep="first", maintain_order=True)
        .select("agent", "prompt", *_ORDERS)
    )


COHERENCE = (
    Metric(
        name="arbitrariness",
        unit="bits",
        definition=(
            "mean Jensen-Shannon divergence between the distributions that one context gives in the"
            " two orders of mention, a change that should not matter; a context that is met again"
            " counts once. Changes of wording and labels are compared between runs"
        ),
        denominator="distinct contexts that were read in both orders",
        undefined="no context was, as with scripted seats and sampled readouts",
        source="Lin 1991, IEEE Transactions on Information Theory 37(1):145-151",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=arbitrariness,
    ),
)
