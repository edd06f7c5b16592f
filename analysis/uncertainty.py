"""The uncertainty of an estimate that rests on two crossed samples: situations and persons.

Both samples contribute: with S situations and P persons the variance of a mean is
V_s + V_p - V_sp, where V_s and V_p are those over either sample alone and V_sp is what both count
(Cameron, Gelbach & Miller 2011, Journal of Business & Economic Statistics 29(2):238-249). Either
may rest on few units, so each is weighed by its own quantile of Student's t, and the squares are
combined (Howe 1974, Journal of the American Statistical Association 69:789-794; Graybill & Wang
1980, ibid. 75:869-873):

    half width = sqrt(t_s^2 V_s + t_p^2 V_p - t_sp^2 V_sp), at least the smaller of both alone,

t_sp with the degrees of freedom of both together. Over one sample alone this is Student's
interval. How often it covers is in docs/validation.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import NamedTuple

from scipy import special
from scipy.optimize import brentq

_LEAST_P = 1e-15
"""Below it no p is solved for."""


class Source(NamedTuple):
    """A sample that an estimate rests on.

    Attributes:
        variance: of the estimate over the units of this sample, >= 0.
        degrees: its degrees of freedom, > 0.
    """

    variance: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Of one estimate.

    Attributes:
        sources: one or two.
        shared: the variance that both count, >= 0.
        floor: p where there is no variance at all but the estimate is not 0.
    """

    sources: Sequence[Source]
    shared: float = 0.0
    floor: float = 1.0

    @property
    def standard_error(self) -> float:
        """Of the estimate; at least the smaller of those over one sample."""
        variances = [source.variance for source in self.sources]
        return sqrt(max(sum(variances) - self.shared, min(variances)))

    @property
    def degrees(self) -> float:
        """Those of the t that gives the half width at .05 with the standard error, for display."""
        if len(self.sources) == 1 or self.standard_error == 0:
            return min(source.degrees for source in self.sources)
        weight = sum(variance**2 / free for variance, free in self.sources)
        return float(sum(source.variance for source in self.sources) ** 2 / weight)

    def half_width(self, alpha: float) -> float:
        """Half the width of the two-sided interval that covers 1 - alpha."""
        alone = [_quantile(free, alpha) ** 2 * variance for variance, free in self.sources]
        if len(alone) == 1:
            return sqrt(alone[0])
        together = _quantile(sum(source.degrees for source in self.sources), alpha)
        return sqrt(max(sum(alone) - together**2 * self.shared, min(alone)))

    def p(self, distance: float) -> float:
        """Two-sided p-value of a true value that lies this far from the estimate."""
        distance = abs(distance)
        if self.standard_error == 0:
            return self.floor if distance else 1.0
        if distance == 0:
            return 1.0
        if len(self.sources) == 1:
            ((variance, free),) = self.sources
            return float(2 * special.stdtr(free, -distance / sqrt(variance)))
        if self.half_width(_LEAST_P) <= distance:
            return _LEAST_P
        at = brentq(lambda log_p: self.half_width(exp(log_p)) - distance, log(_LEAST_P), 0.0)
        return exp(float(at))

    def p_equivalent(self, value: float, margin: float) -> float:
        """P-value of the hypothesis that the true value lies outside (-margin, margin).

        The larger of two one-sided tests (Schuirmann 1987, Journal of Pharmacokinetics and
        Biopharmaceutics 15(6):657-680).

        Args:
            value: the estimate.
            margin: > 0.
        """
        inside = margin - abs(value)
        if self.standard_error == 0:
            return self.floor if inside > 0 else 1.0
        half = self.p(inside) / 2
        return half if inside > 0 else 1 - half


def _quantile(degrees: float, alpha: float) -> float:
    return float(special.stdtrit(degrees, 1 - alpha / 2)) if alpha > 0 else inf
