"""The answer in two sentences: the declared contrast, and how far it can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.contrasts import Contrast
from analysis.estimator import LEAST_PERSONAS
from analysis.report.words import (
    chance,
    count,
    label,
    number,
    percent,
    question,
    signed,
    span,
    who,
)

Verdict = Literal["supported", "opposite", "no meaningful effect", "undecided"]
_OPENINGS: Mapping[Verdict | None, str] = {
    "supported": "Yes",
    "opposite": "No, the other way round",
    "no meaningful effect": "No meaningful difference",
    "undecided": "Undecided",
    None: "It cannot be said",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands on top of the report.

    Attributes:
        question: in plain words.
        verdict: None where nothing was declared or nothing could be estimated.
        opening: the verdict in a few words.
        finding: the contrast with its estimate, interval, n and meaning.
        limit: which model, and how well it understood what it was asked.
    """

    question: str
    verdict: Verdict | None
    opening: str
    finding: str
    limit: str


def verdict(contrast: Contrast, sesoi: float | None, alpha: float = 0.05) -> Verdict | None:
    """What an interval and the corrected p say about the direction a > b.

    Args:
        contrast: a minus b.
        sesoi: smallest effect of interest, None where none was declared.
        alpha: the corrected p must not exceed it for a direction to be told.

    Returns:
        "no meaningful effect" where the whole interval is smaller than the smallest effect of
        interest on both sides (two one-sided tests, stricter than their usual alpha); None where
        there is no interval.
    """
    if contrast.low is None or contrast.high is None:
        return None
    if sesoi and -sesoi < contrast.low and contrast.high < sesoi:
        return "no meaningful effect"
    if contrast.p_adjusted is None or contrast.p_adjusted > alpha:
        return "undecided"
    if contrast.low > 0:
        return "supported"
    return "opposite" if contrast.high < 0 else "undecided"


def answer(
    contrast: Contrast | None,
    sesoi: float | None,
    model: str,
    understood: Mapping[str, Any] | None,
    alpha: float = 0.05,
) -> Answer:
    """Put the primary contrast into words.

    Args:
        contrast: the declared primary contrast; None where none was declared or found.
        sesoi: smallest effect of interest.
        model: the model's name, with its size where that is known.
        understood: right, n and chance of the comprehension questions, None where none were asked.
        alpha: level of significance.
    """
    limit = _limit(model, understood)
    if contrast is None:
        finding = (
            "the experiment file declares no contrast that these runs can answer, so this report"
            " describes and decides nothing."
        )
        return Answer("What did these characters do?", None, "No question", finding, limit)
    asked = question(contrast.metric, contrast.a, contrast.b)
    decided = verdict(contrast, sesoi, alpha)
    finding = _finding(contrast, decided, sesoi)
    return Answer(asked, decided, _OPENINGS[decided], finding, limit)


def described(model: str) -> Answer:
    """What to say of a folder in which nothing was played and characters described themselves."""
    return Answer(
        question="What do these characters say of themselves?",
        verdict=None,
        opening="An inventory",
        finding=(
            "nobody played; characters rated statements about themselves. What that says is told"
            " below, apart for statements that their texts make."
        ),
        limit=f"This was measured on one model, {model}, and speaks for that model only.",
    )


def _finding(contrast: Contrast, decided: Verdict | None, sesoi: float | None) -> str:
    what = f"{label(contrast.metric)} of {contrast.a} minus {contrast.b}"
    if contrast.estimate is None:
        return f"{what} is undefined in these runs (n = {contrast.n})."
    measured = (
        f"{what} is {signed(contrast.estimate)},"
        f" interval {span(contrast.low, contrast.high)}{_over(contrast)},"
        f" n = {count(contrast.n)} {'pairs of runs' if contrast.paired else 'runs'}"
    )
    return f"{measured}; {_meaning(contrast, decided, sesoi)}."


def _over(contrast: Contrast) -> str:
    """Whose number makes the interval as wide as it is; runs are told by n."""
    return "" if contrast.low is None else f" over {count(contrast.units)} {units(contrast)}"


def units(contrast: Contrast) -> str:
    """What the interval is over, in the plural where there are several."""
    name = "pair" if contrast.cluster == "run" and contrast.paired else contrast.cluster
    plural = name + ("" if contrast.units == 1 else "s")
    return plural + (" of runs" if name == "pair" else "")


def _meaning(contrast: Contrast, decided: Verdict | None, sesoi: float | None) -> str:
    if decided is None:
        return "one replicate gives no interval"
    if decided == "no meaningful effect":
        return f"the whole interval is smaller than {number(sesoi)}, the least that would matter"
    if decided == "undecided" and not _crosses_zero(contrast):
        return (
            "the interval excludes zero, but corrected for the"
            f" {count(contrast.corrected_for)} declared contrasts p is"
            f" {chance(contrast.p_adjusted)}, which does not decide"
        )
    if decided == "undecided":
        return "the interval includes zero" + (
            f" and differences as large as {number(sesoi)}, the least that would matter"
            if sesoi
            else ""
        )
    more = contrast.a if decided == "supported" else contrast.b
    told = f"the interval excludes zero, on the side of {more}"
    nearest = min(abs(contrast.low or 0.0), abs(contrast.high or 0.0))
    if not sesoi:
        return told
    if nearest >= sesoi:
        return f"{told}, and all of it is at least {number(sesoi)}, the least that would matter"
    return f"{told}, but it may be smaller than {number(sesoi)}, the least that would matter"


def _crosses_zero(contrast: Contrast) -> bool:
    return (contrast.low or 0.0) <= 0 <= (contrast.high or 0.0)


def _limit(model: str, understood: Mapping[str, Any] | None) -> str:
    if not understood or not understood["n"]:
        return (
            f"This was measured on one model, {model}, that was asked no comprehension questions,"
            " so it is not known whether it understood the games."
        )
    right = f"{count(understood['right'])} of {count(understood['n'])}"
    guessing = (
        f" (guessing gives {percent(understood['chance'])})"
        if understood["chance"] is not None
        else ""
    )
    return (
        f"This was measured on one model, {model}, that answered {right} comprehension questions"
        f" right{guessing}; it speaks for that model in these games only."
    )


def plain_sides(contrast: Contrast) -> str:
    """Both sides of a contrast in plain words."""
    return f"{contrast.a} is {who(contrast.a)}; {contrast.b} is {who(contrast.b)}"


def who_played(contrast: Contrast) -> str:
    """How many personas stand behind each side, and what that allows to be said."""
    sides = ((contrast.a, contrast.personas_a), (contrast.b, contrast.personas_b))
    played = " and ".join(
        f"{name} was played by {count(personas)} persona{'' if personas == 1 else 's'}"
        for name, personas in sides
    )
    few = [name for name, personas in sides if personas < LEAST_PERSONAS]
    limit = f"; about {' and '.join(few)} this speaks for those very texts only" if few else ""
    return f"In these runs {played}{limit}"
