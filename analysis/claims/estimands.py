"""The estimands by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from analysis.claims import arms, carry_over, coherent, mixing, slopes, structure, surprising
from analysis.claims.finding import Finding
from analysis.folder import Folder

Estimand = Callable[[Folder, Mapping[str, Any], float], Finding]

ESTIMANDS: Mapping[str, Estimand] = MappingProxyType(
    {
        "difference": arms.difference,
        "coherence": coherent.difference,
        "surprisal": surprising.difference,
        "slope": slopes.slope,
        "carry over": carry_over.difference,
        "trait correlation": structure.trait_correlation,
        "congruence": structure.congruence_gain,
        "share slope": mixing.slope_beyond_rates,
    }
)
