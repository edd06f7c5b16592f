"""Statistics of games in which everybody gains if all hold back or give."""

import polars as pl

from analysis.human.choices import BY_ROUND, SINGLE, Statistic, after, mean_choice, shares
from scenarios.games.collective_risk import PART
from scenarios.games.commons import GAME as COMMONS
from scenarios.games.prisoners_dilemma import COOPERATE, DEFECT
from scenarios.games.public_goods import ALL, HALF, NOTHING

_LETTERS = {COOPERATE: "C", DEFECT: "D"}
_OUTCOMES = ("CC", "CD", "DC", "DD")
_COOPERATES = {COOPERATE: 1.0, DEFECT: 0.0}
_CONTRIBUTES = {ALL: 1.0, HALF: 0.5, NOTHING: 0.0}
_COMMONS_SEATS = 5
_RISK_SEATS, _RISK_ROUNDS, _RISK_TARGET = 6, 10, 0.5


def _cooperation_after(decisions: pl.DataFrame) -> pl.DataFrame:
    return mean_choice(_COOPERATES, pl.col("x"))(after(decisions, _LETTERS))


def _outcomes(decisions: pl.DataFrame) -> pl.DataFrame:
    answered = after(decisions, _LETTERS).filter(pl.col("answer") == "decision")
    return shares(answered.with_columns(share=pl.lit(1.0)), _OUTCOMES)


def _commons_yield(decisions: pl.DataFrame) -> pl.DataFrame:
    best = COMMONS.welfare(COMMONS.presets["govsim-2024"], _COMMONS_SEATS).best
    return _of_groups(decisions, pl.col("payoff").sort().sum(), float(best))


def _target_reached(decisions: pl.DataFrame) -> pl.DataFrame:
    paid = pl.col("done").replace_strict(dict(PART), return_dtype=pl.Float64()).sum()
    needed = _RISK_TARGET * _RISK_SEATS * _RISK_ROUNDS
    return _of_groups(decisions, (paid >= needed).cast(pl.Float64), 1.0)


def _of_groups(decisions: pl.DataFrame, total: pl.Expr, weight: float) -> pl.DataFrame:
    """One observation a group, which is nobody's in particular."""
    groups = decisions.group_by("run_id", "group").agg(total=total)
    return groups.select(
        "run_id",
        pl.lit(None, pl.Int64()).alias("agent"),
        pl.lit(SINGLE).alias("x"),
        "total",
        pl.lit(weight).alias("weight"),
    )


DILEMMAS = (
    Statistic(
        "cooperation",
        "cooperation",
        "mean probability of cooperating over all choices",
        mean_choice(_COOPERATES),
    ),
    Statistic(
        "first_round_cooperation",
        "cooperation in round 1",
        "mean probability of cooperating in round 1",
        mean_choice(_COOPERATES, among=pl.col("round") == 1),
    ),
    Statistic(
        "cooperation_by_round",
        "cooperation by round",
        "mean probability of cooperating, round by round",
        mean_choice(_COOPERATES, BY_ROUND),
    ),
    Statistic(
        "cooperation_after",
        "cooperation given the round before",
        "mean probability of cooperating after each outcome of the pair's round before; the first"
        " letter is what one did oneself, the second what the other did (C cooperated, D defected)",
        _cooperation_after,
    ),
    Statistic(
        "outcomes",
        "outcomes of rounds that another followed",
        "share of each outcome, seen from either seat, among the rounds that another choice"
        " followed; what was done, not what was expected",
        _outcomes,
    ),
    Statistic(
        "contribution",
        "contribution, share of the endowment",
        "expected part of the endowment that is paid in, over all choices",
        mean_choice(_CONTRIBUTES),
    ),
    Statistic(
        "contribution_by_period",
        "contribution by period",
        "expected part of the endowment that is paid in, round by round",
        mean_choice(_CONTRIBUTES, BY_ROUND),
    ),
    Statistic(
        "commons_yield",
        "yield, share of the best possible",
        "what a group took in all rounds together, as a share of the most that it could have taken"
        " from a stock of the presets; what was done, not what was expected",
        _commons_yield,
    ),
    Statistic(
        "target_reached",
        "groups that reached the target",
        "share of groups whose account held the target after the last round; what was done, not"
        " what was expected",
        _target_reached,
    ),
    Statistic(
        "paid_in",
        "paid in, share of all allotments",
        "expected part of the allotment that is paid in, over all choices",
        mean_choice(PART),
    ),
)
