"""What an estimand found in a folder: a number with its uncertainty, or why there is none."""

from dataclasses import dataclass

from analysis.estimator import Estimation
from analysis.statistics import Estimate
from analysis.uncertainty import Source, Uncertainty


@dataclass(frozen=True, slots=True)
class Finding:
    """One number.

    Attributes:
        value: None where it cannot be computed.
        uncertainty: None where there are too few units for any.
        n: units of the sample that most of the uncertainty comes from.
        unit: what these are: "persona", "wording", "run" ...
        reason: why there is no value or no uncertainty; "" where there is.
        sign: -1 where the claim expects the opposite of what the part declares, for example since
            the first personality was hostile.
    """

    value: float | None
    uncertainty: Uncertainty | None
    n: int
    unit: str
    reason: str = ""
    sign: int = 1

    def interval(self, alpha: float) -> tuple[float | None, float | None]:
        """Of 1 - alpha."""
        if self.value is None or self.uncertainty is None:
            return None, None
        half = self.uncertainty.half_width(alpha)
        return self.value - half, self.value + half


def missing(reason: str) -> Finding:
    """Nothing was found."""
    return Finding(None, None, 0, "", reason)


def of_estimation(found: Estimation) -> Finding:
    """From the house's estimator."""
    given = found.decisive
    if given.value is None:
        return missing("no such runs")
    lacking = "" if found.uncertainty else "one unit alone has no spread"
    return Finding(given.value, found.uncertainty, given.n, found.cluster, lacking)


def of_estimate(found: Estimate, unit: str) -> Finding:
    """From one sample of independent units."""
    if found.value is None:
        return missing("no such values")
    if found.standard_error is None:
        return Finding(found.value, None, found.n, unit, "one unit alone has no spread")
    source = Source(found.standard_error**2, found.degrees or 1.0)
    return Finding(found.value, Uncertainty([source]), found.n, unit)
