"""Metrics of single choices: what was chosen, how surely, and what could not be read."""

import numpy as np
import polars as pl

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, means, over_contexts
from analysis.metrics.rows import Flag, Real, Rows, Whole


def _cooperation(rows: Rows, among: Flag) -> list[Score]:
    counted = rows.decided & rows.social & among
    return means(rows, rows.agent[counted], rows.cooperative[counted].astype(float))


def cooperation_rate(rows: Rows) -> list[Score]:
    """Share of decided answers that are cooperative."""
    return _cooperation(rows, np.ones(len(rows.agent), dtype=bool))


def first_round_cooperation(rows: Rows) -> list[Score]:
    """The same in round 1."""
    return _cooperation(rows, rows.decisions["round"].to_numpy() == 1)


def expected_cooperation(rows: Rows) -> list[Score]:
    """Mean probability on cooperative options."""
    exact = rows.decisions["probabilities"].is_not_null().to_numpy() & rows.social
    menus = rows.decisions["menu"].filter(exact)
    keys = menus.explode().is_in(list(rows.cooperative_keys)).to_numpy()
    place, probability = _flat(rows.decisions["probabilities"].filter(exact))
    mass = _sums(place, probability * keys, len(menus))
    return means(rows, rows.agent[exact], mass)


def policy_entropy(rows: Rows) -> list[Score]:
    """Mean Shannon entropy of the exact distributions, each distinct context once a subject."""
    asked = rows.decisions["prompt_sha256"].is_not_null().to_numpy()
    exact = rows.decisions["probabilities"].is_not_null().to_numpy() & asked
    place, probability = _flat(rows.decisions["probabilities"].filter(exact))
    positive = probability > 0
    bits = np.zeros_like(probability)
    bits[positive] = -probability[positive] * np.log2(probability[positive])
    prompts = rows.decisions["prompt_sha256"].filter(exact)
    entropy = _sums(place, bits, len(prompts))
    in_order = pl.Enum(prompts.unique().sort())
    context = prompts.cast(in_order).to_physical().to_numpy().astype(np.int64)
    agent = rows.agent[exact]
    first = np.unique(context * len(rows.members) + agent, return_index=True)[1]
    return over_contexts(rows, agent[first], context[first], entropy[first])


def mass(rows: Rows) -> list[Score]:
    """Mean probability that the model put on the menu."""
    known = rows.decisions["mass"].is_not_null().to_numpy()
    return means(rows, rows.agent[known], rows.decisions["mass"].drop_nulls().to_numpy())


def mean_payoff(rows: Rows) -> list[Score]:
    """Mean points of a settled choice."""
    known = rows.decisions["payoff"].is_not_null().to_numpy()
    return means(rows, rows.agent[known], rows.decisions["payoff"].drop_nulls().to_numpy())


def refusal_rate(rows: Rows) -> list[Score]:
    """Share of answers that are refusals."""
    return _answered(rows, "refusal")


def unparsed_rate(rows: Rows) -> list[Score]:
    """Share of answers that could not be read."""
    return _answered(rows, "unparsed")


def undelivered_rate(rows: Rows) -> list[Score]:
    """Share of messages that did not reach whom they were for."""
    messages = rows.tables["messages"]
    missing = messages["text"].is_null().to_numpy().astype(float)
    return means(rows, messages["source"].to_numpy(), missing)


def _answered(rows: Rows, kind: str) -> list[Score]:
    answer = rows.decisions["answer"]
    came = (answer != "failed").to_numpy()
    return means(rows, rows.agent[came], (answer == kind).to_numpy()[came].astype(float))


def _flat(lists: pl.Series) -> tuple[Whole, Real]:
    """Lists laid end to end, with the place of each value's list; none is empty or null."""
    sizes = lists.list.len().to_numpy()
    return np.repeat(np.arange(len(lists)), sizes), lists.explode().to_numpy()


def _sums(place: Whole, values: Real, size: int) -> Real:
    """Sum of the values of each place; shape (size,)."""
    return np.bincount(place, weights=values, minlength=size).astype(np.float64)


CHOICES = (
    Metric(
        name="cooperation_rate",
        unit="share",
        definition="share of decided answers that chose an option classed as cooperative",
        denominator="decided answers to menus that hold a cooperative option",
        undefined="no such answer",
        source="Axelrod 1984, The Evolution of Cooperation",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=cooperation_rate,
    ),
    Metric(
        name="expected_cooperation",
        unit="share",
        definition="mean probability of the cooperative options under the exact distributions",
        denominator="choices with an exact distribution whose menu holds a cooperative option",
        undefined="the readout gives no distribution",
        source="the expectation of cooperation_rate given the contexts that were met",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=expected_cooperation,
    ),
    Metric(
        name="first_round_cooperation",
        unit="share",
        definition="cooperation_rate of round 1, before anyone has a history",
        denominator="decided answers of round 1 to menus that hold a cooperative option",
        undefined="no such answer",
        source="Dal Bó & Fréchette 2011, American Economic Review 101(1), table 3",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=first_round_cooperation,
    ),
    Metric(
        name="policy_entropy",
        unit="bits",
        definition=(
            "mean Shannon entropy of the exact distributions over the menu; a context that is met"
            " again counts once, since the policy is the map from context to distribution"
        ),
        denominator="distinct prompts with an exact distribution",
        undefined="no prompt with a distribution (scripted seats have no prompt)",
        source="Shannon 1948, Bell System Technical Journal 27, section 6",
        better=None,
        scopes=EVERY_SCOPE,
        measure=policy_entropy,
    ),
    Metric(
        name="mass",
        unit="probability",
        definition="mean probability that the model put on the menu at all, before normalising",
        denominator="choices whose readout gives it",
        undefined="the readout gives none",
        source="the share of the next-word distribution that the readout covers",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=mass,
    ),
    Metric(
        name="mean_payoff",
        unit="points",
        definition="mean points of a settled choice",
        denominator="choices that carry a payoff",
        undefined="nothing was settled",
        source="the game's payoff rule",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=mean_payoff,
    ),
    Metric(
        name="refusal_rate",
        unit="share",
        definition="share of answers in which the character declined to choose",
        denominator="answers that came back, scripted seats included",
        undefined="nobody was asked",
        source="counted by arm, never imputed",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=refusal_rate,
    ),
    Metric(
        name="unparsed_rate",
        unit="share",
        definition="share of answers that could not be read as an option",
        denominator="answers that came back, scripted seats included",
        undefined="nobody was asked",
        source="counted by arm, never imputed",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=unparsed_rate,
    ),
    Metric(
        name="undelivered_rate",
        unit="share",
        definition=(
            "share of messages of which nothing could be delivered: asked for its own words, the"
            " character declined, said nothing, or the call failed"
        ),
        denominator="messages, one for each who was to hear it",
        undefined="nothing was said",
        source="counted by arm, never imputed",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=undelivered_rate,
    ),
)
