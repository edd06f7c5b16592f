"""Choices of people written out again from aggregates, and what metrics make of them."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from analysis.human.behaviour import STATISTICS
from analysis.metrics import METRICS
from analysis.metrics.rows import Rows
from analysis.run_record import RunRecord
from sim.records import DECISIONS, INTERACTIONS

TOKENS = 20
"""The endowment of the public goods game."""


def statistic(name: str, decisions: pl.DataFrame) -> dict[str, float]:
    """Pooled values by place."""
    seen = STATISTICS[name].measure(decisions)
    sums = seen.group_by("x").agg(pl.col("total").sort().sum() / pl.col("weight").sort().sum())
    return dict(sums.iter_rows())


def metric(name: str, decisions: pl.DataFrame, rounds: int | None = None) -> float:
    """A metric of the whole run; of one round alone where it is given."""
    seats = range(int(decisions["agent"].max()) + 1)
    who = {"member": "people", "persona": "people", "paraphrase": 0}
    document = {
        "run_id": "people",
        "condition": "people",
        "seed": 0,
        "factors": {"scenario": "prisoners_dilemma"},
        "parameters": {},
        "group_sizes": [2],
        "characters": [{"agent": seat, **who} for seat in seats],
    }
    chosen = decisions if rounds is None else decisions.filter(round=rounds)
    tables = {"decisions": chosen, "interactions": pl.DataFrame(schema=dict(INTERACTIONS))}
    scores = METRICS[name].measure(Rows(RunRecord.parse(document), tables))
    return float(next(score.value for score in scores if score.scope == "run"))


def choices(by_round: Mapping[int, tuple[int, int]]) -> pl.DataFrame:
    """Choices of the dilemma: (cooperative, all) by round."""
    return _frame(
        {**_dilemma(place < done), "round": number, "agent": place % 2, "partner": 1 - place % 2}
        for number, (done, n) in by_round.items()
        for place in range(n)
    )


def after(counts: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    """Pairs of two rounds: what both did, then choices, of which so many are cooperative.

    Args:
        counts: by history (own letter, then the other's): cooperative, all.
    """
    moves = {x: iter([True] * done + [False] * (n - done)) for x, (done, n) in counts.items()}
    pairs = [x for x in ("CC", "DD") for _ in range(counts[x][1] // 2)]
    pairs += ["CD"] * counts["CD"][1]
    return _frame(
        row
        for place, (own, other) in enumerate(pairs)
        for seat, (mine, theirs) in enumerate(((own, other), (other, own)))
        for row in _two_rounds(2 * place, seat, mine, next(moves[mine + theirs]))
    )


def _two_rounds(first: int, seat: int, did: str, then: bool) -> Iterator[dict[str, object]]:
    who = {"agent": first + seat, "partner": first + 1 - seat}
    yield {**_dilemma(did == "C"), **who, "round": 1}
    yield {**_dilemma(then), **who, "round": 2}


def _dilemma(is_cooperative: bool) -> dict[str, object]:
    action = "cooperate" if is_cooperative else "defect"
    action_class = "cooperative" if is_cooperative else "uncooperative"
    known = {"action": action, "action_class": action_class, "done": action}
    return {**known, "menu": ["cooperate", "defect"]}


def contributions(curve: Mapping[str, float]) -> pl.DataFrame:
    """Mean contributions of one city by period, as what is expected of one choice."""
    return _frame(
        {
            "round": int(period),
            "agent": 0,
            "menu": ["all", "half", "nothing"],
            "action": "all",
            "probabilities": [tokens / TOKENS, 0.0, 1 - tokens / TOKENS],
        }
        for period, tokens in curve.items()
    )


def replies(by_offer: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    """Replies to offers in percent of the pie: (accepted, all)."""
    return _frame(
        {
            "round": 1,
            "agent": 0,
            "menu": ["accept", "reject"],
            "action": "accept" if place < done else "reject",
            "facts": f'{{"part": {int(offer) / 100}}}',
        }
        for offer, (done, n) in by_offer.items()
        for place in range(n)
    )


def _frame(rows: Iterator[dict[str, object]]) -> pl.DataFrame:
    base = {"run_id": "people", "phase": "choose", "group": "0-1", "answer": "decision"}
    return pl.DataFrame([{**base, **row} for row in rows], schema=dict(DECISIONS))
