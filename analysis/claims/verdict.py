"""The rules that decide. Pure functions: either side can win, and what is open stays open.

A part is decided by two tests at the claim's alpha, each corrected by Holm over the primary parts
of all claims: that the number is 0, and that it lies outside the smallest effect of interest. A
number that is shown to be inside is no meaningful effect, even where it is told from 0.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Literal

from scipy import special

from analysis.claims.claim import Combine, Expects
from analysis.claims.finding import Finding

Verdict = Literal["supported", "contradicted", "no meaningful effect", "undecided", "not measured"]
_POWER = 0.8
_MOST = 10**7
_LEAST = 2


def of_part(
    finding: Finding,
    expects: Expects,
    ps: tuple[float | None, float | None],
    alpha: float,
) -> Verdict:
    """Verdict of one part.

    Args:
        finding: the number.
        expects: what the claim expects.
        ps: corrected p of the test against 0, and of the test of equivalence.
        alpha: level.
    """
    apart, alike = ps
    if finding.value is None:
        return "not measured"
    if alike is not None and alike < alpha:
        return "supported" if expects == "none" else "no meaningful effect"
    if apart is None or apart >= alpha:
        return "undecided"
    if expects == "none":
        return "contradicted"
    if expects == "either":
        return "supported"
    is_higher = finding.value * finding.sign > 0
    return "supported" if is_higher == (expects == "higher") else "contradicted"


def turned(expects: Expects) -> Expects:
    """The same from the other side: what must not be where the claim is to be contradicted.

    Tropes that tell situations apart better keep "more arbitrary" from being shown, and those that
    tell them apart less keep "less arbitrary" from it: who always does the same is neither.
    """
    if expects == "higher":
        return "lower"
    return "higher" if expects == "lower" else expects


def violated(finding: Finding, expects: Expects, alpha: float) -> bool:
    """Whether a guard keeps its claim from being decided.

    "higher" and "lower" must not be shown; "either" must be shown, in the finding's own direction.
    A guard that was not measured guards nothing, unless it must be shown.
    """
    if finding.value is None or finding.uncertainty is None:
        return expects == "either"
    shown = finding.uncertainty.p(finding.value) < alpha
    oriented = finding.value * finding.sign
    if expects == "either":
        return not (shown and oriented > 0)
    return shown and (oriented > 0) == (expects == "higher")


def combined(parts: Sequence[Verdict], rule: Combine) -> tuple[Verdict, str]:
    """Verdict of a claim from its primary parts, and why it is undecided.

    Args:
        parts: of the primary parts.
        rule: "each": all must say it; "none_against": one must, and none the opposite.
    """
    known = [one for one in parts if one != "not measured"]
    if not known:
        return "not measured", ""
    said = set(known)
    if {"supported", "contradicted"} <= said:
        return "undecided", "its parts contradict each other"
    whole = len(known) == len(parts) or rule == "none_against"
    if len(said) == 1 and whole:
        return known[0], ""
    for verdict in ("supported", "contradicted"):
        if verdict in said and (rule == "none_against" or verdict == "contradicted"):
            return verdict, ""
    return "undecided", "not all of its parts are decided" if whole else "a part is not measured"


def needed(finding: Finding, sesoi: float, alpha: float) -> int | None:
    """About how many units would decide, if the estimate and its spread stayed as they are.

    That is: the least number that gives a power of .8 either to tell the estimate from 0 or, where
    it is inside the smallest effect of interest, to show that it is; more than there are. None
    where that cannot be told, or is over ten million.

    Source: n' = n (SE (t_a + t_b) / distance)^2, t with n' - 1 degrees of freedom: Julious 2004,
        Statistics in Medicine 23(12):1921-1986, equations 3 and 41.
    """
    if finding.value is None or finding.uncertainty is None or finding.n < _LEAST:
        return None
    error, size = finding.uncertainty.standard_error, abs(finding.value)
    tails = [(alpha / 2, size)] + ([(alpha, sesoi - size)] if size < sesoi else [])

    def decides(number: int) -> bool:
        shrunk, free = error * sqrt(finding.n / number), number - 1
        power = float(special.stdtrit(free, _POWER))
        return any(
            room >= shrunk * (float(special.stdtrit(free, 1 - tail)) + power)
            for tail, room in tails
        )

    low, high = finding.n, _MOST
    if not decides(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high
