"""Intervals of one share: Wilson, exact, Jeffreys, and their versions for clustered answers.

For counts of independent items, such as questions of a quiz. Decisions of a run are dependent:
give their design effect, which makes fewer of them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

Method = Literal["wilson", "exact", "jeffreys"]


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its interval.

    Attributes:
        value: successes over n; None where n is 0.
        low: lower end, None where n is 0.
        high: upper end.
        n: trials.
        effective_n: n over the design effect; n where the trials are independent, None where the
            effect cannot be seen.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    effective_n: float | None


def proportion(
    successes: int, n: int, alpha: float = 0.05, method: Method = "wilson"
) -> Proportion:
    """A share of independent trials.

    Args:
        successes: 0 to n.
        n: trials.
        alpha: the interval covers 1 - alpha; exact ones at least that.
        method: "wilson" (score), "exact" (Clopper-Pearson) or "jeffreys" (equal tails of the
            posterior under Beta(1/2, 1/2), cut at 0 and 1 where the share is there).

    Raises:
        ValueError: successes below 0 or above n.

    Source: Wilson 1927, JASA 22(158):209-212; Clopper & Pearson 1934, Biometrika 26(4):404-413;
        Brown, Cai & DasGupta 2001, Statistical Science 16(2):101-133.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} trials")
    if n == 0:
        return Proportion(None, None, None, 0, 0.0)
    if method == "jeffreys":
        low, high = _beta_tails(successes, n, alpha, 0.5)
    else:
        found = stats.binomtest(successes, n).proportion_ci(1 - alpha, method=method)
        low, high = float(found.low), float(found.high)
    return Proportion(successes / n, low, high, n, float(n))


def clustered_proportion(
    successes: ArrayLike, trials: ArrayLike, alpha: float = 0.05
) -> Proportion:
    """A share of trials in independent clusters, such as the decisions of runs.

    The design effect is the linearised variance of the ratio over that of as many independent
    trials; n over it is the effective number of trials (Kish). That number is corrected for the
    clusters' degrees of freedom, never above n, and put into the exact interval (Korn & Graubard).

    Args:
        successes: shape (clusters,).
        trials: shape (clusters,); clusters without trials are left out.
        alpha: the interval covers 1 - alpha.

    Returns:
        Without interval where fewer than two clusters have trials. Where all trials agree there is
        no variance to see: each cluster then counts as one trial.

    Raises:
        ValueError: successes below 0 or above the trials of a cluster.

    Source: Kish 1965, Survey Sampling, section 8.2; Korn & Graubard 1998, Survey Methodology
        24(2):193-201.
    """
    done, asked = _clusters(successes, trials)
    total, n, clusters = float(done.sum()), int(asked.sum()), len(asked)
    if n == 0:
        return Proportion(None, None, None, 0, 0.0)
    value = total / n
    if clusters < 2:
        return Proportion(value, None, None, n, None)
    effective = float(min(n, clusters) if value in (0.0, 1.0) else _effective(done, asked))
    degrees = (
        special.stdtrit(n - 1, 1 - alpha / 2) / special.stdtrit(clusters - 1, 1 - alpha / 2)
    ) ** 2
    used = min(float(n), effective * float(degrees))
    low, high = _beta_tails(value * used, used, alpha, 0.0)
    return Proportion(value, low, high, n, effective)


def design_effect(successes: ArrayLike, trials: ArrayLike) -> float | None:
    """How many times the variance of the share is that of as many independent trials.

    Never below 1; None with fewer than two clusters, or where all trials agree.

    Source: Kish 1965, section 8.2, with the linearised variance of a ratio.
    """
    done, asked = _clusters(successes, trials)
    n = float(asked.sum())
    if len(asked) < 2 or not 0 < float(done.sum()) < n:
        return None
    return n / _effective(done, asked)


def _clusters(successes: ArrayLike, trials: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Clusters with trials, in an order that rows do not decide."""
    done, asked = np.asarray(successes, np.float64), np.asarray(trials, np.float64)
    if ((done < 0) | (done > asked)).any():
        raise ValueError("a cluster has fewer than 0 successes, or more than trials")
    order = np.lexsort((done, asked))
    kept = order[asked[order] > 0]
    return done[kept], asked[kept]


def _effective(done: np.ndarray, asked: np.ndarray) -> float:
    """Independent trials that would give the share the variance that the clusters show."""
    n, clusters = float(asked.sum()), len(asked)
    value = float(done.sum()) / n
    residuals = done - value * asked
    variance = clusters / (clusters - 1) * float((residuals**2).sum()) / n**2
    return min(n, value * (1 - value) / variance) if variance > 0 else n


def _beta_tails(successes: float, n: float, alpha: float, prior: float) -> tuple[float, float]:
    """Equal tails of the Beta; prior 0 gives Clopper and Pearson's ends, for fractions too."""
    shift = 1.0 if prior == 0 else prior
    low = special.betaincinv(successes + prior, n - successes + shift, alpha / 2)
    high = special.betaincinv(successes + shift, n - successes + prior, 1 - alpha / 2)
    return (0.0 if successes <= 0 else float(low), 1.0 if successes >= n else float(high))
