"""The manner of reading answers, as an experiment declares it."""

from collections.abc import Sequence

from agents import populations
from agents.populations import Pool
from agents.readouts import DESCRIPTIONS, SAMPLED, Manner
from agents.roster import resolve
from sim.errors import ExperimentError
from sim.streams import uniform

_NEUTRAL = "human-neutral"
_WITHOUT_SAMPLES = DESCRIPTIONS.keys() - SAMPLED - {"auto"}


def checked(manner: Manner, readouts: Sequence[str]) -> Manner:
    """The manner, if it says what it does.

    Raises:
        ExperimentError: many samples are declared that would all be the same.
    """
    if manner.temperature == 0 and manner.draws > 1 and not _WITHOUT_SAMPLES.issuperset(readouts):
        raise ExperimentError(
            f"mind.temperature = 0 with mind.draws = {manner.draws}: all samples of a context"
            " would be one and the same; write draws = 1, or a temperature above 0"
        )
    return manner


def neutral_panel(size: int, seed: int) -> tuple[str, ...]:
    """Texts of different neutral personas that calibrate, drawn apart from who plays.

    Args:
        size: how many; 0 for no panel.
        seed: the experiment's, so that all runs share the panel.

    Raises:
        ExperimentError: there are not so many.
    """
    if not size:
        return ()
    pool = Pool(size, lambda *key: uniform(seed, "panel", *key))
    drawn = populations.pooled(resolve(_NEUTRAL), pool)
    if len(drawn) < size:
        raise ExperimentError(
            f"mind.calibration = {size}: {_NEUTRAL} has only {len(drawn)} personas"
        )
    return tuple(casting.text for casting in drawn)
