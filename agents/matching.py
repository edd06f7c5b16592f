"""Were the texts alike? Length and valence of every cell, and the comparisons that must match.

A difference between two personas says something about what they are told only if the texts are as
long and as pleasant as each other (DESIGN section 5). Each comparison, its measures and its bounds
stand here (bounds that a report needs too, in scenarios/valence.py); tests and
`society show matching` judge by them, and `docs/personas.md` shows the table.

Length is counted in words and, where the model's tokenizer is at hand, in its tokens, which then
decide. Valence is VADER's compound score of a whole text (scenarios/valence.py). Stances are not
matched with each other on valence: how pleasant a disposition is, is what a stance consists of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import fmean
from types import MappingProxyType
from typing import Literal, get_args

from agents.authored import ARMS, controls, tropes
from agents.cells import Cell, cells
from agents.persona import Persona, Stance
from agents.statements import PARAPHRASES
from scenarios.valence import LENGTH_BOUND, VALENCE_BOUND, valence

Measure = Literal["length", "valence"]

ARM_BOUND = 0.10
"""The same for the arms of inner life: single texts, written against each other."""
SINGLE_BOUND = 0.25
"""The same for one trope's mean over its three texts, which a few words move: our own choice."""
SAMPLE = 120
"""Respondents measured in a cell, spread evenly over it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Personas that are compared as one.

    Attributes:
        name: a cell, "tropes STANCE", or one persona.
        texts: shape (paraphrases, personas).
    """

    name: str
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a group's texts are like.

    Attributes:
        name: of the group.
        personas: how many were measured.
        words: mean per paraphrase.
        tokens: likewise; None where no tokenizer is at hand.
        valence: mean per paraphrase, in [-1, 1].
        spread: mean absolute distance of a text's valence from the mean of all its group's texts.
    """

    name: str
    personas: int
    words: tuple[float, ...]
    tokens: tuple[float, ...] | None
    valence: tuple[float, ...]
    spread: float

    def length(self) -> tuple[float, ...]:
        """Tokens where they are known, else words."""
        return self.words if self.tokens is None else self.tokens


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups that must match.

    Attributes:
        a: the group whose texts were written.
        b: what they are held against.
        bounds: bound of each measure that is compared.
        each: measures that must match paraphrase by paraphrase, and not in the mean alone.
    """

    a: str
    b: str
    bounds: Mapping[Measure, float]
    each: tuple[Measure, ...] = ("length", "valence")


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two groups are apart in one measure.

    Attributes:
        a: a group.
        b: what it is held against.
        measure: "length" (relative to b) or "valence" (absolute).
        mean: difference of the means over all paraphrases, a minus b.
        largest: the largest difference of one paraphrase, by size.
        bound: what it may be at most, by size.
        judged: "each paraphrase" or "mean".
        within: whether it is.
    """

    a: str
    b: str
    measure: Measure
    mean: float
    largest: float
    bound: float
    judged: str
    within: bool


@cache
def groups() -> Mapping[str, Group]:
    """Every group by name: respondents and their twins, tropes by stance and singly, controls."""
    found = [_of_cell(cell) for name, cell in cells().items() if not cell.arm]
    for stance in get_args(Stance):
        found.append(_of(f"tropes {stance}", [t for t in tropes().values() if t.stance == stance]))
    single = [*tropes().values(), *(c for c in controls().values() if c.name != "none")]
    found += [_of(persona.name, [persona]) for persona in single]
    return MappingProxyType({group.name: group for group in found})


def _of_cell(cell: Cell) -> Group:
    size = min(len(cell), SAMPLE)
    return _of(cell.name, [cell.persona(i * len(cell) // size) for i in range(size)])


def _of(name: str, personas: Sequence[Persona]) -> Group:
    return Group(
        name,
        tuple(
            tuple(persona.texts[index % len(persona.texts)] for persona in personas)
            for index in range(PARAPHRASES)
        ),
    )


def measure(group: Group, count: Callable[[str], int] | None = None) -> Measured:
    """Length and valence of a group's texts.

    Args:
        group: whose.
        count: tokens of a text; None where no tokenizer is at hand.
    """
    valences = [[valence(text) for text in texts] for texts in group.texts]
    everything = [each for row in valences for each in row]
    middle = fmean(everything)
    return Measured(
        name=group.name,
        personas=len(group.texts[0]),
        words=tuple(fmean(len(text.split()) for text in texts) for texts in group.texts),
        tokens=None
        if count is None
        else tuple(fmean(count(text) for text in texts) for texts in group.texts),
        valence=tuple(fmean(row) for row in valences),
        spread=fmean(abs(each - middle) for each in everything),
    )


@cache
def comparisons() -> tuple[Comparison, ...]:
    """Everything that must match, and how closely."""
    both: Mapping[Measure, float] = {"length": LENGTH_BOUND, "valence": VALENCE_BOUND}
    length: Mapping[Measure, float] = {"length": LENGTH_BOUND}
    single: Mapping[Measure, float] = {"length": LENGTH_BOUND, "valence": SINGLE_BOUND}
    arms: Mapping[Measure, float] = {"length": LENGTH_BOUND, "valence": ARM_BOUND}
    stances = get_args(Stance)
    return (
        *(Comparison(f"ai-{stance}", f"human-{stance}", both) for stance in (*stances, "any")),
        Comparison("human-scrambled", "human-any", both),
        *(Comparison(f"tropes {stance}", f"human-{stance}", both) for stance in stances),
        *(Comparison(a, b, arms) for a, b in combinations(ARMS, 2)),
        *(
            Comparison(trope.name, f"human-{trope.stance}", single, ("length",))
            for trope in tropes().values()
        ),
        Comparison("placebo", "human-any", length),
    )


def compare(
    measured: Mapping[str, Measured], wanted: Sequence[Comparison] | None = None
) -> tuple[Difference, ...]:
    """How far the groups of every comparison are apart, measure by measure.

    Args:
        measured: every group that a comparison names.
        wanted: the comparisons; all of `comparisons()` for None.
    """
    return tuple(
        _difference(measured[each.a], measured[each.b], each, name)
        for each in (comparisons() if wanted is None else wanted)
        for name in each.bounds
    )


def _difference(a: Measured, b: Measured, wanted: Comparison, name: Measure) -> Difference:
    pairs = zip(_values(a, name), _values(b, name), strict=True)
    apart = [one / other - 1 if name == "length" else one - other for one, other in pairs]
    one, other = fmean(_values(a, name)), fmean(_values(b, name))
    mean = one / other - 1 if name == "length" else one - other
    largest = max(apart, key=abs)
    each = name in wanted.each
    bound = wanted.bounds[name]
    return Difference(
        a=a.name,
        b=b.name,
        measure=name,
        mean=mean,
        largest=largest,
        bound=bound,
        judged="each paraphrase" if each else "mean",
        within=abs(largest if each else mean) <= bound,
    )


def _values(measured: Measured, name: Measure) -> tuple[float, ...]:
    return measured.length() if name == "length" else measured.valence


def matched(name: str, differences: Sequence[Difference]) -> bool | None:
    """Whether a group is within all bounds of its comparisons; None where it is the yardstick."""
    found = [each.within for each in differences if each.a == name]
    return all(found) if found else None
