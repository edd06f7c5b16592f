"""A forecast of what a sweep will ask, from playing it with random answers.

The prompts of distinct contexts are what costs. Random play visits nearly all that any play
visits, so a few runs of every condition tell how many there will be.
"""

from collections.abc import Sequence

from agents.alternatives import put_as_cloze
from agents.choice import Choice
from agents.minds import Decision, Minds, Posed, scripted
from agents.reading import draw
from sim.plan import RunSpec
from sim.society import Society

_RUNS_OF_A_CONDITION = 2


def prompts(specs: Sequence[RunSpec], *, comprehension: bool) -> int:
    """How many prompts will be put to the model, about; all readouts put equally many."""
    asked: set[Choice] = set()
    looked_at: dict[str, int] = {}
    minds = Minds(None, "cloze")
    for spec in specs:
        condition = spec.condition.fingerprint()
        looked_at[condition] = looked_at.get(condition, 0) + 1
        if spec.needs_model and looked_at[condition] <= _RUNS_OF_A_CONDITION:
            society = Society(spec, minds)
            if comprehension:
                teller = next(iter(society.tellers.values()))
                asked.update(choice for _, choice in teller.quiz())
            asked.update(_met(society))
            society.dissolve()
    return sum(len(put_as_cloze(choice)) for choice in asked)


def _met(society: Society) -> set[Choice]:
    met: set[Choice] = set()
    while posed := society.asks():
        met.update(each.choice for each in posed if isinstance(each.choice, Choice))
        society.settle([_at_random(each) for each in posed])
    return met


def _at_random(posed: Posed) -> Decision:
    if isinstance(posed.choice, Choice):
        options = len(posed.choice.phrases)
        distribution: tuple[float, ...] = (1 / options,) * options
    else:
        distribution = posed.choice
    return Decision(draw(distribution, posed.uniform), scripted(distribution))
