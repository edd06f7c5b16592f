"""Calibration: what a panel of neutral personas has in common, taken off a reading's log-odds.

A situation may favour an option by its words alone, whoever is asked. The panel tells by how much.
The calibrated distribution stands beside the raw one and never replaces it.
"""

from collections.abc import Sequence
from dataclasses import replace

from agents.reading import Reading, VariantReading, mean_distribution, sha256

_ORDERS = ("forward", "reversed")
_Values = tuple[float, ...]


def calibrate(reading: Reading, panel: Sequence[Reading]) -> Reading:
    """A reading with its calibrated distribution, and the panel's means as further variants.

    Args:
        reading: of one persona, by a readout with probabilities.
        panel: of the neutral personas, put the same choice; at least one.

    Returns:
        The reading as it was where it, or any member of the panel, gave no answer.
    """
    rows: list[_Values] = []
    means: list[VariantReading] = []
    for name in _ORDERS:
        own, *others = (_answered(each, name) for each in (reading, *panel))
        known = [other for other in others if other is not None]
        if own is None or len(known) < len(panel):
            return reading
        means.append(_mean(name, known))
        both = zip(_values(own), _values(means[-1]), strict=True)
        rows.append(tuple(mine - neutral for mine, neutral in both))
    return replace(
        reading, variants=(*reading.variants, *means), calibrated=mean_distribution(rows)
    )


def _answered(reading: Reading, name: str) -> VariantReading | None:
    """What counted in one order of mention; None where the reading has no answer."""
    if reading.distribution is None:
        return None
    # The last, where it was asked again.
    return next((v for v in reversed(reading.variants) if v.variant.endswith(name)), None)


def _values(variant: VariantReading) -> _Values:
    return tuple(value for value in variant.log_probabilities or () if value is not None)


def _mean(name: str, panel: Sequence[VariantReading]) -> VariantReading:
    columns = zip(*(_values(member) for member in panel), strict=True)
    masses = [member.mass for member in panel if member.mass is not None]
    return VariantReading(
        variant=f"neutral-{name}",
        shown_order=panel[0].shown_order,
        log_probabilities=tuple(sum(column) / len(panel) for column in columns),
        mass=sum(masses) / len(masses) if masses else None,
        prompt_sha256=sha256("\n".join(member.prompt_sha256 for member in panel)),
        call_keys=tuple(key for member in panel for key in member.call_keys),
    )
