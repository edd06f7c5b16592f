"""How much is assumed to vary when an experiment is planned: from a pilot, or as written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from analysis.components import LABELS, Component, Components

DEFAULTS: Mapping[str, float] = {
    "scenario": 0.2,
    "scenario_arm": 0.03,
    "wording": 0.2,
    "wording_arm": 0.03,
    "persona": 0.05,
    "persona_arm": 0.03,
    "text": 0.02,
    "persona_wording": 0.05,
    "run": 0.02,
    "run_arm": 0.02,
    "residual": 0.05,
}
"""Standard deviations of expected cooperation, where neither a pilot nor the file tells them.

The embedded model's readings by 24 respondents in 20 wordings of 10 games (`validation/data`) give
scenario .18, wording .19, both with the arm .014, persona .011 and persona by wording .05. Larger
models take a persona up more, so that what concerns personas is assumed to be larger here.
"""
_SURROUNDINGS = frozenset({"scenario", "scenario_arm", "wording", "wording_arm", "persona_wording"})
"""What a pilot of one scenario or wording cannot tell."""
Origin = Literal["pilot", "given", "assumed"]


@dataclass(frozen=True, slots=True)
class Assumption:
    """One standard deviation that is reckoned with.

    Attributes:
        component: key of `components.LABELS`.
        label: as it is shown.
        sd: in the metric's unit, >= 0.
        origin: a pilot's estimate, given by the user, or one of DEFAULTS.
        note: what to know of it; empty for nothing.
    """

    component: str
    label: str
    sd: float
    origin: Origin
    note: str = ""


def assumptions(pilot: Components | None, given: Mapping[str, float]) -> tuple[Assumption, ...]:
    """Every standard deviation: what is given comes first, then the pilot, then the defaults.

    Args:
        pilot: components of a folder; None without one.
        given: by component.
    """
    known = {} if pilot is None else {one.component: one for one in pilot.found}
    found = []
    for component, label in LABELS.items():
        if component in given:
            one = Assumption(component, label, given[component], "given")
        elif pilot is None:
            one = Assumption(component, label, DEFAULTS[component], "assumed")
        else:
            one = _of_pilot(component, known.get(component))
        found.append(one)
    return tuple(found)


def _of_pilot(component: str, found: Component | None) -> Assumption:
    label = LABELS[component]
    if found is not None and found.variance is not None:
        note = "estimated below 0" if found.variance < 0 else ""
        return Assumption(component, label, sqrt(max(found.variance, 0.0)), "pilot", note)
    tells = () if found is None else found.within
    if found is None or component in _SURROUNDINGS or tells == ("the fixed design",):
        note = "the pilot cannot tell it"
        return Assumption(component, label, DEFAULTS[component], "assumed", note)
    return Assumption(component, label, 0.0, "pilot", f"is in {' and '.join(tells)}")


def deviations(assumed: Sequence[Assumption]) -> dict[str, float]:
    """Standard deviations by component."""
    return {one.component: one.sd for one in assumed}
