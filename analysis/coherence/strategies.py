"""Which known memory-one strategy a character's answers to the last round are nearest to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from types import MappingProxyType

from scipy.optimize import minimize_scalar
from scipy.special import xlogy

STATES = ("first", "CC", "CD", "DC", "DD")
"""Before anything was done; then what both did last, oneself named first."""
_GENEROSITY = 1 / 3
KNOWN: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "always_cooperate": (1, 1, 1, 1, 1),
        "always_defect": (0, 0, 0, 0, 0),
        "tit_for_tat": (1, 1, 0, 1, 0),
        "generous_tit_for_tat": (1, 1, _GENEROSITY, 1, _GENEROSITY),
        "win_stay_lose_shift": (1, 1, 0, 0, 1),
        "grim": (1, 1, 0, 0, 0),
        "random": (0.5, 0.5, 0.5, 0.5, 0.5),
    }
)
"""Probability of cooperation in each of STATES.

Sources: Nowak & Sigmund 1993, Nature 364:56-58; Press & Dyson 2012, PNAS 109(26):10409-10413. Grim
is the memory-one form: it forgives nothing, since after one defection it has itself defected.
"""
_PARAMETERS: Mapping[str, int] = MappingProxyType({name: int(name != "random") for name in KNOWN})
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Nearest:
    """The known strategies that fit best.

    Attributes:
        names: all that fit best; several where the states that were met do not tell them apart.
        error: estimated chance of doing the other than the strategy says, in [0, 0.5].
        distance: mean absolute distance from the first one's probabilities with that error, over
            the states met, each weighing the same.
        runner_up: the next best; None where all are equally good.
        lead: how much larger the runner-up's Akaike criterion is; below 2 it is hardly worse.
    """

    names: tuple[str, ...]
    error: float
    distance: float
    runner_up: str | None
    lead: float | None


def nearest(rates: Sequence[float | None], counts: Sequence[int]) -> Nearest | None:
    """The strategy of the smallest Akaike criterion, 2 k - 2 log L.

    Every strategy is given one error rate e, estimated by maximum likelihood, with which it does
    the other: it cooperates with (1 - 2 e) p + e. Random has none. So the criterion weighs the one
    parameter against the fit.

    Args:
        rates: probability or share of cooperation in each of STATES; None where never met.
        counts: how often each was met.

    Returns:
        None where no state was met.

    Source: Akaike 1974, IEEE Transactions on Automatic Control 19(6):716-723.
    """
    met = [(place, p, n) for place, (p, n) in enumerate(zip(rates, counts, strict=True)) if n]
    known = [(place, p, n) for place, p, n in met if p is not None]
    if not known:
        return None
    fits = {name: _fit(name, known) for name in KNOWN}
    criteria = {name: 2 * _PARAMETERS[name] - 2 * fits[name][1] for name in KNOWN}
    best = min(criteria.values())
    names = tuple(name for name, value in criteria.items() if value - best <= _TIE)
    others = {name: value for name, value in criteria.items() if name not in names}
    runner_up = min(others, key=others.__getitem__, default=None)
    error = fits[names[0]][0]
    gaps = [abs(p - _expected(KNOWN[names[0]][place], error)) for place, p, _ in known]
    lead = None if runner_up is None else others[runner_up] - best
    return Nearest(names, error, fsum(gaps) / len(gaps), runner_up, lead)


_Known = Sequence[tuple[int, float, int]]


def _fit(name: str, known: _Known) -> tuple[float, float]:
    """The error rate of the largest likelihood, and its logarithm."""

    def loss(error: float) -> float:
        return -_log_likelihood(KNOWN[name], error, known)

    if not _PARAMETERS[name]:
        return 0.0, -loss(0.0)
    # A bounded search never reaches its bounds.
    inside = float(minimize_scalar(loss, bounds=(0, 0.5), method="bounded").x)
    error = min((0.0, 0.5, inside, _mismatch(KNOWN[name], known)), key=loss)
    return error, -loss(error)


def _mismatch(strategy: Sequence[float], known: _Known) -> float:
    """The error rate of the largest likelihood of a strategy that is certain of what it does."""
    total = sum(n for *_, n in known)
    return min(0.5, fsum(n * abs(p - strategy[place]) for place, p, n in known) / total)


def _log_likelihood(strategy: Sequence[float], error: float, known: _Known) -> float:
    terms = []
    for place, p, n in known:
        expected = _expected(strategy[place], error)
        terms += [float(xlogy(n * p, expected)), float(xlogy(n * (1 - p), 1 - expected))]
    return fsum(terms)


def _expected(probability: float, error: float) -> float:
    return (1 - 2 * error) * probability + error
